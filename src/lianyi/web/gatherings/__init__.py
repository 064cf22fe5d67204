"""Pages of gatherings: the list, one with who registered, the editor, and the door where people are checked in."""
