"""What the frame of a page draws: see `lianyi.web.frame`."""

from django import template
from django.template import Context

from lianyi.web.frame import MAIN, SETTINGS, THEME_COOKIE, THEMES, Shown, shown

register = template.Library()


@register.simple_tag(takes_context=True)
def main_lines(context: Context) -> tuple[Shown, ...]:
    """The main navigation of the seat."""
    request = context["request"]
    return shown(MAIN, request.seat, request.resolver_match.url_name or "", later=True)


@register.simple_tag(takes_context=True)
def settings_lines(context: Context) -> tuple[Shown, ...]:
    """The settings that the seat may see."""
    request = context["request"]
    return shown(SETTINGS, request.seat, request.resolver_match.url_name or "", later=False)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The light that the reader chose, "" for that of their system."""
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    return chosen if chosen in THEMES else ""
