"""The funnel's table: which event counts for which step."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianyi.foundation.access.schemas import Ability
from lianyi.insight.funnel.actions import reset_steps, set_step
from lianyi.insight.funnel.queries import own_steps, steps_of
from lianyi.insight.funnel.schemas import Step
from lianyi.kernel.errors import Refused
from lianyi.web.access import Seat, seated
from lianyi.web.labels import STEPS
from lianyi.web.saving import saved, tell


@require_safe
@seated(Ability.SEE_REPORTS)
def table(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The five steps with their events, and where the workspace differs from the default."""
    return _shown(request, seat)


@require_POST
@seated(Ability.EDIT_SETTINGS)
def change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An event counts for another step, or for none."""
    event, name = request.POST.get("event", "").strip(), request.POST.get("step", "")
    step = next((one for one in Step if one.label == name), None)
    refused = saved(request, lambda: set_step(seat.workspace.pk, event, step), _("Saved."))
    return _shown(request, seat, refused) if refused else redirect("settings-funnel")


@require_POST
@seated(Ability.EDIT_SETTINGS)
def reset(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Back to the default."""
    tell(request, saved(request, lambda: reset_steps(seat.workspace.pk), _("The table is the default again.")))
    return redirect("settings-funnel")


def _shown(request: HttpRequest, seat: Seat, refused: Refused | None = None) -> HttpResponse:
    steps, own = steps_of(seat.workspace.pk), own_steps(seat.workspace.pk)
    context = {
        "rows": [
            (step.label, [(event, event in own) for event, at in sorted(steps.items()) if at == step]) for step in Step
        ],
        "out": sorted(event for event, step in own.items() if step is None),
        "own": len(own),
        "steps": STEPS,
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "web/settings/funnel.html", context, status=400 if refused else 200)
