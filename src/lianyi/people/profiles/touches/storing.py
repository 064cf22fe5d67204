"""Touches in the database: spans per identity and source.

A source that shows again within half an hour of itself is still the same touch: a browser repeats its referrer on
every page. The touch counts from its first moment.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lianyi.events.schemas import Batch
from lianyi.kernel.clock import MINUTE
from lianyi.people.profiles.dictionaries import source_numbers
from lianyi.people.profiles.spans import Span
from lianyi.people.profiles.tables import SpanTable

SAME_TOUCH_FOR = 30 * MINUTE

TOUCHES = SpanTable("touch", {"identity": "int4", "source": "int4"}, SAME_TOUCH_FOR)


class Touch(NamedTuple):
    """One touch, in order of time when sorted."""

    at: int  # µs
    source: int
    identity: int


class Changed(NamedTuple):
    """What a batch changed of touches: those that came, by identity, and the identities of which one is no more, since
    it had begun earlier than was known.
    """

    came: dict[int, list[Touch]]
    recounted: set[int]


def project(batch: Batch, places: Sequence[int]) -> Changed:
    """Keeps the touches of the events at `places`. A touch that only lasts longer is no news."""
    seen: list[tuple[int, tuple[str, ...], int]] = []
    for place in places:
        event = batch.events[place]
        if event.source is not None:
            source = tuple(part.replace("\x00", "")[:200] for part in event.source)
            seen.append((batch.numbers[place], source, event.occurred_at))
    number_of = source_numbers(batch.workspace, [source for _, source, _ in seen])
    news: dict[tuple[int, int], list[Span]] = {}
    for identity, source, at in seen:
        news.setdefault((identity, number_of(source)), []).append(Span(at, at))
    came: dict[int, list[Touch]] = {}
    recounted: set[int] = set()
    for (identity, source), changed in TOUCHES.fold(batch.workspace, news).items():
        before, after = ({span.started_at for span in spans} for spans in changed)
        for at in after - before:
            came.setdefault(identity, []).append(Touch(at, source, identity))
        if before - after:
            recounted.add(identity)
    return Changed(came, recounted)


def of_identities(workspace: int, identities: Sequence[int]) -> list[Touch]:
    """The touches of these identities, in order of time."""
    rows = TOUCHES.read_under(workspace, identities)
    return sorted(Touch(started_at, source, identity) for identity, source, started_at, _ in rows)
