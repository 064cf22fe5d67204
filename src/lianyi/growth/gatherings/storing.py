"""Registrations in the database, under the identities that their events came with, and what has become of each.

Whatever changes, all of a gathering is reckoned anew from what happened in its order, so that what is kept up to date,
what is rebuilt and what is left after an erasure are the same.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from lianyi.events.schemas import Claim, Event
from lianyi.growth.forms.storing import words_in
from lianyi.growth.gatherings.seats import (
    Act,
    Cancelled,
    CheckedIn,
    Registered,
    Resized,
    Standing,
    Undone,
    standings,
)
from lianyi.kernel.ids import digest

REGISTERED = "gathering.registered"
CANCELLED, RESIZED, CHECKED_IN = "gathering.cancelled", "gathering.resized", "gathering.checked_in"
UNDONE = "gathering.check_in_undone"
NAMES = frozenset([REGISTERED, CANCELLED, RESIZED, CHECKED_IN, UNDONE])
REGISTRATIONS, ACTS = "gathering_registration", "gathering_act"
REGISTRATION_COLUMNS = (
    "event", "gathering", "batch", "position", "at", "version", "identity", "seat", "promoted", "came_at", "holder",
    "answers", "found_by", "language", "channel", "campaign", "code",
)  # fmt: skip
ACT_COLUMNS = ("event", "gathering", "batch", "position", "at", "kind", "registration", "seats")
_HOLDERS = frozenset(["phone", "email", "wechat_id"])
_encode = msgspec.json.Encoder(order="sorted").encode
_PUT = f"""
INSERT INTO {REGISTRATIONS} (workspace, {", ".join(REGISTRATION_COLUMNS)})
VALUES (%s{", %s" * len(REGISTRATION_COLUMNS)}) ON CONFLICT (workspace, event) DO NOTHING
"""
# What is said of a registration that nobody knows any more means nothing.
_PUT_ACT = f"""
INSERT INTO {ACTS} (workspace, {", ".join(ACT_COLUMNS)})
SELECT %(workspace)s, %(event)s, %(gathering)s, %(batch)s, %(position)s, %(at)s, %(kind)s, %(registration)s, %(seats)s
WHERE %(registration)s::bytea IS NULL OR EXISTS (SELECT FROM {REGISTRATIONS} r
    WHERE r.workspace = %(workspace)s AND r.event = %(registration)s AND r.gathering = %(gathering)s)
ON CONFLICT (workspace, event) DO NOTHING
"""
_STORY = f"""
SELECT batch, position, '{REGISTERED}', event, NULL, at, holder, seat, promoted, came_at FROM {REGISTRATIONS}
WHERE workspace = %(workspace)s AND gathering = %(gathering)s
UNION ALL SELECT batch, position, kind, registration, seats, at, '', '', false, NULL FROM {ACTS}
WHERE workspace = %(workspace)s AND gathering = %(gathering)s ORDER BY 1, 2
"""
_CHANGE = f"""
UPDATE {REGISTRATIONS} r SET seat = n.seat, promoted = n.promoted, came_at = n.came_at
FROM unnest(%s::bytea[], %s::text[], %s::boolean[], %s::bigint[]) AS n (event, seat, promoted, came_at)
WHERE r.workspace = %s AND r.event = n.event
"""


class Told(NamedTuple):
    """An event, where it stands in the order of all, and the number of its identity."""

    event: Event
    batch: int
    number: int


def keep(workspace: int, told: Iterable[Told]) -> None:
    """Keeps what these events say, in their order, and reckons anew what has become of the gatherings' people."""
    changed: set[int] = set()
    for is_registration, some in groupby(told, key=lambda one: one.event.name == REGISTERED):
        rows = list(some)
        changed |= _keep_registrations(workspace, rows) if is_registration else _keep_acts(workspace, rows)
    for gathering in sorted(changed):
        reckon(workspace, gathering)


def reckon(workspace: int, gathering: int) -> None:
    """Makes every registration of the gathering what its story says."""
    with connection.cursor() as cursor:
        cursor.execute(_STORY, {"workspace": workspace, "gathering": gathering})
        story = cursor.fetchall()
        known = {
            bytes(row[3]): Standing(row[7], row[8], row[9])  # a row's seat is its text
            for row in story
            if row[2] == REGISTERED
        }
        now = standings(_acts(story))
        changed = {event: one for event, one in now.items() if known.get(event) != one}
        if changed:
            columns = [list(changed), *map(list, zip(*((str(s), p, c) for s, p, c in changed.values()), strict=True))]
            cursor.execute(_CHANGE, [*columns, workspace])


def forget_identities(workspace: int, numbers: Iterable[int]) -> dict[str, int]:
    """Deletes what these identities registered, and all that was said of it; how many rows. Whoever waited for their
    seats has them then.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {REGISTRATIONS} WHERE workspace = %s AND identity = ANY(%s) RETURNING event, gathering",
            [workspace, list(numbers)],
        )
        gone = cursor.fetchall()
        events = [bytes(event) for event, _ in gone]
        rows = {REGISTRATIONS: len(gone)}
        for table in (ACTS, "gathering_arrival", "gathering_told"):
            cursor.execute(f"DELETE FROM {table} WHERE workspace = %s AND registration = ANY(%s)", [workspace, events])
            rows[table] = cursor.rowcount
    for gathering in sorted({gathering for _, gathering in gone}):
        reckon(workspace, gathering)
    return rows


def holder_of(claims: Collection[Claim]) -> str:
    """What stands for who registered: the first phone, e-mail or WeChat id that was typed; "" for none."""
    found = next((one for one in claims if one.kind in _HOLDERS), None)
    return digest("holder", found.kind, found.value).hex() if found else ""


def _keep_registrations(workspace: int, told: list[Told]) -> set[int]:
    rows = [(workspace, *_row_of(one)) for one in told]
    with connection.cursor() as cursor:
        cursor.executemany(_PUT, rows)
    return {row[2] for row in rows}


def _keep_acts(workspace: int, told: list[Told]) -> set[int]:
    rows = [{"workspace": workspace, **_act_of(one)} for one in told]
    with connection.cursor() as cursor:
        cursor.executemany(_PUT_ACT, rows)
    return {row["gathering"] for row in rows}


def _row_of(told: Told) -> tuple[Any, ...]:
    """The row of a registration, in the order of REGISTRATION_COLUMNS. ValueError where the event says none."""
    event, said, source = told.event, told.event.properties, told.event.source
    answers = said.get("answers")
    if not isinstance(answers, dict):
        raise ValueError("a registration without answers")
    return (
        event.id, int(said["gathering"]), told.batch, event.position, event.occurred_at, int(said["version"]),
        told.number, "", False, None, holder_of(event.claims), _encode(answers).decode(),
        words_in(answers), str(said.get("language", "")),
        source.channel if source else "", source.campaign if source else "", source.code if source else "",
    )  # fmt: skip


def _act_of(told: Told) -> dict[str, Any]:
    event, said = told.event, told.event.properties
    seats = said.get("seats")
    return {
        "event": event.id,
        "gathering": int(said["gathering"]),
        "batch": told.batch,
        "position": event.position,
        "at": event.occurred_at,
        "kind": event.name,
        "registration": None if event.name == RESIZED else bytes.fromhex(said["registration"]),
        "seats": None if seats is None else int(seats),
    }


def _acts(story: Iterable[tuple[Any, ...]]) -> Iterator[Act]:
    for _, _, kind, registration, seats, at, holder, *_ in story:
        match kind:
            case "gathering.registered":
                yield Registered(bytes(registration), holder)
            case "gathering.cancelled":
                yield Cancelled(bytes(registration))
            case "gathering.resized":
                yield Resized(seats)
            case "gathering.check_in_undone":
                yield Undone(bytes(registration))
            case _:
                yield CheckedIn(bytes(registration), at)
