"""Leases: at most one process does a job at a time, and each holder has a larger number than the one before.

A lease is a promise about time, which a stopped process can break; the fence number is what a write checks.
"""
