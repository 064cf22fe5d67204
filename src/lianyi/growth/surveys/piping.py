"""Earlier answers in later texts: `{key}` stands for what was answered, in the words that its reader saw. What comes of
it is text, to be escaped like any other. No Django here.
"""

import re
from typing import assert_never

from lianyi.growth.forms.fields import Option
from lianyi.growth.surveys.asking import other, part
from lianyi.growth.surveys.definitions import PIPED
from lianyi.growth.surveys.questions import OTHER, Matrix, Multiple, Nps, Question, Ranking, Scale, Single, Text
from lianyi.growth.surveys.schemas import Definition, Found
from lianyi.growth.words import Words

UNANSWERED = "…"


def told(words: Words, definition: Definition, found: Found, language: str) -> str:
    """The text for a reader of `language`, with the answers filled in."""

    def answer(match: re.Match[str]) -> str:
        question = definition.question(match[1])
        return UNANSWERED if question is None else _said(question, found, language) or UNANSWERED

    return PIPED.sub(answer, words.told(language))


def label(option: Option, language: str) -> str:
    """How an option reads."""
    return option.label.told(language) or option.value


def _said(question: Question, found: Found, language: str) -> str:
    between = "、" if language.startswith("zh") else ", "
    match question:
        case Single() | Multiple():
            labels = {one.value: label(one, language) for one in question.options}
            typed = found.get(other(question.key), [""])[0]
            labels[OTHER] = labels.get(OTHER, typed)
            return between.join(labels[one] for one in found.get(question.key, []) if labels.get(one))
        case Ranking():
            places = {
                int(given[0]): label(one, language)
                for at, one in enumerate(question.options)
                if (given := found.get(part(question.key, at)))
            }
            return between.join(places[place] for place in sorted(places))
        case Matrix():
            return ""
        case Scale() | Nps() | Text():
            return " ".join(found.get(question.key, []))
        case _:
            assert_never(question)
