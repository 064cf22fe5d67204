"""Consents: who allowed what, on which channel and for which purpose, when, how, and what proves it."""
