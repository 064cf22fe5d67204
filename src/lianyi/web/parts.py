"""The parts page: every part that pages are made of, with its variables, for whoever builds a page.

It is there when LIANYI_DEVELOPMENT is 1, and nowhere else.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.web.access import Seat, seated

_FOLDER = Path(__file__).parent / "templates" / "cotton"
_SAID = re.compile(r"\A\{#\s*(.*?)\s*#\}", re.S)
_VARIABLES = re.compile(r"<c-vars\s(.*?)/>", re.S)
_ONE = re.compile(r':?([\w-]+)="([^"]*)"')
_CHART = {
    "labels": ["6/1", "6/2", "6/3", "6/4", "6/5"],
    "series": [{"name": "A", "values": [3, 5, 2, 8, 6]}, {"name": "B", "values": [1, 2, 4, 4, 7]}],
}


class Part(NamedTuple):
    """A part as its file describes it."""

    name: str
    about: str
    variables: list[tuple[str, str]]  # name, default


def parts_there() -> list[Part]:
    """The parts, by name."""
    return sorted(_part(path) for path in _FOLDER.rglob("*.html"))


def _part(path: Path) -> Part:
    name = ".".join(path.relative_to(_FOLDER).with_suffix("").parts).removesuffix(".index").replace("_", "-")
    text = path.read_text()
    said, variables = _SAID.search(text), _VARIABLES.search(text)
    return Part(f"c-{name}", said[1] if said else "", _ONE.findall(variables[1]) if variables else [])


@require_safe
@seated(Ability.SEE_REPORTS)
def parts(request: HttpRequest, _seat: Seat) -> HttpResponse:
    """The page; 404 outside development."""
    if not settings.DEVELOPMENT:
        raise Http404
    context = {
        "parts": parts_there(),
        "chart": _CHART,
        "amount": Decimal("1234.5"),
        "at": 1_780_000_000_000_000,
        "on": date(2026, 6, 1),
        "person": {"number": 1, "name": "王小明"},
    }
    return render(request, "web/parts.html", context)
