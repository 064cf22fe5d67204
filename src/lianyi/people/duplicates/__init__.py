"""Probable duplicates: pairs of people who may be one person, each with a probability and a reason per field.

Promises suggestions only: nothing here merges anybody until a member says so, and the same people give the same
suggestions in whatever order they come. Refuses to compare everybody with everybody: pairs are looked for inside
blocks of bounded size, and what was skipped is said.
"""
