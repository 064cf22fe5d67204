"""The demo: a brand made of public data, loaded like anybody's, through the same imports.

A shop's events are its behaviour, a wholesaler's order lines its orders, a messy list of people its CRM. They come from
the folder that LIANYI_DATA names, else from the PyPI packages that carry them, else they are generated; which, is said.
"""
