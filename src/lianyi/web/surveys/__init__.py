"""Pages of surveys: the list, the builder of one, what was answered, and what that says."""
