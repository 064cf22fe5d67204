"""Business hours: when a workspace is at work, so that a due time can be counted in working time.

A workspace has weekly hours in its own zone, the public holidays of a country with its make-up working days (调休), and
days of its own that differ. Promises that a moment is open exactly when the wall clock then reads a time within that
day's hours, also on days when clocks change; and that every count ends: it looks at most ten years ahead. Refuses hours
that overlap, end before they begin or are none at all.

Public holidays come from the library `holidays`; China's make-up days are in it once they are announced, about each
November for the year after. Until then a coming year has its legal holidays only.
"""
