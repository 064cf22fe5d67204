"""The catalogue as others see it."""

from datetime import date
from typing import NamedTuple


class TypeLine(NamedTuple):
    """One type of events in a list. Moments are when events happened, µs."""

    name: str
    events: int
    first_at: int
    last_at: int


class SenderLine(NamedTuple):
    """By whom events of a type came; `key` is a write key's number, 0 for what came from inside."""

    form: str
    origin: str
    key: int
    events: int


class PropertyLine(NamedTuple):
    """A property; `seen` among the examined events, and the JSON types that it had, the most frequent first."""

    name: str
    seen: int
    kinds: list[tuple[str, int]]  # text, number, truth, null, list, object


class TypeShown(NamedTuple):
    """All that is known of a type. `left_out` counts how often a property was met that is not in the list."""

    line: TypeLine
    examined: int
    left_out: int
    days: list[tuple[date, int]]  # ascending, without empty days
    senders: list[SenderLine]  # the most frequent first
    properties: list[PropertyLine]  # the most frequent first


class Totals(NamedTuple):
    """How many types there are, and of how many events the type has no place in the list."""

    types: int
    left_out: int
