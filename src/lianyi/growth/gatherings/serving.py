"""What the edge looks up of a gathering and of a ticket. No Django here."""

from typing import Any, NamedTuple

from lianyi.growth.gatherings.reading import read
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.gatherings.seats import Seat

# A gathering as it was under a number, or without one as it is published now; and its slug.
QUERY = """
SELECT g.id, g.workspace, g.slug, v.number, v.definition, v.digest, v.published_at, w.region, g.state = 'published',
    g.seats, count(r.event) FILTER (WHERE r.seat = 'seated'), count(r.event) FILTER (WHERE r.seat = 'waiting'),
    g.called_off_at IS NOT NULL
FROM gathering g JOIN gathering_version v ON v.gathering_id = g.id AND v.number = coalesce(%s::int, g.published)
JOIN workspace w ON w.id = g.workspace
LEFT JOIN gathering_registration r ON r.workspace = g.workspace AND r.gathering = g.id
WHERE g.slug = %s GROUP BY g.id, v.id, w.id
"""
# A registration by its workspace, its gathering and its event; whose it is, and how many wait until it has a seat.
TICKET = """
SELECT r.seat, r.came_at, i.kind, i.scope, i.value, (SELECT count(*) FROM gathering_registration o
    WHERE o.workspace = r.workspace AND o.gathering = r.gathering AND o.seat = 'waiting'
      AND (o.batch, o.position) <= (r.batch, r.position))
FROM gathering_registration r LEFT JOIN identity i ON i.workspace = r.workspace AND i.number = r.identity
WHERE r.workspace = %s AND r.gathering = %s AND r.event = %s
"""


class Served(NamedTuple):
    """A version of a gathering, and whether it takes registrations."""

    gathering: int
    workspace: int
    slug: str
    version: int
    definition: Definition
    digest: str
    published_at: int
    region: str
    open: bool
    seats: int | None
    seated: int
    waiting: int
    called_off: bool

    @property
    def free(self) -> int | None:
        """How many seats are free; None for as many as are wanted."""
        return None if self.seats is None else max(0, self.seats - self.seated)


class Held(NamedTuple):
    """What a ticket stands for. `who` is whose it is, as an event states it; `place` in the waiting list, from 1."""

    seat: Seat
    came_at: int | None
    who: list[tuple[str, str, str, bool]]
    place: int


def served_in(row: tuple[Any, ...]) -> Served:
    """What a row of QUERY says."""
    gathering, workspace, slug, version, definition, digest, published_at, region, is_open, seats, *counts = row
    seated, waiting, called_off = counts
    return Served(
        gathering, workspace, slug, version, read(definition), digest, published_at, region, is_open, seats, seated,
        waiting, called_off,
    )  # fmt: skip


def held_in(row: tuple[Any, ...]) -> Held:
    """What a row of TICKET says."""
    seat, came_at, kind, scope, value, place = row
    return Held(Seat(seat), came_at, [(kind, scope, value, False)] if kind else [], place)
