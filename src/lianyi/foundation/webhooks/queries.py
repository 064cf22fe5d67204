"""Reads of webhooks. Lists of deliveries are paged by the number that the page before ended with."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import connection

from lianyi.foundation.webhooks.models import Attempt, Endpoint
from lianyi.foundation.webhooks.schemas import AttemptLine, DeliveryLine, EndpointLine, Listener, kind_of
from lianyi.kernel.errors import Refused

MOST_COUNTED = 1_000
_SHOWN = [Endpoint.State.ON, Endpoint.State.OFF, Endpoint.State.DISABLED]


def endpoints(workspace: int) -> list[EndpointLine]:
    """The workspace's webhooks, the oldest first: twenty at the most."""
    return [_line(row) for row in Endpoint.objects.filter(workspace=workspace, state__in=_SHOWN).order_by("pk")]


def endpoint(workspace: int, number: int) -> EndpointLine:
    """One webhook. Refuses a number that is none of this workspace's."""
    row = Endpoint.objects.filter(workspace=workspace, pk=number, state__in=_SHOWN).first()
    if row is None:
        raise Refused("webhook.unknown", "There is no such webhook here.", "List them: lianyi webhook list")
    return _line(row)


def deliveries(workspace: int, number: int, *, limit: int, before: int | None = None) -> list[DeliveryLine]:
    """The newest deliveries of a webhook, those before the delivery `before` when it is given."""
    return _deliveries(
        "d.workspace = %(workspace)s AND d.endpoint_id = %(endpoint)s AND d.row < %(before)s",
        {"workspace": workspace, "endpoint": number, "before": before or 2**62, "limit": limit},
    )


def delivery(workspace: int, endpoint: int, row: int) -> tuple[DeliveryLine, list[AttemptLine]]:
    """One delivery with its newest attempts. Refuses one that is not this webhook's."""
    found = _deliveries(
        "d.workspace = %(workspace)s AND d.endpoint_id = %(endpoint)s AND d.row = %(row)s",
        {"workspace": workspace, "endpoint": endpoint, "row": row, "limit": 1},
    )
    if not found:
        raise Refused("webhook.delivery_unknown", "There is no such delivery here.")
    calls = Attempt.objects.filter(delivery=row).order_by("-pk")[:50]
    return found[0], [AttemptLine(one.at, one.took_ms, one.status, one.error, one.answer) for one in calls]


def listeners() -> dict[int, list[Listener]]:
    """Workspace → the endpoints there that are on."""
    found: dict[int, list[Listener]] = defaultdict(list)
    for row in Endpoint.objects.filter(state=Endpoint.State.ON).order_by("pk"):
        found[row.workspace_id].append(Listener(row.pk, tuple(row.patterns), row.since))
    return dict(found)


def due_endpoints(now: datetime) -> list[int]:
    """The endpoints that are on, do not rest, and for which something is due."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.id FROM webhook_endpoint e
            WHERE e.state = 'on' AND coalesce(e.rests_until <= %(now)s, true)
              AND NOT EXISTS (SELECT FROM outbox_hold h WHERE h.workspace_id = e.workspace_id)
              AND EXISTS (SELECT FROM outbox o WHERE o.kind = 'webhook:' || e.id AND o.state = 'queued'
                          AND o.due_at <= %(now)s)
            ORDER BY e.id
            """,
            {"now": now},
        )
        return [number for (number,) in cursor.fetchall()]


def may_be_called(number: int, now: datetime) -> bool:
    """Whether the endpoint is on and does not rest."""
    row = Endpoint.objects.filter(pk=number, state=Endpoint.State.ON).only("rests_until").first()
    return row is not None and (row.rests_until is None or row.rests_until <= now)


def _line(row: Endpoint) -> EndpointLine:
    return EndpointLine(
        id=row.pk,
        url=row.url,
        label=row.label,
        patterns=list(row.patterns),
        state=row.state,
        why=row.why,
        former_until=row.former_until,
        failing_since=row.failing_since,
        created_at=row.created_at,
        waiting=_waiting(row.pk),
    )


def _waiting(number: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM outbox WHERE kind = %s AND state = 'queued' LIMIT %s) AS waiting",
            [kind_of(number), MOST_COUNTED],
        )
        return int(cursor.fetchone()[0])


def _deliveries(where: str, values: dict[str, Any]) -> list[DeliveryLine]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT d.row, d.event, d.message, o.state, o.attempts, d.created_at, o.due_at, a.status,
                   coalesce(a.error, '')
            FROM webhook_delivery d JOIN outbox o ON o.id = d.row
            LEFT JOIN LATERAL (SELECT status, error FROM webhook_attempt WHERE delivery_id = d.row
                               ORDER BY id DESC LIMIT 1) a ON true
            WHERE {where} ORDER BY d.row DESC LIMIT %(limit)s
            """,
            values,
        )
        return [DeliveryLine(*row) for row in cursor.fetchall()]
