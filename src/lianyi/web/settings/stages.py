"""The rule of the lifecycle: what counts as a signal of intent, and how long a silence makes dormant."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.profiles.actions import set_lifecycle_rule
from lianyi.people.profiles.queries import lifecycle_rule
from lianyi.web.access import Seat, seated
from lianyi.web.labels import STAGES
from lianyi.web.saving import lines_of, saved


@require_safe
@seated(Ability.SEE_REPORTS)
def stages(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The rule as it is."""
    return _shown(request, seat)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Another rule, by which everybody stands anew at once; past events count for new signals after a replay."""
    signals, days = lines_of(request.POST.get("signals", "")), request.POST.get("days", "").strip()
    number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    refused = saved(
        request, lambda: set_lifecycle_rule(seat.workspace.pk, signals, number, system_clock()), _("Saved.")
    )
    return _shown(request, seat, refused) if refused else redirect("settings-stages")


def _shown(request: HttpRequest, seat: Seat, refused: Refused | None = None) -> HttpResponse:
    rule = lifecycle_rule(seat.workspace.pk)
    context = {
        "stages": STAGES,
        "days": request.POST.get("days", "") if refused else rule.days_until_dormant,
        "signals": request.POST.get("signals", "") if refused else "\n".join(sorted(rule.signals, key=str.casefold)),
        "refused": refused,
        "can_edit": "settings_edit" in seat.may,
    }
    return render(request, "web/settings/stages.html", context, status=400 if refused else 200)
