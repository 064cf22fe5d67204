"""The inputs of the builder: what each is called, how it is typed in, and what the parts of a survey are known by."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.web.forms.inputs import Input
from lianyi.web.labels import DIMENSIONS
from lianyi.web.lines_of_options import options_in
from lianyi.web.surveys.typed import GUARD, PAGE, QUOTA, TAGGED, TAGS, WHEN, Line, Row, Typed
from lianyi.web.surveys.words import KINDS

MOST_CONDITIONS, MOST_TAGS = 10, 20
_LONGEST = 4_000
_SHOWN = 60  # characters of what something is known by
_BOUNDS: dict[tuple[str, str], tuple[int, int]] = {
    ("multiple", "least"): (0, 50),
    ("multiple", "most"): (0, 50),
    ("scale", "least"): (0, 1),
    ("scale", "most"): (2, 10),
    ("ranking", "top"): (0, 15),
    ("text", "most"): (1, 2_000),
    (QUOTA, "most"): (0, 1_000_000),
}
Choices = Sequence[tuple[str, str | Promise]]


class DrawnLine(NamedTuple):
    """A condition or a tag: the beginning of the names of its inputs, what was typed, and its choices."""

    name: str
    said: Line
    choices: Choices


class Drawn(NamedTuple):
    """A row of the builder: what it is called, its inputs, those that are opened when needed, its conditions and tags.
    `place` is that of a page among the pages, or of a question among those of its page.
    """

    number: int
    kind: str
    word: str | Promise
    title: str
    place: int
    first: list[Input]
    further: list[Input]
    when: list[DrawnLine]
    tags: list[DrawnLine]
    presses: list[tuple[str, str]]
    waits: bool
    opened: bool
    wrong: str


def drawn(typed: Typed, opened: int | None, wrong: str) -> list[Drawn]:
    """All rows, quotas behind the others. The one numbered `opened` is open, and `wrong` is what is wrong with it."""
    rows = [*typed.rows, *typed.quotas]
    found, page, place = [], 0, 0
    last = len(typed.rows) - 1
    last_page = max(number for number, row in enumerate(typed.rows) if row.kind == PAGE)
    for number, row in enumerate(rows):
        page, place = (page + 1, 0) if row.kind == PAGE else (page, place + 1)
        inputs, page_row = _Inputs(number, row), row.kind == PAGE
        row_one = 0 if page_row else 1
        asked = _deciders(typed.rows[:number] if row.kind != QUOTA else typed.rows)
        found.append(
            Drawn(
                number, row.kind, KINDS.get(row.kind, ""), _title(row), page if row.kind == PAGE else place,
                list(_first(inputs, row.kind)), list(_further(inputs, row.kind)),
                _lines(f"r{number}-w", row.when, asked, MOST_CONDITIONS),
                _lines(f"r{number}-t", row.tags, list(DIMENSIONS.items()), MOST_TAGS) if row.kind in TAGGED else [],
                list(_presses(row, is_first=number <= row_one, is_last=number == (last_page if page_row else last))),
                bool(row.when), number == opened, wrong if number == opened else "",
            )
        )  # fmt: skip
    return found


def words_drawn(typed: Typed) -> list[Input]:
    """The inputs of what is said before and after the questions."""
    labels = {
        "title_zh": _("Title, Chinese"),
        "title_en": _("Title, English"),
        "intro_zh": _("Introduction, Chinese"),
        "intro_en": _("Introduction, English"),
        "thanks_zh": _("Thanks, Chinese"),
        "thanks_en": _("Thanks, English"),
        "screened_zh": _("To whoever is of a full quota, Chinese"),
        "screened_en": _("To whoever is of a full quota, English"),
    }
    return [Input(name, label, "area", typed.said[name], longest=_LONGEST) for name, label in labels.items()]


def guard_drawn(typed: Typed) -> list[Input]:
    """The inputs of the guard against machines."""
    labels = {
        "quickest": (_("Fewest seconds for the first page"), _("Whoever is faster is asked to send it once more.")),
        "hours": (_("Hours that a page may lie open"), ""),
        "per_minute": (
            _("Responses of one network in a minute"),
            _("A whole fair may be behind one; 0 for any number."),
        ),
        "work": (_("Effort of the puzzle"), _("Each step doubles what a machine has to compute; 0 for none.")),
    }
    return [
        Input(name, label, "number", typed.said[name], help=told, bounds=GUARD[name])
        for name, (label, told) in labels.items()
    ]


class _Inputs:
    def __init__(self, number: int, row: Row) -> None:
        self._number, self._row = number, row

    def of(self, name: str, label: str, shape: str = "area", **more: object) -> Input:
        """The input of this name."""
        bounds = _BOUNDS.get((self._row.kind, name)) if shape == "number" else None
        longest = _LONGEST if shape == "area" else None
        found = Input(f"r{self._number}-{name}", label, shape, self._row.said[name], bounds=bounds, longest=longest)
        return found._replace(**more)  # type: ignore[arg-type]


def _first(inputs: _Inputs, kind: str) -> Iterator[Input]:
    if kind == PAGE:
        yield inputs.of("title_zh", _("Title of the page, Chinese"))
        yield inputs.of("title_en", _("Title of the page, English"))
        yield inputs.of("intro_zh", _("Words above its questions, Chinese"))
        yield inputs.of("intro_en", _("Words above its questions, English"))
        return
    if kind == QUOTA:
        told = _("What the quota is called in events and files.")
        yield inputs.of("key", pgettext("of a quota", "Key"), "text", longest=40, help=told)
        told = _("Completed responses; with 0 nobody of them is asked on.")
        yield inputs.of("most", _("Most responses"), "number", help=told)
        return
    yield inputs.of("label_zh", pgettext("of a survey", "Question, Chinese"))
    yield inputs.of("label_en", pgettext("of a survey", "Question, English"))
    told = _("A line each. Other words for readers stand behind strokes: value | Chinese | English")
    if kind == "matrix":
        yield inputs.of("rows", pgettext("of a matrix", "Rows"), wide=True, help=told, longest=None)
        yield inputs.of("columns", pgettext("of a matrix", "Columns"), wide=True, help=told, longest=None)
    elif kind in ("single", "multiple", "ranking"):
        yield inputs.of("options", _("Options"), wide=True, help=told, longest=None)
    elif kind == "scale":
        yield inputs.of("low_zh", _("Words at the low end, Chinese"))
        yield inputs.of("low_en", _("Words at the low end, English"))
        yield inputs.of("high_zh", _("Words at the high end, Chinese"))
        yield inputs.of("high_en", _("Words at the high end, English"))
    yield inputs.of("required", _("Has to be answered"), "check")
    if kind in ("single", "multiple"):
        yield inputs.of("other", _("Something else may be typed"), "check")
    if kind == "text":
        yield inputs.of("lines", _("Several lines may be typed"), "check")


def _further(inputs: _Inputs, kind: str) -> Iterator[Input]:
    if kind in (PAGE, QUOTA):
        return
    match kind:
        case "multiple":
            yield inputs.of("least", _("At least so many"), "number", help=_("Empty for none."))
            yield inputs.of("most", _("At most so many"), "number", help=_("Empty for as many as there are."))
        case "scale":
            yield inputs.of("least", _("From"), "number")
            yield inputs.of("most", pgettext("end of a scale", "To"), "number")
        case "ranking":
            yield inputs.of("top", _("Only the first so many"), "number", help=_("Empty for all of them."))
        case "text":
            yield inputs.of("most", _("Most characters"), "number")
        case _:
            pass
    yield inputs.of("help_zh", _("Explanation, Chinese"))
    yield inputs.of("help_en", _("Explanation, English"))
    if kind != "matrix":
        told = _("Its name, such as city. It is written into the profile of whoever answers.")
        yield inputs.of("maps", _("The answer becomes the trait"), "text", offered="traits", longest=100, help=told)
    told = _("What the answer is called in events, files and the API, and {key} in texts of later pages.")
    yield inputs.of("key", pgettext("of a question", "Key"), "text", longest=40, help=told)


def _presses(row: Row, *, is_first: bool, is_last: bool) -> Iterator[tuple[str, str]]:
    """What may be done to the row: the act, and its word."""
    if row.kind != QUOTA:
        if not is_first:
            yield "up", _("Move up")
        if not is_last:
            yield "down", _("Move down")
    yield "remove", _("Remove")
    if row.when or row.tags:
        yield (
            "more",
            _("Room for one condition or tag more") if row.kind in TAGGED else _("Room for one condition more"),
        )


def _lines(name: str, lines: Sequence[Line], choices: Choices, most: int) -> list[DrawnLine]:
    """What was typed, and one that is blank for another, as far as there may be more."""
    blank: list[Line] = (
        [{**dict.fromkeys((*WHEN, *TAGS), ""), "dimension": "preference"}]
        if len(lines) < most and (choices or lines)
        else []
    )
    return [
        DrawnLine(f"{name}{place}", line, _with(choices, line.get("question", "")))
        for place, line in enumerate([*lines, *blank])
    ]


def _with(choices: Choices, chosen: str) -> Choices:
    """The choices, and what was chosen though it is not among them any more."""
    return choices if not chosen or chosen in dict(choices) else [*choices, (chosen, chosen)]


def _deciders(rows: Sequence[Row]) -> Choices:
    """What a condition may ask about: the questions of these rows, and each row of a matrix."""
    found: list[tuple[str, str]] = []
    for row in rows:
        title = _title(row)
        if row.kind == "matrix":
            values = [one["value"] for one in options_in(row.said["rows"])]
            found += [(f"{row.said['key']}.{value}", f"{title}: {value}") for value in values]
        elif row.kind not in (PAGE, "ranking"):
            found.append((row.said["key"], title))
    return found


def _title(row: Row) -> str:
    said = row.said
    name = "title" if row.kind == PAGE else "label"
    return " ".join((said.get(f"{name}_zh") or said.get(f"{name}_en") or said.get("key", ""))[:_SHOWN].split())
