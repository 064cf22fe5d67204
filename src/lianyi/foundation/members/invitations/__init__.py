"""Invitations: how somebody becomes a member. A link works once, for seven days, and only its hash is stored."""
