"""Accounts of platforms that a workspace has connected: what they are called, their secrets, and how they fare.

Each has an address of its own, `/in/PLATFORM/ADDRESS`, that the platform pushes to and nobody can guess. Promises that
what is pushed there is the workspace's and nobody else's, and that a secret is shown when it is made and never again.
"""
