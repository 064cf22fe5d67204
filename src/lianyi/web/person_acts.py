"""What a member does to one person: tags, splitting, taking a merge back, taking the data out, erasing.

Each is one action of another room; a refusal is told at the top of the person's page.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianyi.foundation.access.schemas import Ability, Denied
from lianyi.kernel.clock import from_micros, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.actions import erase as erase_person
from lianyi.people.identity.actions import undo_merge, unmerge
from lianyi.people.identity.queries import merges_of, person_exists
from lianyi.people.profiles.actions import add_tag, remove_tag, set_traits
from lianyi.people.profiles.exporting.actions import note_person_export
from lianyi.people.profiles.queries import export_person
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.people.timeline.queries import every_event
from lianyi.web import trait_form
from lianyi.web.access import Seat, seated
from lianyi.web.person import shown
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell

_MOST = 2**31


@require_POST
@seated(Ability.EDIT_PEOPLE)
def tag(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Gives a tag, or takes one off."""
    workspace = _there(seat, number)
    name, said = request.POST.get("tag", ""), request.POST.get("dimension", "")
    dimension = Dimension(said) if said in list(Dimension) else Dimension.ATTRIBUTE
    act = remove_tag if request.POST.get("do") == "remove" else add_tag
    return _done(
        request,
        number,
        lambda: act(workspace, number, dimension, name, system_clock()),
        _("Noted: the page shows it within seconds."),
    )


@require_POST
@seated(Ability.EDIT_PEOPLE)
def trait(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """States a trait of the catalogue by hand, or removes what was said of it; what was said before stays in its
    history. A value that does not fit is told at its place.
    """
    workspace = _there(seat, number)
    name, text = request.POST.get("trait", ""), request.POST.get("value", "")
    try:
        value = None if request.POST.get("do") == "remove" else trait_form.read(workspace, name, text)
        set_traits(workspace, number, {name: value}, system_clock())
    except Denied:
        raise
    except Refused as refused:
        return shown(request, seat, number, typed=trait_form.Typed(name, text[:2_000], refused))
    messages.success(request, _("Noted: the page shows it within seconds."))
    return redirect("person", number)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def split(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The ticked identities are somebody else."""
    workspace = _there(seat, number)
    ticked = [int(one) for one in request.POST.getlist("identity") if one.isascii() and one.isdigit() and len(one) < 11]
    return _done(
        request,
        number,
        lambda: unmerge(workspace, number, ticked, system_clock()),
        _("They are apart: the page shows it within seconds."),
    )


@require_POST
@seated(Ability.EDIT_PEOPLE)
def undo(request: HttpRequest, seat: Seat, number: int, merge: str) -> HttpResponse:
    """Takes back a merge that holds this person together."""
    workspace = _there(seat, number)
    if merge not in {one.event_id for one in merges_of(workspace, number)}:
        raise Http404
    return _done(
        request,
        number,
        lambda: undo_merge(workspace, merge, system_clock()),
        _("They are apart: the page shows it within seconds."),
    )


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(_request: HttpRequest, seat: Seat, number: int) -> HttpResponseBase:
    """All that is known of the person, events included, as one JSON file."""
    workspace = _there(seat, number)
    note_person_export(workspace, number)
    whole = export_person(workspace, number, to_micros(system_clock()))
    response = StreamingHttpResponse(_json(workspace, number, whole), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="person-{number}.json"'
    return response


@require_POST
@seated(Ability.ERASE_PEOPLE)
def erase(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Erases the person when the reader wrote the number, as asked."""
    workspace = _there(seat, number)
    if request.POST.get("typed", "").strip() != f"#{number}":
        messages.error(request, _("Nothing was erased: the number that you wrote is another."))
        return redirect("person", number)
    try:
        erase_person(workspace, number, system_clock)
    except Refused as refused:
        messages.error(request, told(refused))
        return redirect("person", number)
    messages.success(request, _("Person #%(number)s is erased.") % {"number": number})
    return redirect("people")


def _there(seat: Seat, number: int) -> int:
    if not 0 < number < _MOST or not person_exists(seat.workspace.pk, number):
        raise Http404
    return seat.workspace.pk


def _done(request: HttpRequest, number: int, act: Callable[[], object], said: str) -> HttpResponse:
    tell(request, saved(request, act, said))
    return redirect("person", number)


def _json(workspace: int, number: int, whole: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(whole, ensure_ascii=False, indent=2, default=str)[:-2] + ',\n  "events": ['
    comma = "\n    "
    for one in every_event(workspace, number):
        event = {
            "event": one.name,
            "at": from_micros(one.occurred_at).isoformat(),
            "channel": one.channel,
            "origin": one.origin,
            "said": one.said,
        }
        yield comma + json.dumps(event, ensure_ascii=False, default=str)
        comma = ",\n    "
    yield "\n  ]\n}\n"
