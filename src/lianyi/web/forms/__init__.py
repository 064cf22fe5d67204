"""Pages of forms: the list, the builder of one, what was published of it, and what was sent by it."""
