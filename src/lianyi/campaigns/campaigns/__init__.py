"""Campaigns: what groups links, pages, forms and gatherings that want one thing.

A campaign has a key, which is the `campaign` of sources and the utm_campaign of addresses. Promises that a key is one
campaign's in its workspace and never changes, since events keep it. A campaign is archived, never deleted.
"""
