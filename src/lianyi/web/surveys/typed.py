"""The builder's form: what was typed, and the definition's JSON that it means, right or wrong.

Pages, questions and quotas are rows of inputs whose names begin with a number; `row` lists number and kind in the order
of the page, and a page holds the questions that follow it. There is an input for everything that a definition may hold,
so a definition comes back from the builder as it went in.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.http import QueryDict

from lianyi.growth.surveys.lines import Survey
from lianyi.growth.surveys.questions import (
    Condition,
    Matrix,
    Multiple,
    Question,
    Ranking,
    Scale,
    Single,
    Tagging,
    Text,
)
from lianyi.growth.surveys.schemas import Definition, Page, Quota
from lianyi.growth.words import Words
from lianyi.web.lines_of_options import lines_of_options, options_in

PAGE, QUOTA = "page", "quota"
OF_KIND: dict[str, tuple[str, ...]] = {
    "single": ("options", "other"),
    "multiple": ("options", "other", "least", "most"),
    "scale": ("least", "most", "low_zh", "low_en", "high_zh", "high_en"),
    "nps": (),
    "matrix": ("rows", "columns"),
    "ranking": ("options", "top"),
    "text": ("most", "lines"),
}
TAGGED = ("single", "multiple", "scale", "nps")
_QUESTION = ("key", "label_zh", "label_en", "help_zh", "help_en", "required", "maps")
_NAMES = {
    PAGE: ("title_zh", "title_en", "intro_zh", "intro_en"),
    QUOTA: ("key", "most"),
    **{kind: (*_QUESTION, *names) for kind, names in OF_KIND.items()},
}
WHEN = ("question", "unless", "values", "least", "most")
TAGS = ("tag", "dimension", "values", "least", "most")
TEXTS = ("title", "intro", "thanks", "screened")
GUARD: dict[str, tuple[int, int]] = {"quickest": (0, 60), "hours": (1, 168), "per_minute": (0, 600), "work": (0, 22)}
HEAD = (
    "name",
    "language",
    "campaign",
    "once",
    *GUARD,
    *(f"{name}_{tongue}" for name in TEXTS for tongue in ("zh", "en")),
)
_MOST_ROWS, _MOST_LINES = 400, 40
_BEGINNINGS = {"options": "1\n2", "rows": "1", "columns": "1\n2"}
_VALUE = re.compile(r"\\(.)|(,)", re.DOTALL)
_BREAK = "\x00"  # which no value holds

Line = dict[str, str]  # a condition or a tag


class Row(NamedTuple):
    """A page, a question or a quota as it was typed, with its conditions and tags."""

    kind: str
    said: dict[str, str]
    when: list[Line]
    tags: list[Line]


class Typed(NamedTuple):
    """The whole. `rows` are pages, each before its questions; `seen` is when the survey was changed last, as its editor
    knows it.
    """

    said: dict[str, str]
    rows: list[Row]
    quotas: list[Row]
    seen: str

    @property
    def document(self) -> dict[str, Any]:
        """The definition as JSON, right or wrong. A page that holds nothing at all is none."""
        said = self.said
        made: dict[str, Any] = {name: words for name in TEXTS if (words := words_in(said, name))}
        made |= {"language": said["language"] or "zh", "campaign": said["campaign"], "once": bool(said["once"])}
        made["guard"] = {name: _whole(said[name]) for name in GUARD if said[name]}
        made["pages"] = [page for page in self._pages() if page != {"questions": []}]
        made["quotas"] = [
            {"key": one.said["key"], "most": _whole(one.said["most"]), **_when_in(one)} for one in self.quotas
        ]
        return made

    def _pages(self) -> Iterable[dict[str, Any]]:
        for place, row in enumerate(self.rows):
            if row.kind == PAGE:
                words = {name: found for name in ("title", "intro") if (found := words_in(row.said, name))}
                asked = [_question_in(one) for one in questions_after(self.rows, place)]
                yield {**words, **_when_in(row), "questions": asked}


def typed_of(survey: Survey) -> Typed:
    """The builder of a survey as it stands."""
    return _typed(survey.name, survey.draft, str(survey.changed_at))


def _typed(name: str, draft: Definition, seen: str) -> Typed:
    said = {"name": name, "language": draft.language, "campaign": draft.campaign, "once": "yes" if draft.once else ""}
    said |= {one: str(getattr(draft.guard, one)) for one in GUARD}
    for text in TEXTS:
        said |= _words_told(text, getattr(draft, text))
    rows = [row for page in draft.pages or (None,) for row in _rows_of(page)]
    return Typed(said, rows, [_quota_row(one) for one in draft.quotas], seen)


def typed_in(said: QueryDict) -> Typed:
    """What was sent."""
    rows: list[Row] = []
    quotas: list[Row] = []
    for mark in said.getlist("row")[:_MOST_ROWS]:
        number, _dot, kind = mark.partition(".")
        if kind in _NAMES and number.isascii() and number.isdigit():
            texts = {name: _text(said, f"r{number}-{name}") for name in _NAMES[kind]}
            when, tags = (_lines_in(said, f"r{number}-{sort}") for sort in ("w", "t"))
            (quotas if kind == QUOTA else rows).append(Row(kind, texts, when, tags))
    if not rows or rows[0].kind != PAGE:
        rows.insert(0, fresh(PAGE, ()))
    return Typed({name: _text(said, name) for name in HEAD}, rows, quotas, said.get("seen", ""))


def questions_after(rows: Sequence[Row], place: int) -> list[Row]:
    """The questions of the page at `place`."""
    found = []
    for row in rows[place + 1 :]:
        if row.kind == PAGE:
            break
        found.append(row)
    return found


def fresh(kind: str, taken: Iterable[str]) -> Row:
    """A new page, question or quota; its key is none of those taken."""
    said = dict.fromkeys(_NAMES[kind], "") | {name: _BEGINNINGS[name] for name in _NAMES[kind] if name in _BEGINNINGS}
    if kind == "scale":
        said |= {"least": "1", "most": "5"}
    if "key" in said:
        begin, known = "quota" if kind == QUOTA else "q", set(taken)
        said["key"] = next(key for number in range(1, 1_000) if (key := f"{begin}{number}") not in known)
    return Row(kind, said, [], [])


def words_in(said: dict[str, str], name: str) -> dict[str, str]:
    """A text in the languages in which something was typed."""
    return {tongue: text for tongue in ("zh", "en") if (text := said[f"{name}_{tongue}"])}


def _rows_of(page: Page | None) -> Iterable[Row]:
    if page is None:
        yield fresh(PAGE, ())
        return
    said = _words_told("title", page.title) | _words_told("intro", page.intro)
    yield Row(PAGE, said, [_condition_told(one) for one in page.when], [])
    for question in page.questions:
        yield _question_row(question)


def _question_row(question: Question) -> Row:
    said = _words_told("label", question.label) | _words_told("help", question.help)
    said |= {"key": question.key, "required": "yes" if question.required else ""}
    said["maps"] = question.maps_to.removeprefix("trait:")
    match question:
        case Single() | Multiple():
            said |= {"options": lines_of_options(question.options), "other": "yes" if question.other else ""}
            if isinstance(question, Multiple):
                said |= {"least": str(question.least or ""), "most": str(question.most or "")}
        case Scale():
            said |= {"least": str(question.least), "most": str(question.most)}
            said |= _words_told("low", question.low) | _words_told("high", question.high)
        case Matrix():
            said |= {"rows": lines_of_options(question.rows), "columns": lines_of_options(question.columns)}
        case Ranking():
            said |= {"options": lines_of_options(question.options), "top": str(question.top or "")}
        case Text():
            said |= {"most": str(question.most), "lines": "yes" if question.lines else ""}
        case _:
            pass
    when = [_condition_told(one) for one in question.when]
    return Row(str(question.__struct_config__.tag), said, when, [_tag_told(one) for one in question.tags])


def _quota_row(quota: Quota) -> Row:
    return Row(QUOTA, {"key": quota.key, "most": str(quota.most)}, [_condition_told(one) for one in quota.when], [])


def _question_in(row: Row) -> dict[str, Any]:
    said = row.said
    made: dict[str, Any] = {"kind": row.kind, "key": said["key"], "required": bool(said["required"])}
    for name in ("label", "help", "low", "high"):
        if f"{name}_zh" in said and (words := words_in(said, name)):
            made[name] = words
    made |= {"maps_to": f"trait:{said['maps']}"} if said["maps"] else {}
    made |= {name: options_in(said[name]) for name in ("options", "rows", "columns") if name in said}
    made |= {name: _whole(said[name]) for name in ("least", "most", "top") if said.get(name)}
    made |= {name: bool(said[name]) for name in ("other", "lines") if name in said}
    tags = [
        {"tag": line["tag"], "dimension": line["dimension"] or "preference", **_asked_in(line)}
        for line in row.tags
        if line["tag"]
    ]
    return {**made, **_when_in(row), **({"tags": tags} if tags else {})}


def _when_in(row: Row) -> dict[str, Any]:
    found = []
    for line in row.when:
        question, _dot, of_row = line["question"].partition(".")
        if question:
            found.append({"question": question, "row": of_row, "unless": bool(line["unless"]), **_asked_in(line)})
    return {"when": found} if found else {}


def _asked_in(line: Line) -> dict[str, Any]:
    bounds = {name: _whole(line[name]) for name in ("least", "most") if line[name]}
    return {"values": values_in(line["values"]), **bounds}


def values_in(text: str) -> list[str]:
    """Values with commas between them; a comma of a value is written `\\,`, a backslash `\\\\`."""
    parts = _VALUE.sub(lambda found: _BREAK if found[2] else found[1], text).split(_BREAK)
    return [one for part in parts if (one := part.strip())]


def _condition_told(one: Condition) -> Line:
    question = f"{one.question}.{one.row}" if one.row else one.question
    return {"question": question, "unless": "yes" if one.unless else "", **_asked_told(one)}


def _tag_told(one: Tagging) -> Line:
    return {"tag": one.tag, "dimension": one.dimension, **_asked_told(one)}


def _asked_told(one: Condition | Tagging) -> Line:
    values = ", ".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in one.values)
    bounds = {name: "" if bound is None else str(bound) for name, bound in (("least", one.least), ("most", one.most))}
    return {"values": values, **bounds}


def _words_told(name: str, words: Words) -> dict[str, str]:
    return {f"{name}_zh": words.zh, f"{name}_en": words.en}


def _lines_in(said: QueryDict, begin: str) -> list[Line]:
    """The conditions or tags of a row; those that are blank are left out."""
    names, first = (WHEN, "question") if begin.endswith("w") else (TAGS, "tag")
    found = []
    for place in range(_MOST_LINES):
        if f"{begin}{place}-{first}" not in said:
            break
        line = {name: _text(said, f"{begin}{place}-{name}") for name in names}
        if line[first].strip():
            found.append(line)
    return found


def _text(said: QueryDict, name: str) -> str:
    return said.get(name, "").replace("\r\n", "\n").replace("\r", "\n")


def _whole(text: str) -> int | str:
    """The whole number that it says; what is none stays a text."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else text
