"""How pages of pairs say how sure it is that two are one, what speaks for it, and what was answered."""

import math

from django import template
from django.utils.translation import gettext, pgettext

from lianyi.kernel.sentences import Sentence
from lianyi.people.duplicates.reasons import sentence
from lianyi.people.duplicates.schemas import Reason
from lianyi.people.identity.schemas import Question
from lianyi.web.labels import ANSWERS, KINDS, SEARCH_STEPS
from lianyi.web.templatetags.shown import number, percent

register = template.Library()
_STRONGLY, _CLEARLY, _HARDLY = 6.0, 1.5, 0.3  # bits
_MOST = 20.0
_SURE = 0.99

register.filter("reason_told", sentence)


@register.filter
def likelihood(probability: float) -> str:
    """In percent; never certain."""
    return f">{percent(_SURE)}" if probability > _SURE else percent(probability)


@register.filter
def weight_name(bits: float) -> str:
    """How much a reason weighs, in words."""
    size = abs(bits)
    if size < _HARDLY:
        return pgettext("weight of a reason", "says little")
    if size >= _STRONGLY:
        return (
            pgettext("weight of a reason", "strongly for")
            if bits > 0
            else pgettext("weight of a reason", "strongly against")
        )
    if size >= _CLEARLY:
        return pgettext("weight of a reason", "for") if bits > 0 else pgettext("weight of a reason", "against")
    return (
        pgettext("weight of a reason", "slightly for")
        if bits > 0
        else pgettext("weight of a reason", "slightly against")
    )


@register.filter
def weight_tone(bits: float) -> str:
    """The tone of its badge."""
    return "plain" if abs(bits) < _HARDLY else "good" if bits > 0 else "bad"


@register.filter
def weight_told(bits: float) -> str:
    """The same as a number: how many times as likely it makes that they are one."""
    size = abs(bits)
    if size < _HARDLY:
        return ""
    times = 2.0 ** min(size, _MOST)
    digits = 1 if times < 10 else 2 - math.ceil(math.log10(times))
    said = number(round(times, digits) if digits > 0 else int(round(times, digits)))
    if bits > 0:
        return gettext("about %(times)s times as likely") % {"times": said}
    return gettext("about %(times)s times less likely") % {"times": said}


@register.filter
def pair_state(state: str) -> str:
    """What was answered."""
    return str(ANSWERS[state][1])


@register.filter
def pair_tone(state: str) -> str:
    """The tone of its badge."""
    return ANSWERS[state][0]


@register.filter
def search_step(step: int) -> str:
    """What a search does after so many steps."""
    return str(SEARCH_STEPS[min(step, len(SEARCH_STEPS) - 1)])


@register.filter
def rule_name(rule: str) -> str:
    """What people share who were not compared, since too many do."""
    return Sentence(rule).told(gettext)


@register.filter
def why_asked(question: Question) -> list[str]:
    """Why two identities that are said to be one person's had to stay apart, in sentences."""
    said = []
    if question.spaces:
        kinds = [
            str(KINDS.get(kind, kind)) + (f" ({scope})" if scope not in ("", "default") else "")
            for kind, scope in question.spaces
        ]
        several = gettext(", ").join(kinds)
        said.append(
            gettext("Each has a confirmed one of their own: %(kinds)s. One person has only one.") % {"kinds": several}
        )
    if "kept_apart" in question.reasons:
        said.append(gettext("A member said that they are two people, and this was stated all the same."))
    return said or [gettext("Something that was said since holds them apart.")]


@register.filter
def first_reasons(reasons: tuple[Reason, ...]) -> list[Reason]:
    """The three that weigh most."""
    return list(reasons[:3])
