"""The list of segments."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.audience.segments.queries import segments_found
from lianyi.audience.segments.using import users_of
from lianyi.foundation.access.schemas import Ability
from lianyi.web.access import Seat, seated
from lianyi.web.segments.words import SEGMENT_KINDS, SEGMENT_STATES

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_PEOPLE)
def segments(request: HttpRequest, seat: Seat) -> HttpResponse:
    """By name. A page names the segment that the one before ended with."""
    text, after = request.GET.get("q", "").strip()[:100], request.GET.get("after", "")[:100]
    found = segments_found(seat.workspace.pk, _AT_ONCE + 1, text=text, after=after)
    rows = found[:_AT_ONCE]
    used = users_of(seat.workspace.pk, [one.number for one in rows])
    context: dict[str, Any] = {
        "segments": [
            (
                one,
                SEGMENT_KINDS[one.kind.value],
                SEGMENT_STATES[one.state.value],
                [user.name for user in used.get(one.number, [])],
            )
            for one in rows
        ],
        "further": rows[-1].name if len(found) > _AT_ONCE else "",
        "text": text,
    }
    target = request.headers.get("HX-Target")
    part = {"more": "web/segments/rows.html", "segments": "web/segments/found.html"}.get(target or "")
    return render(request, part or "web/segments/list.html", context)
