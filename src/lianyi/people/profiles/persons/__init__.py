"""Persons: the rows that lists, searches and counts read, made from the facts of each person's identities."""
