"""The drawing of channel codes, and the sheets that print many of them. Knows no framework and no database.

Promises that what is drawn decodes to its text: every drawing is decoded back before anybody gets it. Refuses colours
that scanners cannot tell apart, and a logo that the correction of errors cannot bear.
"""
