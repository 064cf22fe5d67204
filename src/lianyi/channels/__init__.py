"""Floor 6: the accounts of platforms that a workspace has connected, and what they push."""
