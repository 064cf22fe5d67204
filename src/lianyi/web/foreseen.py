"""What models foresee of one person, as a part of their page: it comes by itself, since it is worked out when asked."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianyi.audience.learned.queries import chosen, likelihood_of
from lianyi.audience.worth.queries import fits, today_of, worth_of
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.identity.queries import person_exists
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS
from lianyi.web.learned.words import names_here, outcome
from lianyi.web.worth import money

YEAR = 365  # days


def foresees(workspace: int) -> bool:
    """Whether there is any model that may say something of people."""
    return chosen(workspace) is not None or bool(fits(workspace, 1))


@require_safe
@seated(Ability.SEE_PEOPLE)
def foreseen(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The part; nothing where nothing is said of the person."""
    workspace = seat.workspace.pk
    if number >= PERSONS or not person_exists(workspace, number):
        raise Http404
    context: dict[str, Any] = {}
    model, likely = chosen(workspace), likelihood_of(workspace, number)
    if model is not None and likely is not None:
        said = outcome(model, names_here(workspace))
        context |= {"model": model, "likelihood": likely / 100, "outcome": said}
    for fitted in fits(workspace, 1):
        worth = worth_of(workspace, number, YEAR, today_of(workspace, system_clock()))
        context |= {"fit": fitted, "worth": worth, "value": money(worth.value) if worth else None}
    return render(request, "web/worth/of_person.html", context)
