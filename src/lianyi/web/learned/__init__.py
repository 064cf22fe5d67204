"""Pages of learned models: which there are, a new one, and what one says of itself and of people."""
