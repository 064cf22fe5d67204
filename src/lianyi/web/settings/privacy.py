"""Privacy: who was erased when, by number alone, how far the erasing is, and what is kept where for how long."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.people.erasing.queries import erasures
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_REPORTS)
def privacy(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest erasures first; `before` is the moment that the page before ended with."""
    before = number_in(request.GET.get("before", ""))
    rows = erasures(seat.workspace.pk, limit=_AT_ONCE + 1, before=before)
    context = {
        "erasures": rows[:_AT_ONCE],
        "further": rows[_AT_ONCE - 1].erased_at if len(rows) > _AT_ONCE else None,
    }
    return render(request, "web/settings/privacy.html", context)
