"""How pages of imports say what they know."""

from django import template
from django.utils.translation import gettext

from lianyi.kernel.sentences import Sentence
from lianyi.web import import_words as words

register = template.Library()


@register.filter
def rows_kind(kind: str) -> str:
    """What the rows of a file are."""
    return str(words.KINDS.get(kind, kind))


@register.filter
def state_name(state: str) -> str:
    """How far an import is."""
    return str(words.STATES[state][1])


@register.filter
def state_tone(state: str) -> str:
    """The tone of its badge."""
    return words.STATES[state][0]


@register.filter
def target_name(target: str, column: str) -> str:
    """What a column is taken as; its own name where it keeps that."""
    return column if target in ("trait:", "property:") else words.label(target)


@register.filter
def told_sentence(sentence: Sentence) -> str:
    """A sentence of another room in the language of the page."""
    return sentence.told(gettext)
