"""A segment by the number in an address, and what every page of it shows around itself."""

from typing import Any

from django.utils.translation import get_language

from lianyi.audience.segments import previewing, queries
from lianyi.audience.segments.schemas import Kind, Segment
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.rules.describing import describe
from lianyi.web.access import Seat
from lianyi.web.saving import found
from lianyi.web.segments.words import SEGMENT_KINDS, SEGMENT_STATES


def segment_at(seat: Seat, number: int) -> Segment:
    """The segment; nothing is there for a number of another workspace, or of none."""
    return found(lambda: queries.segment(seat.workspace.pk, number))


def around(seat: Seat, one: Segment) -> dict[str, Any]:
    """What the head of its pages tells."""
    sentence = None if one.rule is None else describe(one.rule, previewing.names(seat.workspace.pk, spoken()))
    return {
        "segment": one,
        "kind": SEGMENT_KINDS[one.kind.value],
        "state": SEGMENT_STATES[one.state.value],
        "sentence": sentence,
        "upload": queries.upload_of(seat.workspace.pk, one.number) if one.kind is Kind.LIST else None,
    }


def spoken() -> str:
    """The language of the page."""
    return get_language() or ""


def moment_now() -> int:
    """The present moment, µs."""
    return to_micros(system_clock())
