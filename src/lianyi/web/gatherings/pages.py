"""The list of gatherings, one with who registered, the editor, and what is done with it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lianyi.campaigns.campaigns.queries import campaigns
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.zones import zone_names
from lianyi.growth.gatherings import actions, arrivals, queries
from lianyi.growth.gatherings.beginnings import begun
from lianyi.growth.gatherings.changes import telling_of
from lianyi.growth.gatherings.lines import LONGEST_NAME, Gathering
from lianyi.growth.gatherings.schemas import LONGEST_SLUG, MOST_SEATS
from lianyi.growth.gatherings.seats import Seat as Place
from lianyi.growth.gatherings.tables import as_file
from lianyi.growth.gatherings.telling_time import when
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.gatherings.editing import definition_in, fields_of, typed_fields
from lianyi.web.gatherings.words import KINDS, SEATS, TARGETS, state_of
from lianyi.web.listing import AT_ONCE, listed, wanted_in
from lianyi.web.refusals import told
from lianyi.web.saving import found, saved, tell
from lianyi.web.tables_out import csv_answer

_AT_ONCE = 50


@require_safe
@seated(Ability.SEE_REPORTS)
def gatherings(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The newest first, as the filter asks."""
    asked = wanted_in(request)
    rows = queries.gatherings(seat.workspace.pk, AT_ONCE + 1, asked.before, called=asked.words, archived=asked.archived)
    now = _now()
    shown = lambda one: (one, state_of(one.state, one.ends_at, now))  # noqa: E731
    return listed(request, asked, "gatherings", "gatherings", rows, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def new(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new gathering."""
    if request.method != "POST":
        day = f"{timezone.localdate() + timedelta(days=14):%Y-%m-%d}"
        return _form(request, seat, {**fields_of(begun(day, seat.workspace.zone)), "seats": "50"})
    said = request.POST
    try:
        made = actions.create_gathering(
            seat.workspace.pk, said.get("slug", "").strip(), said.get("name", "").strip(), definition_in(said, None),
            _seats(said.get("seats", "")), system_clock(),
        )  # fmt: skip
    except Refused as refused:
        return _form(request, seat, _typed(request), refused=refused)
    messages.success(request, _("The gathering is made. Publish it when it is ready."))
    return redirect("gathering", made.id)


@require_http_methods(["GET", "HEAD", "POST"])
@seated(Ability.EDIT_CAMPAIGNS)
def edit(request: HttpRequest, seat: Seat, gathering: int) -> HttpResponse:
    """A gathering, to be changed; its address stays, and its seats are said on its page."""
    one = found(lambda: queries.gathering_of(seat.workspace.pk, gathering))
    if request.method != "POST":
        return _form(request, seat, {**fields_of(one.draft), "name": one.name}, one)
    refused = saved(
        request,
        lambda: actions.change_gathering(
            seat.workspace.pk, gathering, request.POST.get("name", "").strip(),
            definition_in(request.POST, one.draft), system_clock(), seen=number_in(request.POST.get("seen", "")),
        ),
        _("Saved. What visitors see changes when you publish it."),
    )  # fmt: skip
    return _form(request, seat, _typed(request), one, refused) if refused else redirect("gathering", gathering)


@require_safe
@seated(Ability.SEE_PEOPLE)
def gathering(request: HttpRequest, seat: Seat, gathering: int) -> HttpResponse:
    """A gathering: when and where, how many, by which sources, and who."""
    workspace = seat.workspace.pk
    one = found(lambda: queries.gathering_of(workspace, gathering))
    asked = _filter(request)
    after = _after(request.GET.get("after", ""))
    rows = queries.registrations(workspace, gathering, _AT_ONCE + 1, after, **asked)
    kept = request.GET.copy()
    kept.pop("after", None)
    context: dict[str, Any] = {
        "gathering": one,
        "rows": [_shown(one, line) for line, _place in rows[:_AT_ONCE]],
        "further": "{}-{}".format(*rows[_AT_ONCE - 1][1]) if len(rows) > _AT_ONCE else None,
        "asked": kept.urlencode(),
        "words": asked["containing"],
        "seat": request.GET.get("seat", ""),
        "seats": SEATS,
        "filtered": bool(asked["containing"] or request.GET.get("seat")),
        "over": one.ends_at is not None and one.ends_at < _now(),
    }
    part = {"more": "people_rows", "registrations": "people"}.get(request.headers.get("HX-Target", ""))
    if part is None:
        context |= {
            "state": state_of(one.state, one.ends_at, _now()),
            "when": when(one.draft, request.LANGUAGE_CODE),
            "place": one.draft.place.told(request.LANGUAGE_CODE),
            "address": f"{settings.ENVIRONMENT.url}/g/{one.slug}",
            "sources": queries.sources_of(workspace, gathering),
            "telling": telling_of(workspace, gathering),
            "missed": one.counts.seated - one.counts.came,
            "most_seats": MOST_SEATS,
        }
    return render(request, f"web/gatherings/{part or 'one'}.html", context)


@require_POST
@seated(Ability.EDIT_CAMPAIGNS)
def act(request: HttpRequest, seat: Seat, gathering: int, act: str) -> HttpResponse:
    """Publishes, calls off, closes or archives it, or says how many seats it has."""
    write: Callable[..., object]
    match act:
        case "publish":
            write, done = actions.publish_gathering, _("Published: its page takes registrations.")
        case "publish-and-tell":
            write = partial(actions.publish_gathering, tell=True)
            done = _("Published: its page takes registrations. Whom it concerns is told by mail.")
        case "call-off":
            write = partial(actions.call_off_gathering, tell=True)
            done = _("The gathering is called off. Whom it concerns is told by mail.")
        case "close":
            write, done = actions.close_gathering, _("Registration is closed; tickets stay good.")
        case "archive":
            write, done = actions.archive_gathering, _("The gathering is archived.")
        case "resize":
            write = partial(actions.resize_gathering, seats=_seats(request.POST.get("seats", "")))
            done = _("Changed. Whoever waits hears of a free seat within a minute.")
        case _:
            raise Http404(act)
    tell(request, saved(request, lambda: write(seat.workspace.pk, gathering, now=system_clock()), done))
    return redirect("gathering", gathering)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def cancel(request: HttpRequest, seat: Seat, gathering: int, event: str) -> HttpResponse:
    """Cancels for somebody who said so."""
    done = _("Cancelled. The seat goes to whoever waits longest.")
    write = lambda: arrivals.cancel_registration(seat.workspace.pk, event, system_clock())  # noqa: E731
    tell(request, saved(request, write, done))
    return redirect("gathering", gathering)


@require_POST
@seated(Ability.EDIT_PEOPLE)
def undo(request: HttpRequest, seat: Seat, gathering: int, event: str) -> HttpResponse:
    """Undoes the check-in that the page showed: somebody else was there."""
    at = request.POST.get("at", "")
    moment = int(at) if at.isascii() and at.isdigit() and len(at) < 18 else 0
    done = _("Undone. They can be checked in again.")
    write = lambda: arrivals.undo_check_in(seat.workspace.pk, event, moment, system_clock())  # noqa: E731
    tell(request, saved(request, write, done))
    return redirect("gathering", gathering)


@require_POST
@seated(Ability.EXPORT_PEOPLE)
def export(request: HttpRequest, seat: Seat, gathering: int) -> HttpResponseBase:
    """Who registered, as the filter asks, as CSV."""
    one = found(lambda: queries.gathering_of(seat.workspace.pk, gathering))
    actions.note_export(seat.workspace.pk, gathering)
    return csv_answer(as_file(seat.workspace.pk, gathering, **_filter(request)), f"{one.slug}.csv")


def _filter(request: HttpRequest) -> dict[str, Any]:
    """What the list of people asks for; `missed` are those with a seat who did not come."""
    said = request.GET.get("seat", "")
    came = {"came": True, "missed": False}.get(said)
    place = Place.SEATED if came is False else Place(said) if said in list(Place) else None
    return {"containing": request.GET.get("q", "").strip()[:100], "seat": place, "came": came}


def _after(text: str) -> tuple[int, int] | None:
    batch, _sign, position = text.partition("-")
    plain = batch.isascii() and batch.isdigit() and position.isascii() and position.isdigit() and len(text) < 30
    return (int(batch), int(position)) if plain else None


def _shown(one: Gathering, line: Any) -> dict[str, Any]:
    """A row of people: who they say they are, and what else they answered."""
    name_field = one.draft.name_field
    others = [str(value) for key, value in line.answers.items() if key != name_field and not isinstance(value, bool)]
    return {
        "line": line,
        "seat": SEATS[line.seat],
        "name": str(line.answers.get(name_field, "")) or (others[0] if others else "–"),
        "others": " · ".join(others),
    }


def _seats(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else -1  # refused


def _now() -> int:
    return to_micros(system_clock())


def _typed(request: HttpRequest) -> dict[str, Any]:
    said = request.POST
    return {**typed_fields(said), **{name: said.get(name, "") for name in ("name", "slug", "seats")}}


def _form(
    request: HttpRequest,
    seat: Seat,
    typed: dict[str, Any],
    one: Gathering | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    context = {
        "gathering": one,
        "seen": number_in(request.POST.get("seen", "")) or (one.changed_at if one else None),
        "typed": typed,
        "kinds": KINDS,
        "targets": TARGETS,
        "zones": sorted(zone_names()),
        "campaigns": campaigns(seat.workspace.pk, 200, words="", archived="no"),
        "longest": LONGEST_NAME,
        "longest_slug": LONGEST_SLUG,
        "most_seats": MOST_SEATS,
        "wrong": told(refused) if refused else "",
    }
    return render(request, "web/gatherings/form.html", context, status=422 if refused else 200)
