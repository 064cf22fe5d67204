"""Floor 1: what each platform speaks, without a database: a port that all of them fit, and a folder for each.

Promises that a connector keeps nothing between two calls, that clocks and HTTP clients are handed in, and that no
secret is in a `repr`, a log line or an error. Refuses, by name, whatever a platform did not say.
"""
