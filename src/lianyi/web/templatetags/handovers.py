"""How pages of hand-overs show scores and working time."""

from django import template
from django.utils.translation import gettext as _

from lianyi.web.templatetags.shown import number

register = template.Library()


@register.filter
def points(value: float | None) -> str:
    """A score, whole; a dash where there is none."""
    return "–" if value is None else number(round(value))


@register.filter
def working_hours(seconds: float | None) -> str:
    """Working time in minutes or hours; a dash where there is none."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    if minutes < 100:
        return _("{minutes} min").format(minutes=number(minutes))
    return _("{hours} h").format(hours=number(round(seconds / 3600, 1)))
