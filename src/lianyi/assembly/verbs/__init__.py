"""Verbs that know processes, the database itself, or everybody."""
