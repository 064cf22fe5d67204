"""Where somebody came from who did something: what the act itself states, else the touch before it.

A campaign or a channel code says more than a referring site does, so an act that states neither is due to the last
touch before it that does, if that was within ATTRIBUTED_FOR: the rule by which a campaign's results count. Where there
is none it is due to what it states, and where it states nothing, to the last touch at all. Nothing of this is stored:
who turns out to be the same person as somebody who came by a code has that source at once, and loses it with them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from lianyi.kernel.clock import DAY
from lianyi.people.profiles.arrays import literal
from lianyi.people.profiles.dictionaries import OTHER

ATTRIBUTED_FOR = 30 * DAY  # µs

_BEFORE = """
SELECT act.place, touched.channel, touched.campaign, touched.code, touched.at
FROM unnest(%(identities)s::int4[], %(moments)s::int8[]) WITH ORDINALITY AS act (identity, at, place)
JOIN identity own ON own.workspace = %(workspace)s AND own.number = act.identity AND own.person > 0
CROSS JOIN LATERAL (
    SELECT coalesce(s.channel, %(other)s) AS channel, coalesce(s.campaign, '') AS campaign,
        coalesce(s.code, '') AS code, least(t.until_at, act.at) AS at
    FROM (
        SELECT own.person AS number
        UNION ALL
        SELECT number FROM identity WHERE workspace = %(workspace)s AND person = own.person AND person < number) AS mine
    JOIN touch t ON t.workspace = %(workspace)s AND t.identity = mine.number
        AND t.started_at <= act.at AND t.until_at >= act.at - %(within)s
    LEFT JOIN source s ON s.workspace = %(workspace)s AND s.id = t.source
    ORDER BY coalesce(s.campaign <> '' OR s.code <> '', false) DESC, 4 DESC, t.started_at DESC, t.source DESC
    LIMIT 1) AS touched
"""


class Act(NamedTuple):
    """What was done under an identity (0: nobody's) at a moment (µs), and the source that it states."""

    identity: int
    at: int
    channel: str = ""
    campaign: str = ""
    code: str = ""


class CameFrom(NamedTuple):
    """Where whoever did something came from. `came_at` is when (µs), None where the act itself says so."""

    channel: str
    campaign: str
    code: str
    came_at: int | None = None


def came_from(workspace: int, acts: Sequence[Act]) -> list[CameFrom]:
    """Where whoever did each of these came from, in their order, by one query; "" where nobody knows."""
    own = [CameFrom(act.channel, act.campaign, act.code) for act in acts]
    before = _touched(workspace, {n: act for n, act in enumerate(acts, 1) if not _is_named(own[n - 1])})
    return [_chosen(one, before.get(number)) for number, one in enumerate(own, 1)]


def _chosen(stated: CameFrom, before: CameFrom | None) -> CameFrom:
    return before if before is not None and (_is_named(before) or not stated.channel) else stated


def _is_named(one: CameFrom) -> bool:
    return bool(one.campaign or one.code)


def _touched(workspace: int, acts: dict[int, Act]) -> dict[int, CameFrom]:
    """By their keys, the touch that each of these is due to."""
    asked = [(key, act) for key, act in acts.items() if act.identity > 0]
    if not asked:
        return {}
    values: dict[str, Any] = {
        "workspace": workspace,
        "identities": literal((act.identity for _, act in asked), "int4"),
        "moments": literal((act.at for _, act in asked), "int8"),
        "within": ATTRIBUTED_FOR,
        "other": OTHER[0],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, values)
        return {asked[place - 1][0]: CameFrom(*touch) for place, *touch in cursor.fetchall()}
