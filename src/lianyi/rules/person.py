"""One person in memory: what `holds` looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from lianyi.kernel.clock import local_day
from lianyi.rules.passing import Value

FOR_EVER = 2**63 - 1


class Moment(NamedTuple):
    """When a rule is asked (µs), and the zone whose days count."""

    now: int
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day in the zone."""
        return local_day(self.now, self.zone)


class Came(NamedTuple):
    """A source; empty where nothing is known."""

    channel: str
    medium: str
    campaign: str
    code: str


class Happening(NamedTuple):
    """An event of the person, not by a machine."""

    name: str
    at: int  # µs
    properties: Mapping[str, Any]  # as in JSON


@dataclass(frozen=True)
class Person:
    """Everything that a rule can ask of a person; what is left out is not there."""

    traits: Mapping[str, Value] = field(default_factory=dict)
    tags: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (dimension, name) → until when (µs)
    stage: str = "prospect"
    scores: Mapping[str, float] = field(default_factory=dict)  # axis → the score now
    grades: Mapping[str, str] = field(default_factory=dict)
    warm: str | None = None
    consents: frozenset[tuple[str, str]] = frozenset()  # channel, purpose
    touches: tuple[Came, ...] = ()  # in order of time
    identities: frozenset[str] = frozenset()  # kinds
    events: tuple[Happening, ...] = ()  # in order of time
    segments: frozenset[int] = frozenset()
