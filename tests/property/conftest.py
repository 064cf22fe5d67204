"""Hypothesis for all tests: no deadlines, since a busy machine is no bug."""

from hypothesis import settings

settings.register_profile("lianyi", deadline=None)
settings.load_profile("lianyi")
