"""Check-ins and cancellations by members: each is an event, and the first of a registration is told from a second at
once, whichever of two doors was quicker.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from lianyi.events.log.actions import record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.growth.gatherings.queries import gathering_of, registration_of
from lianyi.growth.gatherings.recording import cancelled, checked_in
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.gatherings.tickets import code_in, code_of, ticket_for, ticket_in
from lianyi.kernel.clock import HOUR, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import shown_identities

LATEST = 24 * HOUR  # µs that a scan may wait for the network
MOST = 500  # scans that are settled at once

_FIRST = """
INSERT INTO gathering_arrival (workspace, registration, at, taken_at, by) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (workspace, registration) DO NOTHING
"""
_FORMER = "SELECT at, by FROM gathering_arrival WHERE workspace = %s AND registration = %s"


class Way(StrEnum):
    """How a member found the registration."""

    SCAN = "scan"
    CODE = "code"
    LIST = "list"


class Outcome(StrEnum):
    """What came of a check-in."""

    CAME = "came"  # counted now
    BEFORE = "before"  # was checked in before
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
    """What came of a scan. `at` is when they came, if they did; `name` who they say they are."""

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
    found = gathering_of(workspace, gathering)
    name_field = found.draft.name_field
    codes = _by_code(workspace, gathering) if any(one.code for one in scans) else {}
    return [_one(workspace, gathering, one, _wanted(gathering, one, codes, now), name_field, now) for one in scans]


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def cancel_registration(workspace: int, registration: str, now: datetime) -> None:
    """Cancels for somebody who said so; their seat goes to whoever waits longest. Refuses who has come already."""
    line = registration_of(workspace, registration)
    if line.came_at is not None:
        raise Refused("gathering.came", "Who has been checked in is not cancelled any more.")
    wanted = bytes.fromhex(registration)
    who = who_of(workspace, [wanted])[wanted]
    record_own(workspace, [cancelled(line.gathering, wanted, who, current_actor().name, to_micros(now))])
    record_audit(workspace, "gathering.cancelled", {"gathering": line.gathering, "registration": registration})


def codes_of(workspace: int, gathering: int) -> dict[str, tuple[Seat, int | None]]:
    """The code of each ticket with its seat and when it was used: what a phone needs to know without a network."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.event, r.seat, coalesce(a.at, r.came_at) FROM gathering_registration r "
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


def _one(workspace: int, gathering: int, scan: Scan, wanted: str, name_field: str, now: datetime) -> CheckIn:
    try:
        line = registration_of(workspace, wanted)
    except Refused:
        return CheckIn(Outcome.UNKNOWN)
    if line.gathering != gathering:
        return CheckIn(Outcome.UNKNOWN)
    name = str(line.answers.get(name_field, ""))
    if line.seat is Seat.REPEATED:
        return CheckIn(Outcome.REPEATED, wanted, name)
    if line.seat is not Seat.SEATED and not scan.anyway:
        return CheckIn(Outcome(line.seat.value), wanted, name)
    taken_at = to_micros(now)
    at = taken_at - min(max(scan.ago, 0), LATEST)
    way = Way.SCAN if scan.ticket else Way.CODE if scan.code else Way.LIST
    registration = bytes.fromhex(wanted)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FIRST, [workspace, registration, at, taken_at, current_actor().name])
        if cursor.rowcount:
            who = who_of(workspace, [registration])[registration]
            record_own(workspace, [checked_in(gathering, registration, who, current_actor().name, at, way.value)])
            record_audit(workspace, "gathering.checked_in", {"gathering": gathering, "registration": wanted})
            return CheckIn(Outcome.CAME, wanted, name, at, current_actor().name)
        cursor.execute(_FORMER, [workspace, registration])
        return CheckIn(Outcome.BEFORE, wanted, name, *cursor.fetchone())


def _by_code(workspace: int, gathering: int) -> dict[str, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event FROM gathering_registration WHERE workspace = %s AND gathering = %s", [workspace, gathering]
        )
        secret = _secret()
        return {code_of(ticket_for(secret, gathering, bytes(event))): bytes(event) for (event,) in cursor.fetchall()}


def _secret() -> bytes:
    return settings.SECRET_KEY.encode()
