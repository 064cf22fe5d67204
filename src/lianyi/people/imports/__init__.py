"""Imports: files of people, events and orders become own events in the log, each row once, for ever.

Promises that nothing is guessed silently (encoding, delimiter, date order and mapping are detected, shown, and can be
written down), that the same rows again change nothing whatever the file is called and however it is sorted, and that a
row that cannot be used is handed back with a reason for each cell. Refuses what it cannot read exactly.
"""
