"""The timeline's words."""

from typing import Any, NamedTuple


class Moment(NamedTuple):
    """One event of a timeline."""

    batch: int
    position: int
    id: bytes
    name: str
    occurred_at: int  # µs
    channel: str  # of its source; empty when it states none
    machine: bool
    origin: str
    said: dict[str, Any]  # its properties, or else its traits


class Place(NamedTuple):
    """Where a timeline goes on: behind the event that this names."""

    occurred_at: int
    batch: int
    position: int
