"""One's own account: how long a session lasts, who is asked again, how an organisation signs people in."""
