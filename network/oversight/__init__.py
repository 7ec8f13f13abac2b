"""What an admin oversees: who did what, and what is kept for how long."""
