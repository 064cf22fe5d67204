"""Own domains: listed, added, removed, with what the owner of the name has to set up."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.domains.actions import remove_domain
from lianyi.foundation.domains.queries import domains as domains_of
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.links.owning import own_domain
from lianyi.web.access import Seat, seated
from lianyi.web.refusals import told
from lianyi.web.saving import saved, tell

PURPOSES: dict[str, Promise] = {"all": _("Links and pages"), "links": _("Short links"), "pages": _("Landing pages")}


@require_safe
@seated(Ability.EDIT_ACCOUNTS)
def domains(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list, with the form for another."""
    return _page(request, seat)


@require_POST
@seated(Ability.EDIT_ACCOUNTS)
def add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Adds a domain."""
    host, purpose = request.POST.get("host", ""), request.POST.get("purpose", "all")
    refused = saved(
        request,
        lambda: own_domain(seat.workspace.pk, host, purpose, settings.ENVIRONMENT.url),
        _("The domain is added."),
    )
    return _page(request, seat, refused) if refused else redirect("settings-domains")


@require_POST
@seated(Ability.EDIT_ACCOUNTS)
def remove(request: HttpRequest, seat: Seat, domain: int) -> HttpResponse:
    """Removes one on which nothing stands."""
    tell(request, saved(request, lambda: remove_domain(seat.workspace.pk, domain), _("The domain is removed.")))
    return redirect("settings-domains")


def _page(request: HttpRequest, seat: Seat, refused: Refused | None = None) -> HttpResponse:
    rows = domains_of(seat.workspace.pk)
    context = {
        "domains": [(one, PURPOSES[one.purpose], to_micros(one.added_at)) for one in rows],
        "waiting": next((one.host for one in rows if one.waits), ""),
        "purposes": PURPOSES,
        "typed": request.POST,
        "wrong": told(refused) if refused else "",
    }
    return render(request, "web/settings/domains.html", context, status=422 if refused else 200)
