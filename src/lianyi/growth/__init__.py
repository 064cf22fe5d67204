"""Floor 8: what brings people in, and lets them bring others: pages, forms, surveys, gatherings."""
