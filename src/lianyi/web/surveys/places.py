"""What is wrong with what was typed into the builder, and at which row.

The law is that of `definitions.read_object` alone: it is asked about the rows up to each, and the first with which it
refuses is the one.
"""

from typing import Any, NamedTuple

from lianyi.growth.surveys.definitions import read_object
from lianyi.growth.surveys.schemas import Definition
from lianyi.growth.words import LONGEST
from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.web.surveys.typed import PAGE, Typed, fresh, questions_after

_STEP = {
    "key": Sentence("A key begins with a letter from a to z; at most 40 small letters, digits and _ make it up."),
    "options": Sentence("Write at least two options, each on its own line."),
    "columns": Sentence("Write two columns at least and 11 at the most, each on its own line."),
    "rows": Sentence("Write one row at least and 30 at the most, each on its own line."),
    "least": Sentence("A bound is no number, or too large or small."),
    "most": Sentence("A bound is no number, or too large or small."),
    "top": Sentence("A bound is no number, or too large or small."),
    "when": Sentence("At most ten conditions, with values of at most 100 characters and bounds from 0 to 10."),
    "tags": Sentence("At most twenty tags, with values of at most 100 characters and bounds from 0 to 10."),
}
_TEXT = Sentence("A text has at most {most:,} characters.", most=LONGEST)
_VALUE = Sentence("A value has 1 to 100 characters.")
_PAGES = Sentence("A survey has at most 30 pages, with at most 40 questions each.")
_EMPTY = Refused("survey.page_empty", "This page asks nothing.", "Add a question, or remove the page.")


class Mistake(NamedTuple):
    """What is wrong, and the number of the row; None where it is wrong with the whole."""

    sentence: Sentence
    row: int | None


def mistake_in(typed: Typed) -> Mistake | None:
    """The first thing that is wrong with it as a draft."""
    rows = typed.rows
    for place, row in enumerate(rows):
        if row.kind == PAGE and not questions_after(rows, place) and (any(row.said.values()) or row.when):
            return Mistake(_EMPTY.whole, place)
    refused = _refusal(typed.document)
    if refused is None:
        return None
    for number in range(len(rows) + 1):
        if (found := _refusal(_up_to(typed, number))) is not None:
            return Mistake(_sentence(found), number - 1 if number else None)
    for number in range(1, len(typed.quotas) + 1):
        if (found := _refusal(typed._replace(quotas=typed.quotas[:number]).document)) is not None:
            return Mistake(_sentence(found), len(rows) + number - 1)
    return Mistake(_sentence(refused), None)


def mistake_of(refused: Refused, definition: Definition) -> Mistake:
    """What keeps a sound draft from being saved or published, at its place."""
    key, number = refused.sentence.values.get("key"), -1
    for page in definition.pages:
        number += 1
        for question in page.questions:
            number += 1
            if refused.code == "survey.label" and question.key == key:
                return Mistake(refused.whole, number)
    return Mistake(refused.whole, None)


def _up_to(typed: Typed, number: int) -> dict[str, Any]:
    """The JSON of the first rows alone. A page that has no question yet gets one, so that it is judged."""
    rows = list(typed.rows[:number])
    if rows and rows[-1].kind == PAGE:
        rows.append(fresh("text", (row.said["key"] for row in rows if row.kind != PAGE)))
    return typed._replace(rows=rows, quotas=[]).document


def _sentence(refused: Refused) -> Sentence:
    """A mistake of the shape is told by the input that has it."""
    if refused.code != "survey.definition":
        return refused.whole
    steps = str(refused.sentence.values["where"]).replace("[", ".").split(".")
    if steps[0] == "pages" and (len(steps) < 3 or (steps[2] == "questions" and len(steps) < 4)):
        return _PAGES
    if steps[-1] in ("zh", "en", "value"):
        return _VALUE if steps[-1] == "value" else _TEXT
    return next((_STEP[step] for step in steps if step in _STEP), refused.whole)


def _refusal(document: dict[str, Any]) -> Refused | None:
    try:
        read_object(document)
    except Refused as refused:
        return refused
    return None
