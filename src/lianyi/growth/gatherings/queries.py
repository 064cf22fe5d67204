"""Reads of gatherings and of who registered."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Q

from lianyi.growth.gatherings.lines import Counts, Gathering, GatheringLine, RegistrationLine, SourceLine, State
from lianyi.growth.gatherings.models import GatheringRow, GatheringVersion
from lianyi.growth.gatherings.reading import read
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.gatherings.seats import Seat
from lianyi.growth.keeping import Belonging, belonging
from lianyi.growth.searching import like
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import persons_of
from lianyi.people.profiles.queries import Act, CameFrom, came_from

_COUNTS = """
count(*) FILTER (WHERE r.seat = 'seated') AS seated, count(*) FILTER (WHERE r.seat = 'waiting') AS waiting,
count(*) FILTER (WHERE r.seat = 'cancelled') AS cancelled, count(*) FILTER (WHERE r.seat = 'repeated') AS repeated,
count(r.came_at) AS came
"""
_LINES = f"""
SELECT g.id, g.slug, g.name, g.state, g.published, g.seats, g.starts_at, g.ends_at, g.changed_at,
    s.seated, s.waiting, s.cancelled, s.repeated, s.came
FROM gathering g LEFT JOIN LATERAL (SELECT {_COUNTS} FROM gathering_registration r
    WHERE r.workspace = g.workspace AND r.gathering = g.id) s ON true
WHERE g.workspace = %(workspace)s AND (g.state = 'archived') = %(archived)s
  AND (%(before)s::bigint IS NULL OR g.id < %(before)s) AND (g.name ILIKE %(like)s OR g.slug ILIKE %(like)s)
ORDER BY g.id DESC LIMIT %(limit)s
"""
_COLUMNS = (
    "event, at, gathering, version, identity, seat, promoted, came_at, answers, language, channel, campaign, code"
)
_REGISTRATIONS = f"""
SELECT {_COLUMNS}, batch, position FROM gathering_registration
WHERE workspace = %(workspace)s AND gathering = %(gathering)s AND found_by ILIKE %(like)s
  AND (%(seat)s = '' OR seat = %(seat)s) AND (%(came)s = '' OR (came_at IS NOT NULL) = (%(came)s = 'yes'))
  AND (%(batch)s::bigint IS NULL OR (batch, position) > (%(batch)s, %(position)s))
ORDER BY batch, position LIMIT %(limit)s
"""
_AT_ONCE = 1_000
_json = msgspec.json.Decoder().decode

Place = tuple[int, int]  # batch and position of a registration, where a page ended


def gatherings(
    workspace: int, limit: int, before: int | None = None, *, called: str = "", archived: bool = False
) -> list[GatheringLine]:
    """The newest gatherings first; those before gathering `before`, where a page ended. `called` is part of a name."""
    asked = {"workspace": workspace, "limit": limit, "before": before, "archived": archived, "like": like(called)}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        return [_gathering_line(row) for row in cursor.fetchall()]


def gatherings_of_campaign(workspace: int, campaign: str, limit: int) -> list[Belonging]:
    """Those of the campaign of this key, without archived ones."""
    rows = GatheringRow.objects.filter(workspace=workspace).exclude(state=State.ARCHIVED)
    return belonging(rows, campaign, limit, Q(state=State.PUBLISHED))


def gathering_of(workspace: int, gathering: int) -> Gathering:
    """One gathering. Refuses an unknown one."""
    row = GatheringRow.objects.filter(workspace=workspace, pk=gathering).first()
    if row is None:
        raise unknown(gathering)
    return shown(row)


def published_definition(workspace: int, gathering: int) -> Definition | None:
    """What was published last; None before anything was."""
    found = (
        GatheringVersion.objects.filter(gathering__workspace=workspace, gathering=gathering)
        .order_by("-number")
        .values_list("definition", flat=True)
        .first()
    )
    return None if found is None else read(found)


def counts_of(workspace: int, gathering: int) -> Counts:
    """How many people are what."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COUNTS} FROM gathering_registration r WHERE workspace = %s AND gathering = %s",
            [workspace, gathering],
        )
        return Counts(*cursor.fetchone())


def registrations(
    workspace: int,
    gathering: int,
    limit: int,
    after: Place | None = None,
    *,
    containing: str = "",
    seat: Seat | None = None,
    came: bool | None = None,
) -> list[tuple[RegistrationLine, Place]]:
    """Who registered, the first first, each with its place in that order; what follows the place `after`. `containing`
    is part of an answer; `came` says whether they were checked in. Who came by a source before has that one.
    """
    batch, position = after or (None, 0)
    asked = {
        "workspace": workspace,
        "gathering": gathering,
        "limit": limit,
        "batch": batch,
        "position": position,
        "like": like(containing),
        "seat": seat.value if seat else "",
        "came": "" if came is None else "yes" if came else "no",
    }
    with connection.cursor() as cursor:
        cursor.execute(_REGISTRATIONS, asked)
        rows = cursor.fetchall()
    return [(line, (row[-2], row[-1])) for line, row in zip(_told(workspace, rows), rows, strict=True)]


def registration_of(workspace: int, event: str) -> RegistrationLine:
    """One registration, by the hex digits of its event. Refuses an unknown one."""
    try:
        wanted = bytes.fromhex(event)
    except ValueError:
        raise registration_unknown() from None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM gathering_registration WHERE workspace = %s AND event = %s", [workspace, wanted]
        )
        row = cursor.fetchone()
    if row is None:
        raise registration_unknown()
    return _told(workspace, [row])[0]


def every_registration(workspace: int, gathering: int, **asked: Any) -> Iterator[RegistrationLine]:
    """All who registered, the first first."""
    after: Place | None = None
    while page := registrations(workspace, gathering, _AT_ONCE, after, **asked):
        yield from (line for line, _ in page)
        after = page[-1][1]


def sources_of(workspace: int, gathering: int, limit: int = 200) -> list[SourceLine]:
    """How many came by which source, most first; who came by one before they registered has that one."""
    counts: dict[tuple[str, str, str], tuple[int, int, int]] = {}
    for line in every_registration(workspace, gathering):
        if line.seat is not Seat.REPEATED:
            registered, seated, came = counts.get(line.source[:3], (0, 0, 0))
            has_seat, is_there = line.seat is Seat.SEATED, line.came_at is not None
            counts[line.source[:3]] = (registered + 1, seated + has_seat, came + is_there)
    lines = [SourceLine(*source, *count) for source, count in counts.items()]
    return sorted(lines, key=lambda one: (-one.registered, *one[:3]))[:limit]


def shown(row: GatheringRow) -> Gathering:
    """A gathering as others see it."""
    live = GatheringVersion.objects.filter(gathering=row, number=row.published or 0).values_list(
        "definition", flat=True
    )
    changed = row.published is not None and live.first() != row.draft
    return Gathering(
        row.pk, row.slug, row.name, State(row.state), row.published, changed, row.seats, read(row.draft),
        row.starts_at, row.ends_at, counts_of(row.workspace, row.pk), row.called_off_at, row.created_at, row.changed_at,
    )  # fmt: skip


def unknown(gathering: int) -> Refused:
    """There is none."""
    return Refused(
        "gathering.unknown",
        "There is no gathering {gathering} here.",
        "See the list of gatherings.",
        gathering=gathering,
    )


def registration_unknown() -> Refused:
    """There is none."""
    return Refused("gathering.registration_unknown", "There is no such registration.")


def _gathering_line(row: tuple[Any, ...]) -> GatheringLine:
    number, slug, name, state, published, seats, starts_at, ends_at, changed_at, *counts = row
    counted = Counts(*counts)
    return GatheringLine(number, slug, name, State(state), published, seats, starts_at, ends_at, changed_at, counted)


def _told(workspace: int, rows: Sequence[tuple[Any, ...]]) -> list[RegistrationLine]:
    """Registrations with whose they are and where those came from, by one query each."""
    person_of = dict(persons_of(workspace, {row[4] for row in rows if row[4]}))
    sources = came_from(workspace, [Act(row[4], row[1], *row[10:13]) for row in rows])
    return [_line(row, person_of.get(row[4]), source) for row, source in zip(rows, sources, strict=True)]


def _line(row: tuple[Any, ...], person: int | None, source: CameFrom) -> RegistrationLine:
    event, at, gathering, version, _, seat, promoted, came_at, answers, language = row[:10]
    return RegistrationLine(
        bytes(event).hex(), at, gathering, version, person, Seat(seat), promoted, came_at, _json(answers), language,
        source,
    )  # fmt: skip
