"""Erasing a person: everywhere, for good, and against whatever would bring them back.

An erasure is first written into a list of files beside the database (`register`), then done: at once in the database,
the log's tail, media and import's files, and by a pass once a day in the lake's files. What happened up to the erasure
counts never again, from wherever it comes (`sieve`); what happens later is somebody new, with a new number.
"""
