"""Dates and times as files write them, and how the form of a column is told.

What a cell says by itself is read as it says: year first, `2010年12月1日`, a month's name, an offset. Two things only a
whole column can say, and where it doesn't, the user is asked: whether 01/12/2010 is a day in December or in January,
and what a bare number counts (20101201, days of a spreadsheet, seconds or milliseconds since 1970).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from lianyi.kernel import text
from lianyi.kernel.clock import to_micros
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.cells import REMEMBERED, Bad, as_text, shown

# What a column is written in. `written` is any form that says itself what is day, month and year.
Form = Literal["written", "D/M/Y", "M/D/Y", "YY/M/D", "YYYYMMDD", "excel", "epoch s", "epoch ms", "epoch us"]
FORMS: tuple[Form, ...] = get_args(Form)

_TIME = (
    r"(?:(?:T|\s+|(?<=日))(?P<half>上午|下午|[AaPp][Mm])?\s*(?P<hour>\d{1,2})(?:[时点]|[:时点](?P<minute>\d{1,2})"
    r"(?:分|[:分](?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?秒?)?)"
    r"\s*(?P<late>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})日?" + _TIME)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TIME)
_NAMED = [
    re.compile(r"(?P<day>\d{1,2})[\s-]*" + _MONTH + r"[\s,-]*(?P<year>\d{4})" + _TIME, re.IGNORECASE),
    re.compile(_MONTH + r"\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _TIME, re.IGNORECASE),
]
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[T\s]?(?P<clock>\d{4}(?:\d{2})?|\d{1,2}:\d{2}(?::\d{2})?))?"
)
_PLAIN = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]")
_NUMBER = re.compile(r"\d{1,17}(?:\.\d+)?")
_PIVOT = 69  # two-digit years: 69 is 1969, 68 is 2068 (POSIX)

_UNIX = datetime(1970, 1, 1)
_EXCEL = datetime(1899, 12, 30)  # the day 0 of both halves of its calendar after February 1900
# Which numbers can be what: days from 1927 to 2119, seconds and so on from 2001 to 2286.
_RANGES: dict[Form, tuple[float, float]] = {
    "excel": (10_000, 80_000),
    "epoch s": (1e9, 1e10),
    "epoch ms": (1e12, 1e13),
    "epoch us": (1e15, 1e16),
}
_MICROS: dict[Form, int] = {"epoch s": 1_000_000, "epoch ms": 1_000, "epoch us": 1}


class FormEvidence:
    """What the cells of a column say about its form."""

    def __init__(self) -> None:
        self.forms: Counter[Form] = Counter()
        self.either: str | None = None  # a cell that reads both ways
        self._known: set[str] = set()

    def add(self, cells: Iterable[Any]) -> None:
        """Each distinct text counts once."""
        for cell in cells:
            bare = text.clean(as_text(cell))
            if not bare or bare in self._known:
                continue
            if len(self._known) < 200_000:
                self._known.add(bare)
            self._add(bare)

    def _add(self, bare: str) -> None:
        if match := _YEAR_LAST.fullmatch(bare):
            one, two = int(match["one"]), int(match["two"])
            if len(match["year"]) == 2 and two <= 12:
                self.either = self.either or bare  # 24/03/13 may even begin with the year
            elif one > 12 >= two:
                self.forms["D/M/Y"] += 1
            elif two > 12 >= one:
                self.forms["M/D/Y"] += 1
            elif one <= 12 and one != two:
                self.either = self.either or bare
            else:
                self.forms["written"] += 1  # 03/03/2010 is one day either way
        elif _moment_of(bare, "written") is not None:
            self.forms["written"] += 1
        elif _moment_of(bare, "YYYYMMDD") is not None:
            self.forms["YYYYMMDD"] += 1
        elif _NUMBER.fullmatch(bare):
            for form, (low, high) in _RANGES.items():
                if low <= float(bare) < high:
                    self.forms[form] += 1

    @property
    def is_open(self) -> bool:
        """Whether cells were seen that read as day/month and as month/day, and none that decides."""
        return self.either is not None and not self.forms["D/M/Y"] and not self.forms["M/D/Y"]

    @property
    def is_mixed(self) -> bool:
        """Whether many cells say day/month and many month/day: then no reading of the column is right."""
        one, two = self.forms["D/M/Y"], self.forms["M/D/Y"]
        return min(one, two) > 0.01 * max(one, two)

    def form(self) -> Form | None:
        """The form of most cells; None when no cell says any. Call it when neither open nor mixed."""
        forms = self.forms.copy()
        slashed: Form = "D/M/Y" if forms["D/M/Y"] >= forms["M/D/Y"] else "M/D/Y"
        if forms[slashed]:
            forms[slashed] += forms.pop("written", 0)
        found = forms.most_common(1)
        return found[0][0] if found and found[0][1] else None


def moment_reader(form: Form, zone: ZoneInfo) -> Callable[[Any], int | Bad | None]:
    """Reads a cell as µs since 1970 UTC; None for a blank one. What names no offset is meant in `zone`."""
    minutes: dict[str, int | Bad | None] = {}

    def read(cell: Any) -> int | Bad | None:
        if type(cell) is str and _PLAIN.fullmatch(cell):  # 2010-12-01 08:26:00, at a tenth of the cost
            minute = cell[:16]
            found = minutes.get(minute, 0)
            if found == 0:
                if len(minutes) > REMEMBERED:
                    minutes.clear()
                found = minutes[minute] = slowly(minute)
            return found + int(cell[17:]) * 1_000_000 if type(found) is int else slowly(cell)
        return slowly(cell)

    def slowly(cell: Any) -> int | Bad | None:
        found = _found(cell, form)
        if found is None or isinstance(found, Bad):
            return found
        try:
            return to_micros(found if found.tzinfo else found.replace(tzinfo=zone))
        except OverflowError:
            return _unreadable(cell, form)

    return read


def date_reader(form: Form) -> Callable[[Any], str | Bad | None]:
    """Reads a cell as a calendar date, YYYY-MM-DD; a time of day in it is left out."""

    def read(cell: Any) -> str | Bad | None:
        found = _found(cell, form)
        return found.date().isoformat() if isinstance(found, datetime) else found

    return read


def _found(cell: Any, form: Form) -> datetime | Bad | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, bool):
        return _unreadable(cell, form)
    bare = text.clean(as_text(cell))
    if not bare:
        return None
    found = _moment_of(bare, form)
    return _unreadable(cell, form) if found is None else found


def _unreadable(cell: Any, form: Form) -> Bad:
    if form == "written":
        return Bad("date.unreadable", Sentence("{cell!r} is no date.", cell=shown(cell)))
    return Bad("date.unreadable", Sentence("{cell!r} is no date of the form {form}.", cell=shown(cell), form=form))


def _moment_of(bare: str, form: Form) -> datetime | None:
    try:
        if form in _RANGES:
            return _counted(bare, form) or _written(bare, "written")
        if form == "YYYYMMDD":
            return _compact(bare) or _written(bare, "written")
        return _written(bare, form)
    except (ValueError, OverflowError):  # no such day
        return None


def _counted(bare: str, form: Form) -> datetime | None:
    if not _NUMBER.fullmatch(bare):
        return None
    if form == "excel":
        # A day in a double is exact to about a microsecond; spreadsheets mean milliseconds.
        millis = round(Decimal(bare) * 86_400_000)
        return _EXCEL + timedelta(milliseconds=millis) if 0 < millis < 3_000_000 * 86_400_000 else None
    micros = int(Decimal(bare) * _MICROS[form])
    return (_UNIX + timedelta(microseconds=micros)).replace(tzinfo=UTC)


def _compact(bare: str) -> datetime | None:
    match = _COMPACT.fullmatch(bare)
    if not match:
        return None
    clock = (match["clock"] or "").replace(":", "")
    if len(clock) in (3, 5):
        clock = "0" + clock
    clock = clock.ljust(6, "0")
    return datetime(
        int(match["year"]), int(match["month"]), int(match["day"]), int(clock[:2]), int(clock[2:4]), int(clock[4:])
    )


def _written(bare: str, form: Form) -> datetime | None:
    if match := _YEAR_FIRST.fullmatch(bare):
        return _timed(match, int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _YEAR_LAST.fullmatch(bare):
        one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
        if form == "written" and one != two:
            return None
        if len(match["year"]) == 2:
            if form == "YY/M/D":
                one, two, year = two, year, one
                return _timed(match, year + (1900 if year >= _PIVOT else 2000), one, two)
            year += 1900 if year >= _PIVOT else 2000
        return _timed(match, year, one, two) if form == "M/D/Y" else _timed(match, year, two, one)
    for pattern in _NAMED:
        if match := pattern.fullmatch(bare):
            return _timed(match, int(match["year"]), _NAMES.index(match["name"].lower()) + 1, int(match["day"]))
    return None


def _timed(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    if match["hour"] is None:
        return datetime(year, month, day)
    hour = int(match["hour"])
    half = (match["half"] or match["late"] or "").replace(".", "").lower()
    if half and hour > 12 and half not in ("下午", "pm"):
        raise ValueError("no such hour")
    if half in ("下午", "pm") and hour < 12:
        hour += 12
    elif half in ("上午", "am") and hour == 12:
        hour = 0
    micros = int((match["fraction"] or "").ljust(6, "0")[:6] or 0)
    found = datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), micros)
    zone = match["zone"]
    if not zone:
        return found
    if zone[0] not in "+-":
        return found.replace(tzinfo=UTC)
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]) if len(zone) > 3 else 0)
    return (found + ahead if zone[0] == "-" else found - ahead).replace(tzinfo=UTC)
