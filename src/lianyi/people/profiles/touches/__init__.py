"""Touches: when a person came, and from where."""
