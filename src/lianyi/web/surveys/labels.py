"""How questions and their values read in the language of the page."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lianyi.growth.surveys.questions import OTHER, Matrix, Multiple, Question, Ranking, Single
from lianyi.growth.words import Words


def said(words: Words) -> str:
    """The text for the reader."""
    return words.told(get_language() or "zh")


def labels_in(question: Question) -> dict[str, str]:
    """Value → how it reads, rows of a matrix too."""
    match question:
        case Single() | Multiple():
            options = question.options
        case Ranking():
            options = question.options
        case Matrix():
            options = (*question.rows, *question.columns)
        case _:
            return {}
    found = {one.value: said(one.label) or one.value for one in options}
    return {OTHER: _("Other"), **found}
