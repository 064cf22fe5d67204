"""Lists of what a brand makes (pages, forms, surveys, gatherings): searched by words, those of the archive apart, the
newest first and piece by piece.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lianyi.web.asked import number_in

AT_ONCE = 50


class Wanted(NamedTuple):
    """What the filter asks for; a piece names the id that the one before ended with."""

    words: str
    archived: bool
    before: int | None


def wanted_in(request: HttpRequest, longest: int = 100) -> Wanted:
    """The filter of a request, with words of so many characters at the most."""
    asked = request.GET
    before = number_in(asked.get("before", ""))
    return Wanted(asked.get("q", "").strip()[:longest], asked.get("archived") == "yes", before)


def listed(
    request: HttpRequest, wanted: Wanted, folder: str, name: str, rows: Sequence[Any], shown: Callable[[Any], Any]
) -> HttpResponse:
    """The list, or what of it a script asks for: its table, or the rows that follow. `rows` are those found, one more
    than are shown at once where there are more; `folder` is that of the templates, to which they are `name`.
    """
    asked = request.GET.copy()
    asked.pop("before", None)
    context = {
        name: [shown(one) for one in rows[:AT_ONCE]],
        "further": rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else None,
        "asked": asked.urlencode(),
        "words": wanted.words,
        "archived": wanted.archived,
        "filtered": bool(wanted.words) or wanted.archived,
    }
    part = {"more": "rows", name: "table"}.get(request.headers.get("HX-Target", ""), "list")
    return render(request, f"web/{folder}/{part}.html", context)
