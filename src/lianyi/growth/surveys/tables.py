"""Answers as a table that leaves as a file, and its codebook.

A variable is a column: one for a question with one answer, one for each option of several (1 or 0), for each row of a
matrix, and for each option of a ranking (its place). With codes, values are numbers from 1 in the order of the options,
as programs for statistics want them; the codebook says what each stands for. Names of variables are letters, digits and
low lines, so SPSS, R and Stata take them. Texts are handed on as they are: who writes the file defuses them.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, assert_never

from lianyi.growth.forms.fields import Option
from lianyi.growth.surveys.asking import other, points, ranked
from lianyi.growth.surveys.queries import every_response
from lianyi.growth.surveys.questions import OTHER, Matrix, Multiple, Nps, Question, Ranking, Scale, Single, Text
from lianyi.growth.surveys.results import questions_of
from lianyi.kernel.clock import from_micros

_BEFORE = ("response", "at", "seconds", "stage", "person", "version", "language")
_BEHIND = ("channel", "campaign", "code")


class Variable(NamedTuple):
    """A column: the question, the row or option that it is of, its label, and value → label of what is in it."""

    name: str
    question: Question
    part: str
    label: str
    values: list[tuple[str, str]]


def answer_rows(workspace: int, survey: int, *, codes: bool = False) -> Iterator[list[Any]]:
    """A head, and a row for each response that was begun, the newest first. Refuses an unknown survey."""
    variables = [one for question in questions_of(workspace, survey) for one in variables_of(question)]
    yield [*_BEFORE, *(one.name for one in variables), *_BEHIND]
    for row in every_response(workspace, survey):
        yield [
            row.response,
            from_micros(row.at).isoformat(),
            (row.at - row.began_at) // 1_000_000,
            row.stage.name.lower(),
            row.person or "",
            row.version,
            row.language,
            *(_cell(one, row.answers, codes=codes) for one in variables),
            row.channel,
            row.campaign,
            row.code,
        ]


def codebook_rows(workspace: int, survey: int) -> Iterator[list[Any]]:
    """A head, and for each variable a row for each value that it may have; one without a value where any text is."""
    yield ["variable", "kind", "label", "code", "value", "value_label"]
    for question in questions_of(workspace, survey):
        kind = type(question).__name__.lower()
        for one in variables_of(question):
            rows = [[code, value, label] for code, (value, label) in enumerate(one.values, _first(question))]
            for row in rows or [["", "", ""]]:
                yield [one.name, kind, one.label, *row]


def variables_of(question: Question) -> list[Variable]:
    """The columns of a question."""
    key, label = question.key, question.label.told("zh")
    match question:
        case Single():
            typed = [Variable(f"{key}_other", question, OTHER, label, [])] if question.other else []
            last = [(OTHER, OTHER)] if question.other else []
            return [Variable(key, question, "", label, [*_labelled(question.options), *last]), *typed]
        case Multiple():
            options = [*_labelled(question.options), *([(OTHER, OTHER)] if question.other else [])]
            found = [
                Variable(f"{key}_{place}", question, value, f"{label}: {said}", [("0", "no"), ("1", "yes")])
                for place, (value, said) in enumerate(options, 1)
            ]
            return [*found, *([Variable(f"{key}_other", question, OTHER, label, [])] if question.other else [])]
        case Scale() | Nps():
            return [Variable(key, question, "", label, [(str(one), str(one)) for one in points(question)])]
        case Matrix():
            columns = _labelled(question.columns)
            return [
                Variable(f"{key}_{place}", question, value, f"{label}: {said}", columns)
                for place, (value, said) in enumerate(_labelled(question.rows), 1)
            ]
        case Ranking():
            places = [(str(one), str(one)) for one in range(1, ranked(question) + 1)]
            return [
                Variable(f"{key}_{place}", question, value, f"{label}: {said}", places)
                for place, (value, said) in enumerate(_labelled(question.options), 1)
            ]
        case Text():
            return [Variable(key, question, "", label, [])]
        case _:
            assert_never(question)


def _cell(one: Variable, answers: dict[str, Any], *, codes: bool) -> Any:
    answer = answers.get(one.question.key)
    if one.name.endswith("_other") and not one.values:
        return answers.get(other(one.question.key), "")
    if answer is None:
        return ""
    match one.question:
        case Multiple():
            return int(one.part in answer)
        case Ranking():
            return answer.index(one.part) + 1 if one.part in answer else ""
        case Matrix():
            return _coded(one, str(answer.get(one.part, "")), codes=codes)
        case Single():
            return _coded(one, str(answer), codes=codes)
        case Scale() | Nps() | Text():
            return answer
        case _:
            assert_never(one.question)


def _coded(one: Variable, value: str, *, codes: bool) -> Any:
    known = [name for name, _label in one.values]
    return known.index(value) + 1 if codes and value in known else value


def _first(question: Question) -> int:
    """The code of the first value: numbers stand for themselves."""
    if isinstance(question, Multiple):
        return 0
    return points(question)[0] if isinstance(question, Scale | Nps) else 1


def _labelled(options: tuple[Option, ...]) -> list[tuple[str, str]]:
    return [(one.value, one.label.told("zh") or one.value) for one in options]
