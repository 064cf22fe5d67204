"""Audiences: how warm people are, which group they belong to, what they are worth, and who saw which arm of a test."""
