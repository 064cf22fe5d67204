"""Answers as they are kept, and what they say of a person. No Django here.

| kind | answer |
|---|---|
| single | the value; what was typed instead stands under `KEY.other` |
| multiple | a list of values |
| scale, nps | a number |
| matrix | row → column |
| ranking | the options in their order |
| text | the text |
"""

from typing import Any, NamedTuple, assert_never

from lianyi.growth.surveys.asking import other, part, wanted
from lianyi.growth.surveys.questions import Matrix, Multiple, Nps, Question, Ranking, Scale, Single, Text
from lianyi.growth.surveys.schemas import Definition, Found

TRAIT = "trait:"


class Tag(NamedTuple):
    """A tag that somebody gets by an answer."""

    dimension: str
    tag: str


def answers_of(definition: Definition, found: Found) -> dict[str, Any]:
    """The answers, by the keys of their questions."""
    kept: dict[str, Any] = {}
    for question in definition.questions():
        answer = _answer(question, found)
        if answer is not None:
            kept[question.key] = answer
        typed = found.get(other(question.key))
        if typed:
            kept[other(question.key)] = typed[0]
    return kept


def texts_of(definition: Definition, answers: dict[str, Any]) -> Found:
    """The inverse: what was chosen and typed, as far as the definition still knows of it."""
    found: Found = {}
    for question in definition.questions():
        answer, typed = answers.get(question.key), answers.get(other(question.key))
        if answer is not None:
            found |= _texts(question, answer)
        if typed:
            found[other(question.key)] = [typed]
    return found


def traits_of(definition: Definition, found: Found) -> dict[str, Any]:
    """What the answers say of a person: traits by name."""
    said: dict[str, Any] = {}
    answers = answers_of(definition, found)
    for question in definition.questions():
        if question.maps_to and question.key in answers:
            typed = answers.get(other(question.key))
            said[question.maps_to.removeprefix(TRAIT)] = (
                typed if typed and isinstance(question, Single) else answers[question.key]
            )
    return said


def tags_of(definition: Definition, found: Found) -> list[Tag]:
    """The tags that the answers give, each once."""
    given = [
        Tag(one.dimension, one.tag)
        for question in definition.questions()
        for one in question.tags
        if _fits(wanted(one, question), found.get(question.key, []))
    ]
    return list(dict.fromkeys(given))


def _fits(values: tuple[str, ...], given: list[str]) -> bool:
    return bool(given) and (not values or not set(given).isdisjoint(values))


def _answer(question: Question, found: Found) -> Any:
    given = found.get(question.key)
    match question:
        case Single() | Text():
            return given[0] if given else None
        case Multiple():
            return given or None
        case Scale() | Nps():
            return int(given[0]) if given else None
        case Matrix():
            rows = {row.value: found.get(part(question.key, place)) for place, row in enumerate(question.rows)}
            return {row: chosen[0] for row, chosen in rows.items() if chosen} or None
        case Ranking():
            places = {
                int(chosen[0]): one.value
                for place, one in enumerate(question.options)
                if (chosen := found.get(part(question.key, place)))
            }
            return [places[place] for place in sorted(places)] or None
        case _:
            assert_never(question)


def _texts(question: Question, answer: Any) -> Found:
    match question:
        case Matrix():
            rows = {row.value: part(question.key, place) for place, row in enumerate(question.rows)}
            return {rows[row]: [column] for row, column in answer.items() if row in rows}
        case Ranking():
            names = {one.value: part(question.key, place) for place, one in enumerate(question.options)}
            return {names[one]: [str(place + 1)] for place, one in enumerate(answer) if one in names}
        case Multiple():
            return {question.key: list(answer)}
        case Single() | Text() | Scale() | Nps():
            return {question.key: [str(answer)]}
        case _:
            assert_never(question)
