"""Questions as fields of forms: what is typed or chosen on a page is judged by the checks that forms have, here and in
the browser. No Django here.

A matrix is a choice for each row, a ranking a choice of a place for each option, and what is typed besides the options
a text that is shown when `other` is chosen.
"""

from typing import assert_never

from lianyi.growth.forms.fields import Choice, Choices, LongText, Option, When
from lianyi.growth.forms.fields import Text as Line
from lianyi.growth.surveys.questions import (
    NPS_MOST,
    OTHER,
    Condition,
    Matrix,
    Multiple,
    Nps,
    Question,
    Ranking,
    Scale,
    Single,
    Tagging,
    Text,
)

Field = Choice | Choices | Line | LongText
OTHER_CHARACTERS = 200


def fields_of(question: Question) -> list[Field]:
    """The fields that ask it, in order."""
    key, needed = question.key, question.required
    match question:
        case Single():
            return [Choice(key=key, required=needed, options=_options(question)), *_other(question)]
        case Multiple():
            options = _options(question)
            several = Choices(key=key, required=needed, options=options, least=question.least, most=question.most)
            return [several, *_other(question)]
        case Scale() | Nps():
            return [Choice(key=key, required=needed, options=tuple(Option(str(one)) for one in points(question)))]
        case Matrix():
            return [
                Choice(key=part(key, place), label=row.label, required=needed, options=question.columns)
                for place, row in enumerate(question.rows)
            ]
        case Ranking():
            places = tuple(Option(str(one + 1)) for one in range(ranked(question)))
            every = needed and ranked(question) == len(question.options)
            return [
                Choice(key=part(key, place), label=one.label, required=every, options=places)
                for place, one in enumerate(question.options)
            ]
        case Text():
            kind = LongText if question.lines else Line
            return [kind(key=key, required=needed, most=question.most if question.lines else min(question.most, 500))]
        case _:
            assert_never(question)


def part(key: str, place: int) -> str:
    """The name of a row of a matrix, or of an option of a ranking."""
    return f"{key}.{place}"


def other(key: str) -> str:
    """The name of what is typed besides the options."""
    return f"{key}.{OTHER}"


def points(question: Scale | Nps) -> range:
    """The numbers of a scale."""
    return range(NPS_MOST + 1) if isinstance(question, Nps) else range(question.least, question.most + 1)


def ranked(question: Ranking) -> int:
    """How many options get a place."""
    return min(question.top, len(question.options)) or len(question.options)


def wanted(asked: Condition | Tagging, question: Question) -> tuple[str, ...]:
    """The values of the question that it names or bounds; none for any answer."""
    if asked.least is None and asked.most is None:
        return asked.values
    least, most = asked.least or 0, NPS_MOST if asked.most is None else asked.most
    numbers = points(question) if isinstance(question, Scale | Nps) else ()
    inside = (str(one) for one in numbers if least <= one <= most)
    return tuple(dict.fromkeys((*asked.values, *inside)))


def named(condition: Condition, question: Question) -> str:
    """The name of the field that decides."""
    if isinstance(question, Matrix):
        rows = [row.value for row in question.rows]
        return part(question.key, rows.index(condition.row)) if condition.row in rows else question.key
    return question.key


def within(condition: Condition, question: Question) -> When:
    """A condition on a question of the same page, as the browser is told of it."""
    return When(named(condition, question), wanted(condition, question))


def _options(question: Single | Multiple) -> tuple[Option, ...]:
    return (*question.options, Option(OTHER)) if question.other else question.options


def _other(question: Single | Multiple) -> list[Field]:
    if not question.other:
        return []
    waits = When(question.key, (OTHER,))
    return [Line(key=other(question.key), required=True, most=OTHER_CHARACTERS, when=waits)]
