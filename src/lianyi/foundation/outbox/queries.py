"""Reads of the outbox. None gives contents away: a list names rows by kind and key."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from lianyi.foundation.outbox.models import OPEN, OutboxHold, OutboxRow
from lianyi.foundation.outbox.schemas import State


@dataclass(frozen=True)
class Waiting:
    """One row as a list shows it."""

    id: int
    kind: str
    key: str
    state: str
    due_at: datetime | None
    attempts: int
    error: str
    receipt: str


def rows_of(workspace: int, states: list[State], limit: int) -> list[Waiting]:
    """The newest rows in these states, at most `limit`."""
    found = OutboxRow.objects.filter(workspace=workspace, state__in=states).order_by("-pk")[:limit]
    return [
        Waiting(row.pk, row.kind, row.key, row.state, row.due_at, row.attempts, row.error, row.receipt) for row in found
    ]


def counts() -> dict[str, int]:
    """How many rows of the whole installation are in each state but `sent`."""
    found = OutboxRow.objects.filter(state__in=OPEN).order_by().values_list("state").annotate(rows=Count("pk"))
    return dict(found)


def held() -> list[int]:
    """The workspaces whose outbox is held."""
    return list(OutboxHold.objects.order_by("workspace").values_list("workspace", flat=True))


def is_held(workspace: int) -> bool:
    """Whether this workspace's outbox is held."""
    return OutboxHold.objects.filter(workspace=workspace).exists()
