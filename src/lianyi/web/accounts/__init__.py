"""Signing in and what belongs to oneself, on django-allauth: our words, our pages, our mail."""
