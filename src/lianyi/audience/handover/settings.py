"""How a workspace assigns, in the database: read, written, and held by whoever gives somebody a hand-over."""

from collections.abc import Mapping
from typing import Any

from lianyi.audience.handover.models import AssignmentRow
from lianyi.audience.handover.schemas import ACCEPT_MINUTES, PAUSE_DAYS, Assignment, AssignmentRule, Way

_DEFAULTS = {"accept_minutes": ACCEPT_MINUTES, "pause_days": PAUSE_DAYS}


def assignment_of(workspace: int) -> Assignment:
    """What the workspace says, or what holds until it says something."""
    row = AssignmentRow.objects.filter(workspace=workspace).first()
    return Assignment() if row is None else assignment_in(row)


def held(workspace: int) -> AssignmentRow:
    """The workspace's row; nobody else assigns until the transaction ends."""
    AssignmentRow.objects.get_or_create(workspace=workspace, defaults=_DEFAULTS)
    return AssignmentRow.objects.select_for_update().get(workspace=workspace)


def assignment_in(row: AssignmentRow) -> Assignment:
    """What a row says."""
    return Assignment(row.accept_minutes, row.pause_days, tuple(map(_rule, row.rules)))


def stored(rule: AssignmentRule) -> dict[str, Any]:
    """A rule as its row keeps it."""
    return {
        "name": rule.name,
        "way": rule.way.value,
        "rule": rule.rule,
        "members": list(rule.members),
        "trait": rule.trait,
        "table": dict(rule.table),
    }


def _rule(kept: Mapping[str, Any]) -> AssignmentRule:
    return AssignmentRule(**{**kept, "way": Way(kept["way"]), "members": tuple(kept["members"])})
