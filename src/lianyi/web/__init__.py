"""Floor 11: the pages."""
