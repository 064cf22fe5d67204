"""Why somebody has the score they have: each fit rule, and the newest of what they did that counts."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianyi.audience.scoring import queries
from lianyi.audience.scoring.queries import Why
from lianyi.audience.scoring.schemas import MOST, Weight
from lianyi.audience.segments.previewing import names
from lianyi.events.catalogue.words import EVENTS
from lianyi.foundation.access.schemas import Ability
from lianyi.people.identity.queries import persons_of
from lianyi.people.profiles.queries import people
from lianyi.rules.describing import Names, describe
from lianyi.rules.nodes import ANYTHING, Did
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS
from lianyi.web.segments.builder_words import WORDS
from lianyi.web.segments.seen import moment_now, spoken

_NEWEST = 50  # events that are shown


@require_safe
@seated(Ability.SEE_PEOPLE)
def why(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The page. A number that became part of another leads there; any other is nobody."""
    workspace = seat.workspace.pk
    survivor = persons_of(workspace, [number]).get(number) if 0 < number < PERSONS else None
    if not survivor:
        raise Http404
    if survivor != number:
        return redirect("person-score", survivor)
    found = queries.why(workspace, number, moment_now(), limit=_NEWEST)
    context: dict[str, Any] = {
        "row": people(workspace, [number])[0],
        "why": found,
        "scoring": queries.scoring(workspace),
    }
    if found is not None:
        context |= _told(found, names(workspace, spoken()))
    return render(request, "web/scores/why.html", context)


def _told(found: Why, words: Names) -> dict[str, Any]:
    return {
        "fit": [(describe(one.rule.rule, words).told(_), one) for one in found.fit],
        "cut_fit": not 0 <= found.points <= MOST,
        "newest": [(weight_told(one.weight, words), one) for one in found.newest],
        "cut_engagement": found.sum > MOST,
    }


def weight_told(weight: Weight, words: Names) -> str:
    """What counts, in words: the event, and the conditions where there are some."""
    said = str(WORDS["anything"]) if weight.event == ANYTHING else str(EVENTS.get(weight.event, weight.event))
    if not weight.where:
        return said
    called = words._replace(events={weight.event: said})
    return describe(Did(event=weight.event, where=weight.where), called).told(_)
