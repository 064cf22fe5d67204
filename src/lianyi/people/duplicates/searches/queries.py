"""Reads of the search that was asked for last."""

from lianyi.kernel.errors import Refused
from lianyi.people.duplicates import suggesting
from lianyi.people.duplicates.models import DuplicateRun
from lianyi.people.duplicates.searches.schemas import Run

STEPS = suggesting.STEPS + 1  # of a search: read everybody, then those


def run_of(workspace: int) -> Run | None:
    """The search of the workspace; None before the first that a member asked for."""
    row = DuplicateRun.objects.filter(workspace=workspace).first()
    return None if row is None else described(row)


def refuse_while_searching(workspace: int) -> None:
    """One search at a time."""
    if DuplicateRun.objects.filter(workspace=workspace, state=DuplicateRun.State.RUNNING).exists():
        raise searching()


def searching() -> Refused:
    """What somebody is told who asks while a search is under way."""
    return Refused(
        "duplicates.searching", "Everybody is being compared already.", "Wait until that is done, or stop it."
    )


def described(row: DuplicateRun) -> Run:
    """A row as the doors see it."""
    return Run(
        state=row.state,  # type: ignore[arg-type]
        step=row.step,
        steps=STEPS,
        stopping=row.stop,
        waits=row.waits,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        actor=row.actor,
        problem=row.refusal,
    )
