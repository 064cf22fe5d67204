"""Events taken out of bodies that the log holds: of people who are erased.

A numbered body keeps the number of its events, so (batch, position) of all others stays: where an event was there is
`null`, and its position is among those left out. Ids of numbered events stay, hashes by which a repeat is known as one.
Promises that what is read afterwards is what was kept. Call it in a transaction that holds the log still (`hold`).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple, Protocol

import msgspec
from django.db import connection, transaction
from pyroaring import BitMap64

from lianyi.events.intake import own
from lianyi.events.intake.packing import count_in, pack, times_in
from lianyi.events.intake.senders import Signed
from lianyi.events.log.actions import lock
from lianyi.events.log.decoding import UNREADABLE, raw_events, read_event
from lianyi.events.schemas import Event
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.kernel.errors import Broken

ROWS_AT_ONCE = 200
_NOTHING = b"null"
_EMPTY = {"own": b"[]", "sensors": b"[]", "segment": b'{"batch":[]}'}
_ENVELOPE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])


class Judge(Protocol):
    """Who must not be spoken of any more."""

    def judge(self, event: Event) -> bytes | None:
        """The event's JSON as it may stay, most often as it is; None when the event is to go."""

    def holds(self, raw: bytes) -> bool:
        """Whether bytes that are no event speak of somebody who is erased."""

    def clean(self, raw: bytes) -> bytes:
        """JSON without the values that `judge` met in events that spoke of erased people."""


class Scrubbed(NamedTuple):
    """How many bodies were written anew, and how many events went from them."""

    bodies: int
    events: int


class Looked(NamedTuple):
    """Rows by id: all that were looked at, and those in which something is to be changed."""

    seen: BitMap64
    concerned: BitMap64


class _Found(NamedTuple):
    id: int
    day: date
    place: str  # in its partition, which has no index by id; it is the same while the log is held
    key: int
    form: str
    received_at: int
    ids: bytes
    body: bytes
    batch: int | None
    offset: int | None


def hold(workspace: int, *projectors: str) -> None:
    """Waits until nothing is numbered, and nothing of the workspace is on its way through these projectors, and keeps
    it so until the transaction ends. Bodies still come in meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM batch_counter FOR UPDATE")
    for projector in projectors:
        lock(workspace, projector)


def newest_receipt(workspace: int) -> int:
    """When (µs) the last body that the log has of the workspace was received, by the clock of whoever took it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(received_at), 0) FROM log WHERE workspace = %s", [workspace])
        return int(cursor.fetchone()[0])


def look(workspace: int, judge: Judge, signed: Signed) -> Looked:
    """Looks for bodies of which `scrub_tail` would change something, with nothing held; that has less to do then."""
    seen, concerned = BitMap64(), BitMap64()
    with transaction.atomic():
        for row in _rows("workspace = %s", [workspace]):
            seen.add(row.id)
            if _changed(row, judge, signed):
                concerned.add(row.id)
    return Looked(seen, concerned)


def scrub_tail(workspace: int, judge: Judge, signed: Signed, looked: Looked | None = None) -> Scrubbed:
    """Takes out of every body of the workspace, numbered or not, what `judge` says. Memory is bounded. What was looked
    at before, by a judge who says the same, is not looked at again.
    """
    if looked is None:
        return _scrub(judge, signed, _rows("workspace = %s", [workspace]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM log WHERE workspace = %s", [workspace])
        ids = [row for (row,) in cursor if row not in looked.seen or row in looked.concerned]
    return _scrub(judge, signed, _rows("workspace = %s AND id = ANY(%s)", [workspace, ids]))


def scrub_batch(number: int, judge: Judge, signed: Signed) -> Scrubbed:
    """The same for the bodies of one batch."""
    return _scrub(judge, signed, _rows("batch = %s", [number]))


def scrub_letters(workspace: int, judge: Judge, signed: Signed) -> int:
    """Drops the dead letters that speak of erased people, their mentions beside others too; how many."""
    gone = []
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT id, key, form, received_at, detail, body FROM dead_letter WHERE workspace_id = %s", [workspace]
        )
        for letter, key, form, received_at, detail, body in cursor:
            raw = bytes(body)
            try:
                event = read_event(raw, form.partition(":")[0], key, 0, bytes(16), 0, received_at, signed)
                spoken = judge.judge(event) != raw
            except UNREADABLE:
                spoken = judge.holds(raw)
            if spoken or judge.holds(detail.encode()):
                gone.append(letter)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dead_letter WHERE id = ANY(%s)", [gone])
    return len(gone)


def _rows(condition: str, values: list[int | list[int]]) -> Iterator[_Found]:
    """These rows, a few at a time, in one reading of the log."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, day, ctid::text, key, form, received_at, ids, body, batch, "offset" FROM log WHERE {condition}
            """,
            values,
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in map(_Found._make, rows):
                yield row._replace(ids=bytes(row.ids), body=bytes(row.body))


def _scrub(judge: Judge, signed: Signed, rows: Iterator[_Found]) -> Scrubbed:
    bodies = events = 0
    left_out: dict[int, set[int]] = {}
    for row in rows:
        changed = _changed(row, judge, signed)
        if not changed:
            continue
        gone = {place for place, raw in changed.items() if raw is None}
        if row.batch is None or row.offset is None:
            _write_unnumbered(row, changed, gone, judge)
        else:
            _write(row, _rebuilt(row, changed, judge), row.ids)
            left_out.setdefault(row.batch, set()).update(row.offset + place for place in gone)
        bodies, events = bodies + 1, events + len(gone)
    for batch, positions in left_out.items():
        _leave_out(batch, positions)
    return Scrubbed(bodies, events)


def _changed(row: _Found, judge: Judge, signed: Signed) -> dict[int, bytes | None]:
    """The events of the row that cannot stay as they are, by their place in it: what is to stand there instead."""
    times = times_in(row.ids)
    changed: dict[int, bytes | None] = {}
    try:
        raws = raw_events(row.form, row.body)
    except UNREADABLE:
        return dict.fromkeys(range(len(times)), None) if judge.holds(row.body) else {}
    for place, raw in enumerate(raws[: len(times)]):
        try:
            event = read_event(raw, row.form, row.key, place, bytes(16), times[place], row.received_at, signed)
            kept = judge.judge(event)
        except UNREADABLE:
            kept = None if judge.holds(raw) else raw
        if kept != raw:
            changed[place] = kept
    return changed


def _write(row: _Found, body: bytes, ids: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE log SET body = %s, ids = %s, count = %s WHERE day = %s AND ctid = %s::tid AND id = %s",
            [body, ids, count_in(ids) - _refused_in(ids), row.day, row.place, row.id],
        )
        _one(cursor.rowcount)


def _one(rows: int) -> None:
    if rows != 1:
        raise Broken("{rows} rows of the log were where one was.", rows=rows)


def _refused_in(ids: bytes) -> int:
    return sum(ids[16 * place : 16 * place + 16] == bytes(16) for place in range(count_in(ids)))


def _write_unnumbered(row: _Found, changed: Mapping[int, bytes | None], gone: set[int], judge: Judge) -> None:
    """A body that is not numbered yet simply becomes shorter."""
    left = [place for place in range(count_in(row.ids)) if place not in gone]
    if not left:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM log WHERE day = %s AND ctid = %s::tid AND id = %s", [row.day, row.place, row.id]
            )
            _one(cursor.rowcount)
        return
    times = times_in(row.ids)
    ids = pack([row.ids[16 * place : 16 * place + 16] for place in left], [times[place] for place in left])
    _write(row, _rebuilt(row, changed, judge, shorter=True), ids)


def _leave_out(batch: int, positions: set[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT left_out FROM batch WHERE number = %s", [batch])
        left_out = from_bytes(bytes(cursor.fetchone()[0]))
        left_out.update(positions)
        cursor.execute("UPDATE batch SET left_out = %s WHERE number = %s", [to_bytes(left_out), batch])


def _rebuilt(row: _Found, changed: Mapping[int, bytes | None], judge: Judge, *, shorter: bool = False) -> bytes:
    """The row's body with these of its events replaced; without any left, an empty one. What is gone leaves `null`,
    or nothing where the body may become `shorter`.
    """
    form, body = row.form, row.body
    if len(changed) == count_in(row.ids) and not any(changed.values()):
        return _EMPTY.get(form, b"{}")
    if form == "own":
        return _list(own.raws(body), changed, shorter=shorter)
    if form == "sensors":
        single = body.lstrip()[:1] != b"["
        return changed[0] or _NOTHING if single else _list(_RAWS.decode(body), changed, shorter=shorter)
    if form != "segment":
        return changed[0] or b"{}"
    envelope = _ENVELOPE.decode(body)
    batch = msgspec.Raw(_list(_RAWS.decode(envelope["batch"]), changed, shorter=shorter))
    # What the sender said once for all events of the body may be of one who is erased.
    around = {name: msgspec.Raw(judge.clean(bytes(part))) for name, part in envelope.items()}
    return msgspec.json.encode({**around, "batch": batch})


def _list(raws: list[msgspec.Raw], changed: Mapping[int, bytes | None], *, shorter: bool) -> bytes:
    parts = [changed.get(place, raw) for place, raw in enumerate(raws)]
    return b"[" + b",".join([part or _NOTHING for part in parts if part is not None or not shorter]) + b"]"
