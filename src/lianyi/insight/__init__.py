"""Floor 10: answers about the whole. Reads every room, writes none below."""
