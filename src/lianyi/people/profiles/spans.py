"""Spans of time: moments that lie close together, kept as their first and last one.

Moments not further apart than `gap` belong to one span. The spans of a set of moments are the same whatever the order
in which the moments come, and merging spans never needs the moments again.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """From its first moment to its last, µs."""

    started_at: int
    until_at: int


def merge(spans: Iterable[Span], gap: int) -> list[Span]:
    """The spans that all these make together, in order of time."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.started_at - merged[-1].until_at <= gap:
            last = merged[-1]
            merged[-1] = Span(last.started_at, max(last.until_at, span.until_at))
        else:
            merged.append(span)
    return merged
