"""Group `segment`: scores and segments of a million people."""
