"""Hours as people write them: "9:00-12:00, 13:30-18:00", nothing for closed; and told so again.

Promises that what `written` gives is read as the same spans. Refuses what is no time of a day. Full-width signs, as a
Chinese keyboard gives them, are taken too.
"""

import re
import unicodedata
from collections.abc import Iterable

from lianyi.foundation.calendar.schemas import Spans, checked_spans
from lianyi.kernel.errors import Refused

_CLOSED = frozenset({"", "-", "closed", "休息", "休"})
_BETWEEN = re.compile(r"[,;、\s]+")
_DASH = re.compile(r"\s*[-–—~至到]+\s*")
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?", re.ASCII)
_LONGEST = 500  # characters


def spans_in(text: str) -> Spans:
    """The spans that a text names. Refuses any other."""
    plain = _DASH.sub("-", unicodedata.normalize("NFKC", text[: _LONGEST + 1])).strip().casefold()
    if plain in _CLOSED:
        return ()
    if len(text) > _LONGEST:
        raise Refused("calendar.text", "These hours are too long.", "Write e.g. 9:00-18:00.")
    return checked_spans(_span(word) for word in _BETWEEN.split(plain) if word)


def written(spans: Iterable[tuple[int, int]]) -> str:
    """The spans as a text, empty when closed."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _span(word: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(word)
    if found is not None:
        start, end = (int(found[hour]) * 60 + int(found[hour + 1] or 0) for hour in (1, 3))
        if int(found[2] or 0) < 60 and int(found[4] or 0) < 60 and 0 <= start < end <= 24 * 60:
            return start, end
    raise Refused("calendar.text", "{text!r} is no span of a day.", "Write e.g. 9:00-12:00, 13:30-18:00.", text=word)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
