"""What is done with a model: learned anew, stopped, chosen, deleted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lianyi.audience.learned import actions, queries
from lianyi.audience.learned.enough import refuse_too_rare
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.web.access import Seat, seated
from lianyi.web.saving import saved, tell


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def learn(request: HttpRequest, seat: Seat, model: int) -> HttpResponse:
    """Has it learn from what has happened since."""
    workspace, now = seat.workspace.pk, system_clock()

    def ask() -> None:
        known = queries.model_of(workspace, model)
        refuse_too_rare(workspace, known.outcome, known.days, now)
        actions.learn_anew(workspace, model, now)

    tell(request, saved(request, ask))
    return redirect("model", model)


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def stop(request: HttpRequest, seat: Seat, model: int) -> HttpResponse:
    """Has the learning end."""
    tell(request, saved(request, lambda: actions.stop_learning(seat.workspace.pk, model, system_clock())))
    return redirect("model", model)


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def choose(request: HttpRequest, seat: Seat, model: int) -> HttpResponse:
    """Its scores are the people's likelihood from now on."""
    done = _("Rules and pages of people go by this model's likelihood from now on.")
    tell(request, saved(request, lambda: actions.choose_model(seat.workspace.pk, model), done))
    return redirect("model", model)


@require_POST
@seated(Ability.EDIT_SEGMENTS)
def delete(request: HttpRequest, seat: Seat, model: int) -> HttpResponse:
    """Forgets it with its scores."""
    tell(request, saved(request, lambda: actions.delete_model(seat.workspace.pk, model), _("The model is deleted.")))
    return redirect("models")
