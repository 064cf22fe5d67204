"""What each source cost: an amount over a period of days, spread evenly over them.

A line names a source by as many of its parts as it likes. Promises that the same line is kept once, however often it is
typed or uploaded, that every change leaves an audit line, and that amounts in different currencies are never added.
"""
