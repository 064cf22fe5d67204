"""Interview notes as others see them."""

from datetime import date
from typing import NamedTuple

LONGEST = 20_000  # characters of a text
LONGEST_LINE = 500
MOST = 100  # questions, quotes, tags of a note


class Said(NamedTuple):
    """A question and what was answered."""

    question: str
    answer: str


class Draft(NamedTuple):
    """A note as it is written: the day, where it was, questions with answers or a free text, quotes, tags."""

    held_on: date
    place: str = ""
    said: tuple[Said, ...] = ()
    text: str = ""
    quotes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Interview(NamedTuple):
    """A note. `held_by` is who talked with the person, as audit lines call them (member:3)."""

    id: int
    person: int | None
    held_by: str
    draft: Draft
    created_at: int
    changed_at: int
