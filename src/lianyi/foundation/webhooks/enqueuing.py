"""Enqueuing what endpoints are to be told, forgetting it, and holding it still meanwhile.

`enqueue_tellings` runs in the transaction that moves the reader's cursor, so an event is enqueued once. Whoever erases
waits for that transaction and finds all that it made.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from lianyi.foundation.outbox.actions import discard, enqueue_new
from lianyi.foundation.webhooks.models import Delivery, Endpoint
from lianyi.foundation.webhooks.schemas import Happening, Telling, kind_of

KEPT_FOR = timedelta(days=30)
A_BATCH = 1_000
_LOCK = 0x6C790003


def hold_still(workspace: int) -> None:
    """Nobody else enqueues or forgets here until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, workspace])


@transaction.atomic
def enqueue_tellings(workspace: int, tellings: Sequence[Telling], now: datetime) -> list[int]:
    """A row of the outbox for each happening that an endpoint was not told yet; their numbers."""
    made: list[Delivery] = []
    for telling in tellings:
        by_key = {one.key: one for one in telling.happenings}
        payloads = {key: _payload(one) for key, one in by_key.items()}
        for key, row in enqueue_new(workspace, kind_of(telling.endpoint), payloads, now).items():
            made.append(
                Delivery(
                    row=row,
                    endpoint_id=telling.endpoint,
                    workspace=workspace,
                    identity=by_key[key].identity,
                    event=by_key[key].name[:200],
                    message=f"evt_{key}",
                    created_at=now,
                )
            )
    Delivery.objects.bulk_create(made)
    return [one.row for one in made]


def forget_people(
    workspace: int, numbers: Collection[int], others: Collection[int], names_them: Callable[[bytes], bool]
) -> dict[str, int]:
    """Removes all that was enqueued for these identities, sent or not, and of those `others` what names them; how many
    rows of each table went. What is on its way at this moment arrives.
    """
    hold_still(workspace)
    theirs = Delivery.objects.filter(workspace=workspace)
    rows = list(theirs.filter(identity__in=list(numbers)).values_list("pk", flat=True))
    rows += _naming(workspace, list(theirs.filter(identity__in=list(others)).values_list("pk", flat=True)), names_them)
    return _forget(rows)


@transaction.atomic
def forget_old(now: datetime, limit: int = A_BATCH) -> int:
    """Forgets up to `limit` deliveries that are older than `KEPT_FOR`, whatever became of them, or whose endpoint was
    removed; how many.
    """
    rows = list(Delivery.objects.order_by("row").values_list("row", "created_at")[:limit])
    old = [row for row, created_at in rows if created_at < now - KEPT_FOR]
    for endpoint in Endpoint.objects.filter(state=Endpoint.State.REMOVED)[:20]:
        left = list(Delivery.objects.filter(endpoint=endpoint).order_by("-row").values_list("row", flat=True)[:limit])
        old += left
        if not left:
            endpoint.delete()
    _forget(sorted(set(old)))
    return len(set(old))


def _forget(rows: Sequence[int]) -> dict[str, int]:
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM webhook_attempt WHERE delivery_id = ANY(%s)", [list(rows)])
        attempts = int(cursor.rowcount)
        cursor.execute("DELETE FROM webhook_delivery WHERE row = ANY(%s)", [list(rows)])
        deliveries = int(cursor.rowcount)
    return {"webhook_attempt": attempts, "webhook_delivery": deliveries, "outbox": discard(rows)}


def _naming(workspace: int, rows: Sequence[int], names_them: Callable[[bytes], bool]) -> list[int]:
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, payload::text FROM outbox WHERE workspace_id = %s AND id = ANY(%s)", [workspace, list(rows)]
        )
        return [row for row, payload in cursor.fetchall() if names_them(payload.encode())]


def _payload(one: Happening) -> dict[str, object]:
    return {
        "message": f"evt_{one.key}",
        "said": {"type": one.name, "timestamp": one.occurred_at.isoformat(), "data": dict(one.data)},
    }
