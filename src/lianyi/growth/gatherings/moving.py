"""What of a change people are told of: when a gathering is and where, as each of them reads it. No Django here.

Another title or text, other questions or another zone at the same hours is nothing to tell. Where it is joined online
concerns only who has a seat, since nobody else sees it; whoever waits is told whether it is online at all.
"""

from typing import NamedTuple

from lianyi.growth.gatherings.reading import times_of
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.words import LANGUAGES


class Whereabouts(NamedTuple):
    """When it is (µs) and where, for somebody."""

    starts: int
    ends: int
    place: str
    online: str


def whereabouts(definition: Definition, language: str, *, seated: bool) -> Whereabouts:
    """As a reader of the language is told who has a seat, or waits for one. Blanks say nothing."""
    times = times_of(definition)
    online = definition.online if seated else "online" if definition.online else ""
    return Whereabouts(times.starts, times.ends, " ".join(definition.place.told(language).split()), online)


def moved_for(before: Definition, after: Definition, language: str, *, seated: bool) -> bool:
    """Whether it is elsewhere or at another time for somebody."""
    return whereabouts(before, language, seated=seated) != whereabouts(after, language, seated=seated)


def moved(before: Definition, after: Definition) -> bool:
    """The same for anybody."""
    return any(moved_for(before, after, language, seated=seated) for language in LANGUAGES for seated in (True, False))
