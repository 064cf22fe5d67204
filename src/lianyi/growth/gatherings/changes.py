"""Who is to be told that a gathering was moved or called off: whoever has a seat or waits, and has not come yet.

Each is told what differs from what they were told last: by the page that they registered on, or by the mail about an
earlier move. So what was moved and moved back before anybody was told is told to nobody.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from lianyi.growth.gatherings.models import GatheringVersion
from lianyi.growth.gatherings.moving import moved_for
from lianyi.growth.gatherings.queries import gathering_of, published_definition
from lianyi.growth.gatherings.reading import read
from lianyi.growth.gatherings.schemas import Definition
from lianyi.growth.gatherings.seats import Seat

CALLED_OFF = "called_off"
MOVED = "moved"  # and the number of the version behind a colon

_CONCERNED = """
SELECT r.event, r.language, r.seat, r.answers, greatest(r.version, (SELECT max(split_part(t.what, ':', 2)::int)
    FROM gathering_told t WHERE t.workspace = r.workspace AND t.registration = r.event AND t.what LIKE 'moved:%%'))
FROM gathering_registration r
WHERE r.workspace = %(workspace)s AND r.gathering = %(gathering)s AND r.seat IN ('seated', 'waiting')
  AND r.came_at IS NULL AND NOT EXISTS (SELECT FROM gathering_told t
    WHERE t.workspace = r.workspace AND t.registration = r.event AND t.what = %(what)s)
ORDER BY r.batch, r.position LIMIT %(limit)s
"""
_json = msgspec.json.Decoder().decode


class Concerned(NamedTuple):
    """Somebody who registered; `knows` is the version that they were told last, `email` where they are reached."""

    registration: bytes
    language: str
    seated: bool
    knows: int
    email: str

    def is_moved(self, versions: dict[int, Definition], after: Definition) -> bool:
        """Whether it is elsewhere or at another time for them."""
        before = versions.get(self.knows)
        return before is not None and moved_for(before, after, self.language, seated=self.seated)


class Telling(NamedTuple):
    """How many people would be told by mail."""

    moved: int  # if the draft were published
    called_off: int  # if it were called off


def telling_of(workspace: int, gathering: int) -> Telling:
    """How many would be told of what may be done now. Refuses an unknown gathering."""
    one = gathering_of(workspace, gathering)
    if one.called_off_at is not None or one.published is None:
        return Telling(0, 0)
    reached = [who for who in concerned(workspace, gathering, "", one.draft, None) if who.email]
    versions = versions_of(workspace, gathering) if one.changed else {}
    moved = sum(who.is_moved(versions, one.draft) for who in reached)
    live = published_definition(workspace, gathering) or one.draft
    if live.mail_field != one.draft.mail_field:
        reached = [who for who in concerned(workspace, gathering, "", live, None) if who.email]
    return Telling(moved, len(reached))


def concerned(
    workspace: int, gathering: int, what: str, definition: Definition, limit: int | None
) -> Iterator[Concerned]:
    """Those who were not told `what`, in the order in which they registered; `definition` says where they are
    reached.
    """
    asked: dict[str, Any] = {"workspace": workspace, "gathering": gathering, "what": what, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, asked)
        rows = cursor.fetchall()
    for event, language, seat, answers, knows in rows:
        email = str(_json(answers).get(definition.mail_field, "")) if definition.mail_field else ""
        yield Concerned(bytes(event), language, seat == Seat.SEATED, knows, email)


def versions_of(workspace: int, gathering: int) -> dict[int, Definition]:
    """What was published, by number."""
    found = GatheringVersion.objects.filter(gathering__workspace=workspace, gathering=gathering)
    return {number: read(text) for number, text in found.values_list("number", "definition")}
