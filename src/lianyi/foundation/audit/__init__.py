"""Audit: one line for each write that a person or a rule asked for. Lines are only ever added."""
