"""The AISAS funnel: how many people were reached, took interest, searched, acted and shared, by where they
came from.

Counted in people: a person is in a step when one of its events in the period is, events of machines left out.
Steps are independent of one another, anonymous people count, merged people count once. What counts for which
step is a table of the workspace with a default for the usual vocabularies of events.
"""
