"""How many people stand where: fit by engagement, and the state that each pair of grades means.

Each number leads to its people: as a segment whose rule is written already.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.audience.scoring import actions, queries
from lianyi.audience.scoring.queries import Counts
from lianyi.audience.scoring.schemas import GRADES, Settings
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.web.access import Seat, seated
from lianyi.web.saving import saved, tell
from lianyi.web.segments.seen import moment_now


@require_safe
@seated(Ability.SEE_PEOPLE)
def scores(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The matrix; before anybody took settings, what is offered."""
    found = queries.scoring(seat.workspace.pk)
    if request.headers.get("HX-Target") == "standing":
        response = render(request, "web/scores/standing.html", {"scoring": found})
        if not found.due:
            response["HX-Refresh"] = "true"
        return response
    context: dict[str, Any] = {"scoring": found, "grades": GRADES}
    if found.current is not None:
        context |= _matrix(queries.counts(seat.workspace.pk, moment_now()), found.current)
    return render(request, "web/scores/matrix.html", context)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def take(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The settings that are offered become the workspace's, unless it has some by now."""
    workspace, now = seat.workspace.pk, system_clock()
    tell(
        request,
        saved(
            request,
            lambda: actions.change_settings(workspace, queries.ready(workspace), now, seen=0),
            _("The settings are taken; everybody is being scored."),
        ),
    )
    return redirect("scores")


def _matrix(counts: Counts, settings: Settings) -> dict[str, Any]:
    """The rows by fit, each with its cells by engagement; and how many people are in each state."""
    everybody = sum(map(sum, counts.grades))
    rows = [
        (fit, sum(line), list(zip(GRADES, line, settings.matrix[place * len(GRADES) :], strict=False)))
        for place, (fit, line) in enumerate(zip(GRADES, counts.grades, strict=True))
    ]
    return {
        "rows": rows,
        "columns": [(grade, sum(some)) for grade, some in zip(GRADES, zip(*counts.grades, strict=True), strict=True)],
        "states": [(state, some, some / everybody if everybody else None) for state, some in counts.states.items()],
        "settings": settings,
    }
