"""Who did what: the leaves about behaviour, answered for everybody or for a few.

Everybody's answer is the expression of `rules.behaviour`, run by DuckDB over the lake and the tail that is not in it
yet. Where an event's JSON has to be read, or only some people are asked about, the answer comes from occurrences: of
each pattern (a name of events with conditions) when it happened to which identity, in sorted arrays of this process.
They are made from the lake when they are first needed, brought up to date batch by batch, and dropped when the
workspace's numbers or people were taken back; nothing of them outlives the process.
"""
