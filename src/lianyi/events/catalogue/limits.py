"""What the catalogue keeps of names that strangers send: so many, so long, and none that may be somebody's.

A browser's key is public, so whoever likes sends random names with it. They fill the part that is open to them, and the
rest stays for senders that are trusted.
"""

import re

TYPES = 500  # of a workspace
TYPES_OF_ANYBODY = 400  # of them, that senders who are not trusted may bring
PROPERTIES = 200  # of a type
SENDERS = 50  # of a type
DAYS = 400  # of a type, back from the day of its newest event
NAME_CHARACTERS = 120

EXAMINED_WHOLE = 1_000  # events of a type of which every one is examined
EXAMINED_THEN = 16  # afterwards, one batch of so many

# An address, a number to call, or an identifier that a program gave somebody.
_SOMEBODYS = re.compile(r"@|(?:\d[ -]?){9}|[0-9a-fA-F]{16}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-")


def may_be_kept(name: str) -> bool:
    """Whether a name that was sent is one for a list: not too long, and nobody's address or number."""
    return 0 < len(name) <= NAME_CHARACTERS and name.isprintable() and not _SOMEBODYS.search(name)
