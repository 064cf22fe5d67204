"""Writes to the outbox. A claim and a settlement commit for themselves, before and after the call to the outside."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.outbox.forgetting import spent
from lianyi.foundation.outbox.models import BY_A_MEMBER, OutboxHold, OutboxRow
from lianyi.foundation.outbox.outcomes import lost
from lianyi.foundation.outbox.schemas import (
    Again,
    Decision,
    Failed,
    Open,
    Parcel,
    Sender,
    Sent,
    Settlement,
    State,
    family_of,
)
from lianyi.kernel.errors import Refused

CLAIM_LIVES_FOR = timedelta(minutes=5)  # longer than any one call may take
_LARGEST = 256_000  # bytes of a payload's JSON
_FREE = "NOT EXISTS (SELECT FROM outbox_hold h WHERE h.workspace_id = o.workspace_id)"


@transaction.atomic
def enqueue(workspace: int, kind: str, key: str, payload: Mapping[str, Any], due_at: datetime) -> int:
    """The row of this key, made when it is new, in the caller's transaction; the number it had, when it was forgotten.
    Refuses another payload under a used key, and one that is no JSON or too large.
    """
    plain = _as_json(payload)
    row, created = OutboxRow.objects.get_or_create(
        workspace_id=workspace, kind=kind, key=key, defaults={"payload": plain, "due_at": due_at}
    )
    number, same = row.pk, created or row.payload == plain
    if created and (before := spent(row)):
        row.delete()
        number, same = before
    if not same:
        raise Refused(
            "outbox.key_used",
            "The key {key!r} of {kind} was used for something else.",
            "Use one key for each thing that leaves.",
            key=key,
            kind=kind,
        )
    return number


@transaction.atomic
def enqueue_new(
    workspace: int, kind: str, payloads: Mapping[str, Mapping[str, Any]], due_at: datetime
) -> dict[str, int]:
    """Key → row, of those keys that have none yet; in the caller's transaction. For who enqueues each key once by a
    cursor of its own: what was discarded is not remembered.
    """
    plain = [json.dumps(_as_json(one), ensure_ascii=False) for one in payloads.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO outbox (workspace_id, kind, key, payload, state, due_at, attempts, error, receipt)
            SELECT %(workspace)s, %(kind)s, key, payload::jsonb, 'queued', %(due_at)s, 0, '', ''
            FROM unnest(%(keys)s::text[], %(payloads)s::text[]) WITH ORDINALITY AS new (key, payload, place)
            ORDER BY place ON CONFLICT DO NOTHING RETURNING key, id
            """,
            {"workspace": workspace, "kind": kind, "due_at": due_at, "keys": list(payloads), "payloads": plain},
        )
        return dict(cursor.fetchall())


@transaction.atomic
def discard(rows: Sequence[int]) -> int:
    """Deletes rows that `enqueue_new` made, whatever became of them, contents, key and all; how many."""
    return OutboxRow.objects.filter(pk__in=list(rows)).delete()[0]


@transaction.atomic
def send_again(workspace: int, row_id: int, now: datetime) -> None:
    """One more attempt of a row, also of one that was sent: for kinds whose receivers know a repeat."""
    found = OutboxRow.objects.select_for_update().filter(workspace=workspace, pk=row_id)
    row = found.first()
    if row is None or row.state == State.SENDING:
        raise Refused("outbox.busy", "Row {row} is being sent, or gone.", "Look again shortly.", row=row_id)
    found.update(**_columns(Again(row.error, now), now))


@transaction.atomic(durable=True)
def claim(kinds: Sequence[str], now: datetime, limit: int) -> list[Parcel]:
    """Takes up to `limit` rows that are due, the longest due first; each is `sending`, on disk, when this returns. Rows
    that another process holds and workspaces on hold are passed over.
    """
    return _take(
        f"o.state = 'queued' AND o.kind = ANY(%(kinds)s) AND o.due_at <= %(now)s AND {_FREE}",
        "state = 'sending', claimed_until = %(until)s",
        {"kinds": list(kinds), "now": now, "until": now + CLAIM_LIVES_FOR, "limit": limit},
    )


@transaction.atomic(durable=True)
def claim_open(kinds: Sequence[str], now: datetime, limit: int) -> list[Parcel]:
    """Takes up to `limit` unsettled rows that are due to be looked up. Until they are settled they count as looked at,
    and come again when that was cut short.
    """
    return _take(
        f"o.state = 'unsettled' AND o.kind = ANY(%(kinds)s) AND o.due_at <= %(now)s AND {_FREE}",
        "due_at = %(until)s",
        {"kinds": list(kinds), "now": now, "until": now + CLAIM_LIVES_FOR, "limit": limit},
    )


def _take(where: str, change: str, values: dict[str, Any]) -> list[Parcel]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS MATERIALIZED (
                SELECT o.id, o.due_at AS was_due FROM outbox o WHERE {where}
                ORDER BY o.due_at, o.id LIMIT %(limit)s FOR UPDATE OF o SKIP LOCKED)
            UPDATE outbox SET attempts = attempts + 1, {change} FROM due WHERE outbox.id = due.id
            RETURNING outbox.id, workspace_id, kind, key, attempts, payload, was_due
            """,
            values,
        )
        rows = sorted(cursor.fetchall(), key=lambda row: (row[6], row[0]))
    return [
        Parcel(number, at, kind, key, attempt, json.loads(text)) for number, at, kind, key, attempt, text, _ in rows
    ]


@transaction.atomic
def settle(parcel: Parcel, settlement: Settlement, now: datetime) -> bool:
    """Writes down what became of a claimed parcel; False when somebody settled it meanwhile. A late word is still taken
    as long as nobody claimed or decided the row after it.
    """
    mine = OutboxRow.objects.filter(pk=parcel.id, workspace=parcel.workspace, attempts=parcel.attempt)
    return bool(mine.exclude(state__in=[State.SENT, State.FAILED]).update(**_columns(settlement, now)))


@transaction.atomic
def settle_lost(senders: Mapping[str, Sender], now: datetime, limit: int) -> int:
    """Moves on rows whose claim ran out before a word came, as after a crash; how many. Without a sender that can find
    them or may repeat them they are put to a person.
    """
    over = OutboxRow.objects.filter(state=State.SENDING, claimed_until__lt=now).order_by("claimed_until")
    rows = list(over.select_for_update(skip_locked=True)[:limit])
    for row in rows:
        settlement = lost("claim ran out", senders.get(family_of(row.kind)), row.attempts, now)
        OutboxRow.objects.filter(pk=row.pk).update(**_columns(settlement, now))
    return len(rows)


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def decide(workspace: int, row_id: int, decision: Decision, now: datetime) -> None:
    """A person's word on a row that waits, failed or is unsettled. `AGAIN` gives it one more attempt, at once."""
    row = OutboxRow.objects.select_for_update().filter(workspace=workspace, pk=row_id).first()
    if row is None:
        raise Refused(
            "outbox.unknown", "There is no row {row} in this outbox.", "List them: lianyi outbox list", row=row_id
        )
    if row.state in (State.SENT, State.SENDING):
        raise Refused(
            "outbox.decided",
            "Row {row} was sent; there is nothing to decide."
            if row.state == State.SENT
            else "Row {row} is being sent; there is nothing to decide.",
            row=row_id,
        )
    match decision:
        case Decision.SENT:
            settlement: Settlement = Sent(row.receipt)
        case Decision.FAILED:
            settlement = Failed(BY_A_MEMBER)
        case Decision.AGAIN:
            settlement = Again(row.error, now)
    OutboxRow.objects.filter(pk=row.pk).update(**_columns(settlement, now))
    record_audit(workspace, "outbox.decided", {"row": row_id, "was": row.state, "now": decision.value})


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def hold(workspace: int, now: datetime) -> None:
    """From now on nothing leaves this workspace until `release`. Holding it again changes nothing."""
    if OutboxHold.objects.get_or_create(workspace_id=workspace, defaults={"since": now})[1]:
        record_audit(workspace, "outbox.held", {})


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def release(workspace: int) -> bool:
    """Lets things leave again; False when nothing was held."""
    released = bool(OutboxHold.objects.filter(workspace=workspace).delete()[0])
    if released:
        record_audit(workspace, "outbox.released", {})
    return released


def _columns(settlement: Settlement, now: datetime) -> dict[str, Any]:
    match settlement:
        case Sent(receipt):
            return _state(State.SENT, "", settled_at=now, receipt=receipt[:200])
        case Failed(error):
            return _state(State.FAILED, error, settled_at=now)
        case Again(error, due_at):
            return _state(State.QUEUED, error, due_at=due_at, settled_at=None)
        case Open(error, look_at):
            return _state(State.UNSETTLED, error, due_at=look_at)


def _state(state: State, error: str, **columns: Any) -> dict[str, Any]:
    return {"state": state, "error": error, "claimed_until": None, "due_at": None, **columns}


def _as_json(payload: Mapping[str, Any]) -> Any:
    try:
        text = json.dumps(dict(payload), ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise Refused("outbox.payload", "What is to leave is no plain JSON: {why}.", why=type(error).__name__) from None
    if size > _LARGEST or "\\u0000" in text:
        raise Refused(
            "outbox.payload", "What is to leave has {size} bytes or a null character.", "Make it smaller.", size=size
        )
    return json.loads(text)
