"""Floor 4: who it was, and what is known about them."""
