"""Write keys: made, shown once with what to paste where, and revoked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.workspaces.actions import create_write_key, revoke_write_key
from lianyi.foundation.workspaces.queries import write_keys
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.saving import saved, tell


@require_safe
@seated(Ability.EDIT_KEYS)
def keys(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, with the form for a new one."""
    return _shown(request, seat)


@sensitive_variables("secret")
@require_POST
@seated(Ability.EDIT_KEYS)
def create(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A new key; its secret stands on this page and on no other."""
    kind = KeyKind.SERVER if request.POST.get("kind") == "server" else KeyKind.BROWSER
    label = request.POST.get("label", "").strip()[:100] or str(_("Website") if kind == KeyKind.BROWSER else _("Server"))
    group = request.POST.get("group", "").strip() or "default"
    try:
        key, secret = create_write_key(seat.workspace, kind, label, group=group)
    except Refused as refused:
        return _shown(request, seat, refused=refused)
    return _shown(request, seat, secret=secret, kind=key.kind)


@require_POST
@seated(Ability.EDIT_KEYS)
def revoke(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """The key works no more."""
    tell(
        request,
        saved(request, lambda: revoke_write_key(seat.workspace, number, system_clock()), _("The key is revoked.")),
    )
    return redirect("settings-keys")


def _shown(
    request: HttpRequest, seat: Seat, *, secret: str = "", kind: str = "", refused: Refused | None = None
) -> HttpResponse:
    context = {
        "keys": write_keys(seat.workspace.pk),
        "secret": secret,
        "kind": kind or "browser",
        "refused": refused,
        "host": request.build_absolute_uri("/").rstrip("/"),
        "project": seat.workspace.slug.replace("-", "_"),
        "typed": request.POST,
    }
    return render(request, "web/settings/keys.html", context, status=400 if refused else 200)
