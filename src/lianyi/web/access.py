"""Who looks, and at which workspace: the one way into every page.

A view gets a `Seat` from `seated` and reads `seat.workspace` alone. The membership is looked up anew at every request,
so that one who was removed sees nothing more.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from lianyi.foundation.access.acting import acting_as, require
from lianyi.foundation.access.schemas import ABILITIES, NOBODY, Ability, Actor, Denied, Role
from lianyi.foundation.access.turns import changing
from lianyi.foundation.live_tokens import SPAN, live_token
from lianyi.foundation.members.queries import has_second_factor, memberships_of
from lianyi.foundation.workspaces.schemas import Workspace

_CHOSEN = "workspace"  # in the session: the slug of the workspace that the member works in
_BEGAN, _SEEN = "began", "seen"  # in the session: when, in seconds
LASTS, RESTS = 14 * 86400, 4 * 86400  # seconds: how long a session goes on, and how long it may go on unused
_NOTED = 3600  # seconds: how closely its use is written down

log = structlog.get_logger()

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Seat:
    """A signed-in member in one of their workspaces."""

    member: int
    email: str
    role: Role
    workspace: Workspace
    others: tuple[Workspace, ...]  # where else the member may go
    name: str
    zone: str
    password_old: bool  # older than the workspace wishes
    lacks_factor: bool  # the workspace demands a second factor, and they have none

    @property
    def actor(self) -> Actor:
        """The member, with what their role allows here."""
        return Actor(f"member:{self.member}", self.workspace.pk, ABILITIES[self.role])

    @property
    def live(self) -> str:
        """What lets the member's browser listen to the live stream of the workspace, for a while."""
        return live_token(settings.SECRET_KEY.encode(), self.workspace.pk, int(time.time()) + SPAN)

    @property
    def may(self) -> frozenset[str]:
        """The abilities by their names without the dot, for templates: `people_edit`."""
        return frozenset(one.value.replace(".", "_") for one in ABILITIES[self.role])


class NobodyYet:
    """Middleware: until a seat is taken, nobody acts, so an action refuses."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_as(NOBODY):
            return self._get_response(request)


def seated(ability: Ability | None) -> Callable[[View], View]:
    """The view gets the seat behind the request, and acts as its member; whoever has none is led to the sign-in page,
    and a member who lacks the ability gets 403; None asks for none, on pages about oneself. Who lacks the second factor
    that the workspace demands is led to set one up, and gets to the pages about oneself alone. Moments are shown in the
    member's zone, else in the workspace's. A text with the character NUL, which no store can hold, is answered 400.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            seat = _seat(request)
            if seat is None:
                return _to(request, "account_login", 401)
            if seat.lacks_factor and ability is not None:
                return _to(request, "second-factor", 403)
            request.seat = seat  # type: ignore[attr-defined]  # for the frame around the page
            with acting_as(seat.actor), timezone.override(ZoneInfo(seat.zone)):
                try:
                    if ability is not None:
                        require(ability, seat.workspace.pk)
                    _refuse_nul(request)
                    with changing(seat.workspace.pk) if request.method == "POST" else nullcontext():
                        return view(request, seat, *arguments, **named)
                except Denied as denied:
                    log.warning("access.denied", member=seat.member, workspace=seat.workspace.pk, path=request.path)
                    raise PermissionDenied(str(denied)) from None

        guarded.__needs__ = ability  # type: ignore[attr-defined]  # for the test of every page against every role
        return guarded

    return guard


def _refuse_nul(request: HttpRequest) -> None:
    for said in (request.GET, request.POST):
        if any("\x00" in name or "\x00" in text for name, texts in said.lists() for text in texts):
            raise BadRequest("NUL in a field")


def _seat(request: HttpRequest) -> Seat | None:
    member = request.user
    if not member.is_authenticated or not member.is_active:
        return None
    memberships = {one.workspace.slug: one for one in memberships_of(member)}
    if not memberships:
        return None
    if _is_over(request):
        logout(request)
        return None
    asked, chosen = request.GET.get("workspace"), request.session.get(_CHOSEN)
    found = memberships.get(asked or "") or memberships.get(str(chosen))
    membership = found or next(iter(memberships.values()))
    if membership.workspace.slug != chosen:
        request.session[_CHOSEN] = membership.workspace.slug
    return Seat(
        member=member.pk,
        email=member.email,
        role=Role(membership.role),
        workspace=membership.workspace,
        others=tuple(one.workspace for one in memberships.values() if one is not membership),
        name=member.name or member.email,
        zone=member.zone or membership.workspace.zone,
        password_old=_is_old(member.password_changed_at, membership.workspace.password_days),
        lacks_factor=membership.workspace.second_factor and not has_second_factor(member.pk),
    )


def _is_over(request: HttpRequest) -> bool:
    """Whether the session is too old, or was not used for too long."""
    now, session = int(time.time()), request.session
    began, seen = int(session.setdefault(_BEGAN, now)), int(session.setdefault(_SEEN, now))
    if now - seen > _NOTED:
        session[_SEEN] = now
    return now - began > LASTS or now - seen > RESTS


def _is_old(changed_at: datetime | None, days: int) -> bool:
    return bool(days) and changed_at is not None and timezone.now() - changed_at > timedelta(days=days)


def _to(request: HttpRequest, name: str, status: int) -> HttpResponse:
    place = reverse(name)
    if request.headers.get("HX-Request"):  # a part of a page: the whole page has to go
        return HttpResponse(status=status, headers={"HX-Redirect": place})
    return redirect(place)
