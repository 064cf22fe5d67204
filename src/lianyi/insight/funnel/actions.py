"""Writes to the funnel's table of steps."""

from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.insight.funnel.models import FunnelStep
from lianyi.insight.funnel.schemas import Step
from lianyi.insight.funnel.steps import DEFAULT_STEPS
from lianyi.kernel.errors import Refused

_NAME_CHARACTERS = 200
_NAMES = 1_000  # of a workspace's own


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def set_step(workspace: int, event: str, step: Step | None) -> None:
    """From now on events of this name count for `step`, for None in no step. What is the default is not
    stored.
    """
    if not event.strip() or len(event) > _NAME_CHARACTERS or "\x00" in event:
        raise Refused(
            "funnel.event",
            "This is no name of an event.",
            "Write 1 to {most} characters.",
            most=_NAME_CHARACTERS,
        )
    own = FunnelStep.objects.filter(workspace=workspace)
    if DEFAULT_STEPS.get(event) == step:
        own.filter(event=event).delete()
    else:
        if own.exclude(event=event).count() >= _NAMES:
            raise Refused(
                "funnel.full",
                "The table holds {names} names of your own already.",
                "Take some out first.",
                names=_NAMES,
            )
        FunnelStep.objects.update_or_create(workspace=workspace, event=event, defaults={"step": step})
    record_audit(workspace, "funnel.step", {"event": event, "step": step.label if step is not None else None})


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def reset_steps(workspace: int) -> None:
    """Back to the default."""
    if FunnelStep.objects.filter(workspace=workspace).delete()[0]:
        record_audit(workspace, "funnel.reset", {})
