"""What is known of many people, fact by fact: the values that the page of a person shows, picked for all of them at
once.

The database packs the fields of many rows into one value, and arrays are sorted instead of rows being looked at: a
million people cost seconds.
"""
