"""Who looks, and at which workspace: the one way into every page.

A view gets a `Seat` from `seated` and reads `seat.workspace` alone. The membership is looked up anew at every request,
so that one who was removed sees nothing more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from lianyi.foundation.members.queries import memberships_of
from lianyi.foundation.workspaces.schemas import Workspace

_CHOSEN = "workspace"  # in the session: the slug of the workspace that the member works in

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Seat:
    """A signed-in member in one of their workspaces."""

    email: str
    role: str
    workspace: Workspace
    others: tuple[Workspace, ...]  # where else the member may go


def seated(view: View) -> View:
    """The view gets the seat behind the request; whoever has none is led to the sign-in page. Moments are shown in
    the workspace's zone.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        seat = _seat(request)
        if seat is None:
            return _to_sign_in(request)
        request.seat = seat  # type: ignore[attr-defined]  # for the frame around the page
        with timezone.override(ZoneInfo(seat.workspace.zone)):
            return view(request, seat, *arguments, **named)

    return guarded


def _seat(request: HttpRequest) -> Seat | None:
    member = request.user
    if not member.is_authenticated or not member.is_active:
        return None
    memberships = {one.workspace.slug: one for one in memberships_of(member)}
    if not memberships:
        return None
    asked, chosen = request.GET.get("workspace"), request.session.get(_CHOSEN)
    found = memberships.get(asked or "") or memberships.get(str(chosen))
    membership = found or next(iter(memberships.values()))
    if membership.workspace.slug != chosen:
        request.session[_CHOSEN] = membership.workspace.slug
    return Seat(
        email=member.email,
        role=membership.role,
        workspace=membership.workspace,
        others=tuple(one.workspace for one in memberships.values() if one is not membership),
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    place = reverse("sign-in")
    if request.headers.get("HX-Request"):  # a part of a page: the whole page has to go
        return HttpResponse(status=401, headers={"HX-Redirect": place})
    return redirect(place)
