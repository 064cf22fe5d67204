"""Members: people who sign in, their role in each workspace, and one-time sign-in links.

Promises that a link works once and for an hour, and that only its hash is stored.
"""
