"""Pages of scores: how many people stand where, and why somebody has the score they have."""
