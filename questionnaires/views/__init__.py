"""Rounds and their results; filling a return in; reading one; setting rounds up."""
