"""Interview notes: what people said when somebody talked with them, kept with the person.

A note stands under an identity of the person, so merge and un-merge move none, and an erasure takes it along.
"""
