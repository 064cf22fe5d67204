"""Words and colours of scores."""

from django import template

from lianyi.web.segments.builder_words import STATES

register = template.Library()
_TONES = {"hot": "warn", "nurture": "main", "watch": "info", "invalid": "plain"}


@register.filter
def state_name(state: str) -> str:
    """What both grades together say of somebody."""
    return str(STATES.get(state, state))


@register.filter
def state_tone(state: str) -> str:
    """The tone of its badge."""
    return _TONES.get(state, "plain")


@register.filter
def points(value: float) -> str:
    """Points with their sign: +20, −5."""
    return f"{value:+d}".replace("-", "−") if isinstance(value, int) else f"{value:.1f}"


@register.filter
def score(value: float) -> str:
    """A score from 0 to 100, as people say one. What would round to a better grade's beginning does not."""
    return f"{int(value)}" if value >= 10 or value == int(value) else f"{int(value * 10) / 10:.1f}"
