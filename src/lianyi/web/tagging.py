"""Tags for many people at once: begin, see how far it is, stop.

The worker does the task: the page may be closed, and whoever opens it again sees where it stands.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.bulk.actions import begin_tagging, stop_tagging
from lianyi.people.profiles.bulk.queries import tagging
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.web.access import Seat, seated
from lianyi.web.asked import PERSONS, number_in
from lianyi.web.people_filter import filter_of
from lianyi.web.refusals import told


@require_POST
@seated(Ability.EDIT_PEOPLE)
def begin(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A task for the people who were ticked, or for all that the filter finds; its page follows."""
    workspace, asked = seat.workspace.pk, filter_of(QueryDict(request.POST.get("filter", "")))
    everybody = request.POST.get("who") == "all"
    dimension = request.POST.get("dimension", "")
    try:
        number = begin_tagging(
            workspace,
            asked.wanted if everybody else _chosen(request),
            Dimension(dimension) if dimension in list(Dimension) else Dimension.ATTRIBUTE,
            request.POST.get("tag", ""),
            system_clock(),
            taking=request.POST.get("do") == "remove",
        )
    except Refused as refused:
        messages.error(request, told(refused))
        return redirect(f"{reverse('people')}?{asked.query}")
    return redirect("tagging", number)


@require_safe
@seated(Ability.EDIT_PEOPLE)
def progress(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """How far a task is; the page asks again until it is done."""
    task = tagging(seat.workspace.pk, number) if number < 2**63 else None
    if task is None:
        raise Http404
    part = request.headers.get("HX-Target") == "tagging"
    return render(request, "web/parts/tagging.html" if part else "web/tagging.html", {"task": task})


@require_POST
@seated(Ability.EDIT_PEOPLE)
def stop(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Ends a task where it stands."""
    del request
    if number >= 2**63 or tagging(seat.workspace.pk, number) is None:
        raise Http404
    stop_tagging(seat.workspace.pk, number)
    return redirect("tagging", number)


def _chosen(request: HttpRequest) -> list[int]:
    numbers = (number_in(text, PERSONS) for text in request.POST.getlist("number")[:10_000])
    return [number for number in numbers if number is not None]
