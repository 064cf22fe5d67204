"""New people: who was seen for the first time, when, and by which source they came first.

Counted in people, by the earliest moment at which any identity of theirs did something or was told of; a merge makes
two of them one, at the earlier moment. People of whom no source is known count as unknown.
"""
