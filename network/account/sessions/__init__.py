"""How long somebody stays signed in and where, and what becomes of words typed when that time is over."""
