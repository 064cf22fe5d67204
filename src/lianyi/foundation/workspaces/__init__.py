"""Workspaces: one brand each, and the write keys by which its events come in.

Promises that a key's secret is shown once and never stored: only its hash is. Refuses a key that was revoked.
"""
