"""One's own account: how somebody signs in and with what besides a password, how often they may try, how long
a session lasts, who is asked again, how an organisation signs people in."""
