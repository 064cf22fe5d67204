"""What an address or a form asks for, read as a number or a day; whatever is none asks for nothing."""

from datetime import date

PERSONS = 2**31  # numbers of persons, and of their identities, are below
ROWS = 2**63  # ids of rows are below


def number_in(text: str, below: int = ROWS) -> int | None:
    """A positive number below `below`; None for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return int(text) if 0 < int(text) < below else None


def day_in(text: str) -> date | None:
    """A day as forms send it; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
