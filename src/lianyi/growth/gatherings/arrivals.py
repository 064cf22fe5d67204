"""Check-ins, their undoing and cancellations by members: each is an event, and the first of a registration is told from
a second at once, whichever of two doors was quicker.

A check-in that was undone makes room for another one. What was seen before it was undone does not: a phone that tells
the same once more, or late, hears that it was undone.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from lianyi.events.log.actions import record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.growth.gatherings.queries import (
    gathering_of,
    published_definition,
    registration_of,
    registration_unknown,
)
from lianyi.growth.gatherings.recording import About, about, cancelled, check_in_undone, checked_in
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.gatherings.tickets import code_in, code_of, ticket_for, ticket_in
from lianyi.kernel.clock import HOUR, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import shown_identities

LATEST = 24 * HOUR  # µs that a scan may wait for the network
MOST = 500  # scans that are settled at once

_FIRST = """
INSERT INTO gathering_arrival AS a (workspace, registration, at, taken_at, by)
VALUES (%(workspace)s, %(registration)s, %(at)s, %(taken_at)s, %(by)s)
ON CONFLICT (workspace, registration) DO UPDATE
SET at = EXCLUDED.at, taken_at = EXCLUDED.taken_at, by = EXCLUDED.by, undone_at = NULL, turn = a.turn + 1
WHERE a.undone_at < EXCLUDED.at OR (a.undone_at IS NOT NULL AND %(anyway)s) RETURNING turn
"""
_FORMER = "SELECT at, by, undone_at FROM gathering_arrival WHERE workspace = %s AND registration = %s"
_UNDO = """
UPDATE gathering_arrival SET undone_at = %(now)s
WHERE workspace = %(workspace)s AND registration = %(registration)s AND at / 1000 = %(at)s / 1000 AND undone_at IS NULL
RETURNING turn, at
"""


class Way(StrEnum):
    """How a member found the registration."""

    SCAN = "scan"
    CODE = "code"
    LIST = "list"


class Outcome(StrEnum):
    """What came of a check-in."""

    CAME = "came"  # counted now
    BEFORE = "before"  # was checked in before
    UNDONE = "undone"  # was seen before their check-in was undone; a member may let them in
    WAITING = "waiting"  # has no seat; a member may let them in
    CANCELLED = "cancelled"  # has cancelled; a member may let them in
    REPEATED = "repeated"  # a second registration of somebody who has one
    UNKNOWN = "unknown"  # no ticket of this gathering


class Scan(NamedTuple):
    """A ticket, a code or a registration, and how long ago it was seen. `anyway` lets in who has no seat."""

    ticket: str = ""
    code: str = ""
    registration: str = ""
    ago: int = 0  # µs
    anyway: str = ""  # "yes"


class CheckIn(NamedTuple):
    """What came of a scan. `at` is when they came, if they did, or when that was undone; `name` who they say they
    are.
    """

    outcome: Outcome
    registration: str = ""
    name: str = ""
    at: int | None = None
    by: str = ""


@needs(Ability.EDIT_PEOPLE)
def check_in(workspace: int, gathering: int, scans: Sequence[Scan], now: datetime) -> list[CheckIn]:
    """Checks people in, one for each scan, in this order. The same again says when it was first: nothing counts twice,
    and whoever has no answer may ask once more.
    """
    if len(scans) > MOST:
        raise Refused("gathering.scans", "At most {most} check-ins at once.", "Send fewer.", most=MOST)
    definition = _definition(workspace, gathering)
    codes = _by_code(workspace, gathering) if any(one.code for one in scans) else {}
    door = _Door(workspace, about(gathering, definition), definition.name_field, now)
    return [_one(door, one, _wanted(gathering, one, codes, now)) for one in scans]


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def undo_check_in(workspace: int, registration: str, at: int, now: datetime) -> bool:
    """Undoes the check-in of that moment (µs, of which the milliseconds count): somebody else was checked in. Whoever
    had no seat before has none again.
    False, and nothing happens, where it is undone already or they were checked in anew since.
    """
    line = registration_of(workspace, registration)
    wanted = bytes.fromhex(registration)
    asked: dict[str, Any] = {"workspace": workspace, "registration": wanted, "at": at, "now": to_micros(now)}
    with connection.cursor() as cursor:
        cursor.execute(_UNDO, asked)
        row = cursor.fetchone()
    if row is None:
        return False
    who = who_of(workspace, [wanted])[wanted]
    known = about(line.gathering, _definition(workspace, line.gathering))
    record_own(workspace, [check_in_undone(known, wanted, who, current_actor().name, to_micros(now), *row)])
    record_audit(workspace, "gathering.check_in_undone", {"gathering": line.gathering, "registration": registration})
    return True


def arrival_of(workspace: int, registration: str) -> int | None:
    """When whoever registered was checked in (µs), as far as that was not undone; None where they were not."""
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [workspace, bytes.fromhex(registration)])
        row = cursor.fetchone()
    return None if row is None or row[2] is not None else row[0]


def registration_by_code(workspace: int, gathering: int, code: str) -> str:
    """The registration whose ticket has this code, as hex digits. Refuses a code of nobody."""
    found = _by_code(workspace, gathering).get(code_in(code))
    if found is None:
        raise registration_unknown()
    return found.hex()


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def cancel_registration(workspace: int, registration: str, now: datetime) -> None:
    """Cancels for somebody who said so; their seat goes to whoever waits longest. Refuses who has come already."""
    line = registration_of(workspace, registration)
    if line.came_at is not None:
        raise Refused("gathering.came", "Who has been checked in is not cancelled any more.")
    wanted = bytes.fromhex(registration)
    who = who_of(workspace, [wanted])[wanted]
    known = about(line.gathering, _definition(workspace, line.gathering))
    record_own(workspace, [cancelled(known, wanted, who, current_actor().name, to_micros(now))])
    record_audit(workspace, "gathering.cancelled", {"gathering": line.gathering, "registration": registration})


def codes_of(workspace: int, gathering: int) -> dict[str, tuple[Seat, int | None]]:
    """The code of each ticket with its seat and when it was used: what a phone needs to know without a network."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.event, r.seat, CASE WHEN a.at IS NULL THEN r.came_at WHEN a.undone_at IS NULL THEN a.at END "
            "FROM gathering_registration r "
            "LEFT JOIN gathering_arrival a ON a.workspace = r.workspace AND a.registration = r.event "
            "WHERE r.workspace = %s AND r.gathering = %s AND r.seat <> 'repeated'",
            [workspace, gathering],
        )
        secret = _secret()
        return {
            code_of(ticket_for(secret, gathering, bytes(event))): (Seat(seat), at)
            for event, seat, at in cursor.fetchall()
        }


def who_of(workspace: int, registrations: Sequence[bytes]) -> dict[bytes, list[tuple[str, str, str, bool]]]:
    """Whose these registrations are, as events state it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event, identity FROM gathering_registration WHERE workspace = %s AND event = ANY(%s)",
            [workspace, list(registrations)],
        )
        numbers = {bytes(event): number for event, number in cursor.fetchall()}
    known = shown_identities(workspace, {number for number in numbers.values() if number})
    return {
        event: [(known[number].kind, known[number].scope, known[number].value, False)] if number in known else []
        for event, number in numbers.items()
    }


def _wanted(gathering: int, scan: Scan, codes: dict[str, bytes], now: datetime) -> str:
    """The registration that is meant, as hex digits; "" for none."""
    if scan.ticket:
        token = scan.ticket.rstrip("/").rpartition("/t/")[2]
        ticket = ticket_in(_secret(), token, now.timestamp())
        return ticket.registration.hex() if ticket and ticket.gathering == gathering else ""
    if scan.code:
        found = codes.get(code_in(scan.code))
        return found.hex() if found else ""
    return scan.registration


class _Door(NamedTuple):
    """Where and when people are checked in."""

    workspace: int
    about: About
    name_field: str
    now: datetime


def _one(door: _Door, scan: Scan, wanted: str) -> CheckIn:
    try:
        line = registration_of(door.workspace, wanted)
    except Refused:
        return CheckIn(Outcome.UNKNOWN)
    if line.gathering != door.about.gathering:
        return CheckIn(Outcome.UNKNOWN)
    name = str(line.answers.get(door.name_field, ""))
    if line.seat is Seat.REPEATED:
        return CheckIn(Outcome.REPEATED, wanted, name)
    if line.seat is not Seat.SEATED and not scan.anyway:
        return CheckIn(Outcome(line.seat.value), wanted, name)
    return _arrived(door, scan, wanted, name)


@transaction.atomic
def _arrived(door: _Door, scan: Scan, wanted: str, name: str) -> CheckIn:
    taken_at = to_micros(door.now)
    at = taken_at - min(max(scan.ago, 0), LATEST)
    way = Way.SCAN if scan.ticket else Way.CODE if scan.code else Way.LIST
    registration, by = bytes.fromhex(wanted), current_actor().name
    said: dict[str, Any] = {
        "workspace": door.workspace,
        "registration": registration,
        "at": at,
        "taken_at": taken_at,
        "by": by,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, {**said, "anyway": bool(scan.anyway)})
        first = cursor.fetchone()
        if first is None:
            cursor.execute(_FORMER, [door.workspace, registration])
            came_at, other, undone_at = cursor.fetchone()
            if undone_at is not None:
                return CheckIn(Outcome.UNDONE, wanted, name, undone_at)
            return CheckIn(Outcome.BEFORE, wanted, name, came_at, other)
    who = who_of(door.workspace, [registration])[registration]
    record_own(door.workspace, [checked_in(door.about, registration, who, by, at, way.value, first[0])])
    audited = {"gathering": door.about.gathering, "registration": wanted}
    record_audit(door.workspace, "gathering.checked_in", audited)
    return CheckIn(Outcome.CAME, wanted, name, at, by)


def _definition(workspace: int, gathering: int) -> Definition:
    """What is published of it, else its draft. Refuses an unknown one."""
    return published_definition(workspace, gathering) or gathering_of(workspace, gathering).draft


def _by_code(workspace: int, gathering: int) -> dict[str, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event FROM gathering_registration WHERE workspace = %s AND gathering = %s", [workspace, gathering]
        )
        secret = _secret()
        return {code_of(ticket_for(secret, gathering, bytes(event))): bytes(event) for (event,) in cursor.fetchall()}


def _secret() -> bytes:
    return settings.SECRET_KEY.encode()
