"""The list of people, and the search in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.people.profiles.queries import newest_people, search_people
from lianyi.web.access import Seat, seated
from lianyi.web.labels import STAGES

_AT_ONCE = 50
_FOUND = 200


@require_safe
@seated(Ability.SEE_PEOPLE)
def people(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Those who came last, by stage if one is asked for, or those that a search finds. A page names the number that
    the one before ended with, so nobody is shown twice or left out while others arrive.
    """
    wanted = request.GET.get("q", "").strip()[:200]
    stage = request.GET.get("stage", "")
    stage = stage if stage in STAGES else ""
    after = _number(request.GET.get("after", ""))
    if wanted:
        rows = search_people(seat.workspace.pk, wanted, _FOUND)
        further = None
    else:
        rows = newest_people(seat.workspace.pk, _AT_ONCE + 1, after, stage)
        further = rows[_AT_ONCE - 1].number if len(rows) > _AT_ONCE else None
        rows = rows[:_AT_ONCE]
    context = {
        "people": rows,
        "wanted": wanted,
        "stage": stage,
        "stages": STAGES,
        "further": further,
        "whole": wanted and len(rows) == _FOUND,
        "paged": after is not None,
    }
    part = request.headers.get("HX-Target") in ("people", "more")
    template = "web/parts/people_rows.html" if after is not None and part else "web/people.html"
    if part and after is None:
        template = "web/parts/people_list.html"
    return render(request, template, context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 2**31 else None
