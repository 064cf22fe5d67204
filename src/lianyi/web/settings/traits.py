"""The catalogue of traits, and whom a trait is believed from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.actions import declare_trait, set_trust
from lianyi.people.profiles.queries import trait_catalogue, trust_order
from lianyi.people.profiles.schemas import Strategy, TraitType
from lianyi.web.access import Seat, seated
from lianyi.web.labels import STRATEGIES, TRAIT_TYPES
from lianyi.web.saving import lines_of, saved


@require_safe
@seated(Ability.SEE_REPORTS)
def traits(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All of them, 500 at the most, by name; `trait` puts one into the form."""
    return _shown(request, seat)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def declare(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Puts a trait into the catalogue, or changes it."""
    said = request.POST
    kind, strategy = said.get("kind", ""), said.get("strategy", "")
    refused = saved(
        request,
        lambda: declare_trait(
            seat.workspace.pk,
            said.get("name", "").strip(),
            kind=TraitType(kind if kind in TRAIT_TYPES else "text"),
            strategy=Strategy(strategy if strategy in STRATEGIES else "latest"),
            label_zh=said.get("label_zh", "").strip()[:100],
            label_en=said.get("label_en", "").strip()[:100],
            sensitive="sensitive" in said,
        ),
        _("Saved."),
    )
    return _shown(request, seat, refused=refused) if refused else redirect("settings-traits")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def trust(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Whom a trait is believed from, the most trusted first."""
    origins = lines_of(request.POST.get("origins", ""))
    refused = saved(request, lambda: set_trust(seat.workspace.pk, origins), _("Saved."))
    return _shown(request, seat, mistrusted=refused) if refused else redirect("settings-traits")


def _shown(
    request: HttpRequest, seat: Seat, *, refused: Refused | None = None, mistrusted: Refused | None = None
) -> HttpResponse:
    known = trait_catalogue(seat.workspace.pk)
    wanted = request.GET.get("q", "").strip()[:100]
    asked = next((one for one in known if one.name == request.GET.get("trait")), None)
    words, trusted = wanted.casefold(), trust_order(seat.workspace.pk)
    context = {
        "traits": [one for one in known if words in f"{one.name} {one.label_zh} {one.label_en}".casefold()],
        "wanted": wanted,
        "asked": asked,
        "typed": request.POST if refused else asked,
        "origins": request.POST.get("origins", "") if mistrusted else "\n".join(trusted),
        "types": TRAIT_TYPES,
        "strategies": STRATEGIES,
        "trust": trusted,
        "refused": refused,
        "mistrusted": mistrusted,
    }
    status = 400 if refused or mistrusted else 200
    return render(request, "web/settings/traits.html", context, status=status)
