"""Tags as they are in use: what they are called, in which dimension, and when they were given and run out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.insight.kept.keeping import kept
from lianyi.kernel.clock import DAY, system_clock, to_micros
from lianyi.kernel.ids import digest
from lianyi.people.profiles.queries import people_of_tags, tag_lines
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.labels import DIMENSIONS

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_REPORTS)
def tags(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first; `before` is the number that the page before ended with."""
    dimension = request.GET.get("dimension", "")
    dimension = dimension if dimension in DIMENSIONS else ""
    wanted = request.GET.get("q", "").strip()[:100]
    before = number_in(request.GET.get("before", ""))
    rows = tag_lines(seat.workspace.pk, limit=_AT_ONCE + 1, before=before, dimension=dimension, part=wanted)
    ids = [one.id for one in rows[:_AT_ONCE]]
    counted = kept(
        seat.workspace.pk,
        f"tags:{_now() // DAY}:{digest(*map(str, ids)).hex()}",
        lambda: {str(tag): told for tag, told in people_of_tags(seat.workspace.pk, ids, _now()).items()},
    )
    people, nobody = counted.answer or {}, (0, 0) if counted.counted_at else (None, 0)
    context = {
        "tags": [(one, *people.get(str(one.id), nobody)) for one in rows[:_AT_ONCE]],
        "counted": counted,
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "dimension": dimension,
        "dimensions": DIMENSIONS,
        "wanted": wanted,
    }
    return render(request, "web/settings/tags.html", context)


def _now() -> int:
    return to_micros(system_clock())
