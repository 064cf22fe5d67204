"""Hours as other rooms hand them about: plain values, checked once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from lianyi.kernel.errors import Refused

DAY_MINUTES = 24 * 60
Span = tuple[int, int]  # minutes after midnight, the end not included
Spans = tuple[Span, ...]

CLOSED: Spans = ()
NINE_TO_SIX: Spans = ((9 * 60, 18 * 60),)
YEARS = range(2000, 2101)  # in which a day may have hours of its own
WEEKDAYS: tuple[Spans, ...] = (NINE_TO_SIX,) * 5 + (CLOSED,) * 2


@dataclass(frozen=True)
class Hours:
    """When somebody is at work. `days` wins over the country's public holidays, these over the `week`."""

    zone: ZoneInfo
    week: tuple[Spans, ...]  # Monday first
    country: str = ""
    days: Mapping[date, Spans] = field(default_factory=dict)


class Why(StrEnum):
    """Why a day differs from the week."""

    OWN = "own"  # the workspace says so
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # a day of the weekend that is worked instead of one beside a holiday


@dataclass(frozen=True)
class SpecialDay:
    """A day whose hours are not those of its weekday."""

    day: date
    spans: Spans
    why: Why
    note: str = ""


def checked_spans(spans: Iterable[Sequence[int]]) -> Spans:
    """Spans in order, those that touch made one. Refuses any that leave the day, end before they begin or overlap."""
    merged: list[Span] = []
    for span in sorted(tuple(one) for one in spans):
        if len(span) != 2 or not 0 <= span[0] < span[1] <= DAY_MINUTES:
            raise Refused(
                "calendar.span",
                "{span} is no span of a day.",
                "Write [540, 1080] for 9:00 to 18:00.",
                span=str(list(span)),
            )
        if merged and span[0] < merged[-1][1]:
            raise Refused(
                "calendar.overlap", "{span} overlaps the span before it.", "Make one of the two.", span=str(list(span))
            )
        if merged and span[0] == merged[-1][1]:
            merged[-1] = (merged[-1][0], span[1])
        else:
            merged.append((span[0], span[1]))
    return tuple(merged)


def checked_week(week: Sequence[Iterable[Sequence[int]]]) -> tuple[Spans, ...]:
    """Seven days' spans. Refuses another number of days, and a week without any hour."""
    if len(week) != 7:
        raise Refused(
            "calendar.week", "A week of {count} days is none.", "Give seven lists, Monday first.", count=len(week)
        )
    found = tuple(checked_spans(spans) for spans in week)
    if not any(found):
        raise Refused("calendar.week", "A week without any hour would never come to an end.", "Give it some hours.")
    return found
