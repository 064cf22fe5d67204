"""Scores in two dimensions: *fit*, who people are, and *engagement*, what they do; and what both together say of them.

Fit is the sum of the points of rules that hold. Engagement is the sum of the points of what somebody did, each halved
with every half-life that has passed since. It is kept as a number that time does not change (see `arithmetic`), so it
is exact at any moment and nobody has to be looked at every night. Each axis has grades A to D, and the two grades say
whether somebody is hot, to nurture, to watch or invalid.

A workspace has scores once a member has taken the settings or written others. What people then are is kept as columns
(`people.columns`) which rules ask; that somebody became something else is told once, as the event `score.changed`.
"""
