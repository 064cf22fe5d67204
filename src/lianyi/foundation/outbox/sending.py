"""Sending what is due: claim one, call its sender, settle it; and moving on what was lost or is open.

One row at a time: a row that waited behind a slow one could lose its claim before its own call. Any number of processes
may do this at once. Kill it at any line: the row is queued, or its claim runs out and `settle_lost` moves it on.
"""

from collections.abc import Callable, Sequence

import structlog

from lianyi.foundation.outbox.actions import claim, claim_open, settle, settle_lost
from lianyi.foundation.outbox.outcomes import lost, settlement
from lianyi.foundation.outbox.schemas import Again, Finds, Parcel, Sender, Sent, Settlement, family_of
from lianyi.kernel.clock import Clock

log = structlog.get_logger()

_AT_ONCE = 100


def send_due(
    senders: Sequence[Sender],
    clock: Clock,
    stopping: Callable[[], bool] = lambda: False,
    *,
    kinds: Sequence[str] | None = None,
) -> int:
    """Sends what is due, until nothing is or `stopping`; how many calls were made. `kinds` are those of the senders,
    unless branches of theirs are named.
    """
    by_kind = {sender.kind: sender for sender in senders}
    calls = 0
    while not stopping():
        parcels = claim(list(by_kind) if kinds is None else kinds, clock(), 1)
        if not parcels:
            break
        for parcel in parcels:
            _send(by_kind[family_of(parcel.kind)], parcel, clock)
            calls += 1
    return calls


def move_on(senders: Sequence[Sender], clock: Clock, stopping: Callable[[], bool] = lambda: False) -> int:
    """Settles rows whose claim ran out, and looks up those that may be out; how many rows it touched."""
    by_kind = {sender.kind: sender for sender in senders}
    touched = settle_lost(by_kind, clock(), _AT_ONCE)
    finders = {kind: sender for kind, sender in by_kind.items() if isinstance(sender, Finds)}
    while finders and not stopping():
        parcels = claim_open(list(finders), clock(), 1)
        if not parcels:
            break
        for parcel in parcels:
            _look_up(by_kind[parcel.kind], finders[parcel.kind], parcel, clock)
            touched += 1
    return touched


def _send(sender: Sender, parcel: Parcel, clock: Clock) -> None:
    try:
        came: Settlement = Sent(sender.send(parcel, clock()))
    except Exception as error:
        came = settlement(error, sender, parcel.attempt, clock())
    _settle(parcel, came, clock)


def _look_up(sender: Sender, finder: Finds, parcel: Parcel, clock: Clock) -> None:
    """A look that fails says nothing: the row stays open and is looked up again, or is put to a person."""
    now = clock()
    try:
        receipt = finder.find(parcel, now)
    except Exception as error:
        came = lost(f"not found out: {type(error).__name__}", sender, parcel.attempt, now)
    else:
        came = Again("was not out", now) if receipt is None else Sent(receipt)
    _settle(parcel, came, clock)


def _settle(parcel: Parcel, came: Settlement, clock: Clock) -> None:
    taken = settle(parcel, came, clock())
    happening = type(came).__name__.lower()
    log.info(
        f"outbox.{happening}",
        row=parcel.id,
        kind=parcel.kind,
        attempt=parcel.attempt,
        taken=taken,
        error=getattr(came, "error", ""),
    )
