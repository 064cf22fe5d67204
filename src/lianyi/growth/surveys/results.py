"""What was answered to a survey, counted: for each question, and for two sides against each other."""

from collections.abc import Sequence
from typing import Any, NamedTuple, assert_never

from django.db import connection

from lianyi.audience.segments.queries import members, segment_names
from lianyi.growth.surveys.asking import points, ranked
from lianyi.growth.surveys.lines import Stage
from lianyi.growth.surveys.queries import survey_of, versions_of
from lianyi.growth.surveys.questions import OTHER, Matrix, Multiple, Nps, Question, Ranking, Scale, Single, Text
from lianyi.growth.surveys.sheet import Sheet, Side, sheet_of
from lianyi.growth.surveys.statistics import Tested, compared
from lianyi.kernel.errors import Refused
from lianyi.people.columns.names import trait as column_of
from lianyi.people.columns.queries import loaded
from lianyi.people.profiles.queries import trait_catalogue

_MOST_GROUPS = 12  # of a trait or a source
INSIDE, OUTSIDE = "in", "out"  # of a segment


class Counted(NamedTuple):
    """How often the values of a question, or of a row of it, were given, in their order; of a ranking how often each
    option got each place.
    """

    row: str
    answered: int
    counts: list[tuple[str, int]]
    places: list[tuple[str, list[int]]]


class Results(NamedTuple):
    """What was counted: how many responses count, how many are at each stage, and the questions by their keys."""

    size: int
    stages: dict[str, int]
    questions: dict[str, list[Counted]]


class Crossed(NamedTuple):
    """Two sides against each other: values of rows and columns, how many responses are in both, and the test."""

    rows: list[str]
    columns: list[str]
    base: int
    per_column: list[int]
    tested: Tested


def questions_of(workspace: int, survey: int) -> list[Question]:
    """The questions that the survey asks, and behind them those that it asked before."""
    drafted = list(survey_of(workspace, survey).draft.questions())
    before = [question for version in versions_of(workspace, survey) for question in version.definition.questions()]
    known: dict[str, Question] = {}
    for question in (*before, *drafted):
        known.setdefault(question.key, question)
    return list(known.values())


def results_of(workspace: int, survey: int) -> Results:
    """Counts all questions. Refuses an unknown survey."""
    once = survey_of(workspace, survey).draft.once
    questions = questions_of(workspace, survey)
    with sheet_of(workspace, survey, once=once) as sheet:
        counted = {question.key: _counted(sheet, question) for question in questions}
        return Results(sheet.size, _stages(workspace, survey), counted)


def crossed(workspace: int, survey: int, rows: str, columns: str) -> Crossed:
    """A question against another side. `rows` is a question's key, or `KEY.ROW` of a matrix; `columns` that as well, or
    `trait:NAME`, `segment:NUMBER`, `channel`, `campaign` or `code`.
    """
    once = survey_of(workspace, survey).draft.once
    questions = {question.key: question for question in questions_of(workspace, survey)}
    with sheet_of(workspace, survey, once=once) as sheet:
        down, first = _question_side(sheet, questions, rows)
        across, second = _side(workspace, sheet, questions, columns)
        both = sheet.crossed(down, across)
    names = _in_order(first, both.per_row)
    groups = _in_order(second, both.per_column)
    groups = groups if second else groups[:_MOST_GROUPS]
    found = {(row, column): often for row, column, often in both.cells}
    table = [[found.get((row, group), 0) for group in groups] for row in names]
    per_row, per_group = [both.per_row.get(one, 0) for one in names], [both.per_column.get(one, 0) for one in groups]
    judged = compared(table, per_row, per_group, both.base, exclusive=not down.many and not across.many)
    return Crossed(names, groups, both.base, per_group, judged)


def values_of(question: Question) -> tuple[str, ...]:
    """The values of a question in their order; of a matrix those of its columns, none of a text."""
    match question:
        case Single() | Multiple():
            return (*(one.value for one in question.options), *((OTHER,) if question.other else ()))
        case Scale() | Nps():
            return tuple(str(one) for one in points(question))
        case Matrix():
            return tuple(one.value for one in question.columns)
        case Ranking():
            return tuple(one.value for one in question.options)
        case Text():
            return ()
        case _:
            assert_never(question)


def _counted(sheet: Sheet, question: Question) -> list[Counted]:
    if isinstance(question, Matrix):
        return [_one(sheet, sheet.asked(question, row.value), question, row.value) for row in question.rows]
    if isinstance(question, Text):
        return [Counted("", sheet.answered(sheet.asked(question)), [], [])]
    found = _one(sheet, sheet.asked(question), question)
    if isinstance(question, Ranking):
        places: dict[str, list[int]] = {value: [0] * ranked(question) for value in values_of(question)}
        for value, place, count in sheet.places(question):
            if value in places and place <= len(places[value]):
                places[value][place - 1] = count
        found = found._replace(places=list(places.items()))
    return [found]


def _one(sheet: Sheet, side: Side, question: Question, row: str = "") -> Counted:
    counts = dict(sheet.counts(side))
    return Counted(
        row,
        sheet.answered(side),
        [(value, counts.get(value, 0)) for value in _in_order(values_of(question), counts)],
        [],
    )


def _in_order(values: Sequence[str], counts: dict[str, int]) -> list[str]:
    """The values of the definition, and behind them those of earlier ones, the most frequent first."""
    others = sorted((one for one in counts if one not in values), key=lambda one: (-counts[one], one))
    return [*values, *others]


def _question_side(sheet: Sheet, questions: dict[str, Question], name: str) -> tuple[Side, tuple[str, ...]]:
    key, _, row = name.partition(".")
    question = questions.get(key)
    rows = {one.value for one in question.rows} if isinstance(question, Matrix) else {""}
    if question is None or isinstance(question, Text) or row not in rows:
        raise Refused("survey.side", "{name!r} is no side of a cross-tab.", "Choose a question with values.", name=name)
    return sheet.asked(question, row), values_of(question)


def _side(
    workspace: int, sheet: Sheet, questions: dict[str, Question], name: str
) -> tuple[Side, tuple[str, ...]]:  # fmt: skip
    kind, _, what = name.partition(":")
    if name in ("channel", "campaign", "code"):
        return sheet.source(name), ()
    if kind == "trait" and what:
        return _of_trait(workspace, sheet, what), ()
    if kind == "segment" and what.isascii() and what.isdigit() and int(what) in segment_names(workspace):
        people, inside = sheet.people(), members(workspace, int(what))
        persons = list(people)
        return sheet.of_people(persons, [INSIDE if one in inside else OUTSIDE for one in persons]), (INSIDE, OUTSIDE)
    return _question_side(sheet, questions, name)


def _of_trait(workspace: int, sheet: Sheet, name: str) -> Side:
    number = next((one.id for one in trait_catalogue(workspace) if one.name == name and not one.sensitive), None)
    if number is None:
        raise Refused("survey.trait", "There is no trait {name!r} to compare by.", "Choose another.", name=name)
    column = loaded(workspace, [column_of(number)])[column_of(number)]
    persons: list[int] = []
    values: list[str] = []
    for part in column.parts_of(sheet.people()) if column else []:
        if part.values is not None and part.values.ends is None:
            persons += part.persons.tolist()
            listed: list[Any] = part.values.listed()
            values += [one.decode() if isinstance(one, bytes) else f"{one:g}" for one in listed]
    return sheet.of_people(persons, values)


def _stages(workspace: int, survey: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage, count(*) FROM survey_response WHERE workspace = %s AND survey = %s GROUP BY stage",
            [workspace, survey],
        )
        found = dict(cursor.fetchall())
    return {stage.name.lower(): found.get(stage.value, 0) for stage in Stage}
