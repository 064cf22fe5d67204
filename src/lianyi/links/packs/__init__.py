"""Share packs: what the holders of a campaign's links get (staff, partners, creators), to bring it among people.

A pack has texts to share; each holder has a page of their own behind an address that only they are given, with their
codes, their numbers and where they stand among the others. Promises that an address is good for one holder of one
campaign until it is made anew, and that who wishes so is not named to the others.
"""
