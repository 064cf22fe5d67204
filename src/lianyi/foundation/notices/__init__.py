"""Notices: mail of the system itself to its members, in each member's language, through the outbox.

It goes out by the server that EMAIL_URL names; without one it is written as `.eml` files to `LIANYI_HOME/mail`.
Promises one notice for each happening however often it is looked at, that no address or password reaches a log, and
that no password goes over an open line.
"""
