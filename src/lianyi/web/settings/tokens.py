"""API tokens: made with scopes and an end, shown once, and revoked."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import ABILITIES, SAID, Ability
from lianyi.foundation.tokens.actions import create_token, revoke_token
from lianyi.foundation.tokens.queries import tokens as tokens_of
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.asked import number_in
from lianyi.web.saving import saved, tell

DAYS = (30, 90, 365)
_AT_ONCE = 50


@require_safe
@seated(Ability.EDIT_KEYS)
def tokens(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, with the form for a new one."""
    return _shown(request, seat)


@sensitive_variables("secret")
@require_POST
@seated(Ability.EDIT_KEYS)
def create(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new token of this member; its secret stands on this page and on no other."""
    days = request.POST.get("days", "")
    now = system_clock()
    ends = now + timedelta(days=int(days) if days in map(str, DAYS) else DAYS[0])
    label, scopes = request.POST.get("label", ""), request.POST.getlist("scopes")
    try:
        _number, secret = create_token(seat.workspace, seat.member, label, scopes, now, expires_at=ends)
    except Refused as refused:
        return _shown(request, seat, refused=refused)
    return _shown(request, seat, secret=secret)


@require_POST
@seated(Ability.EDIT_KEYS)
def revoke(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The token works no more."""
    stop = saved(request, lambda: revoke_token(seat.workspace.pk, number, system_clock()), _("The token is revoked."))
    tell(request, stop)
    return redirect("settings-tokens")


def _shown(request: HttpRequest, seat: Seat, *, secret: str = "", refused: Refused | None = None) -> HttpResponse:
    rows, now = tokens_of(seat.workspace.pk, _AT_ONCE + 1, number_in(request.GET.get("before", ""))), system_clock()
    context = {
        "tokens": [(row, row.works(now)) for row in rows[:_AT_ONCE]],
        "further": rows[_AT_ONCE - 1].id if len(rows) > _AT_ONCE else None,
        "secret": secret,
        "refused": refused,
        "scopes": [(one.value, SAID[one].told(_)) for one in Ability if one in ABILITIES[seat.role]],
        "chosen": request.POST.getlist("scopes"),
        "label": request.POST.get("label", "") if refused else "",
        "days": DAYS,
        "host": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "web/settings/tokens.html", context, status=400 if refused else 200)
