"""Pages of segments: the list, one of them, the builder of rules, and lists from files."""
