"""People who fit a filter, a page or a block at a time, the newest first or those who spent most.

Promises bounded work: a filter that few people fit is answered from its index; else one call looks through so many
people, and says where to go on even when it found nobody. So no filter scans a million people in one request.
Who is in a state of scores is a set, so the database is asked about its people only.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from pyroaring import BitMap

from lianyi.kernel.text import clean
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.dictionaries import TAGS, source_names
from lianyi.people.profiles.lifecycle.stages import Stage
from lianyi.people.profiles.persons.listing import search_people
from lianyi.people.profiles.persons.stating import in_state
from lianyi.people.profiles.schemas import Found, Place, Wanted

_BLOCK = 20_000  # numbers that one statement looks through
_FEW = 5_000  # people that a filter fits, at most, to begin from them
_FOUND_BY_WORD = 200
_LONG_ENOUGH = 0.12  # seconds after which a request says where to go on
_NEWEST = 2**31 - 1
_FROM = """
    FROM identity i LEFT JOIN person p ON p.workspace = i.workspace AND p.number = i.number
        LEFT JOIN standing s ON s.workspace = i.workspace AND s.number = i.number
        CROSS JOIN LATERAL (SELECT array(SELECT i.number UNION ALL SELECT m.number FROM identity m
            WHERE m.workspace = i.workspace AND m.person = i.number AND m.person < m.number) AS numbers) g
    WHERE i.workspace = %(ws)s AND i.person = i.number AND
"""
_TAGGED = """
    EXISTS (SELECT 1 FROM tag_fact t WHERE t.workspace = i.workspace AND t.identity = ANY(g.numbers) AND t.tag = %(tag)s
        AND t.added_at IS NOT NULL AND (t.expires_at IS NULL OR t.expires_at > %(now)s)
        AND NOT EXISTS (SELECT 1 FROM tag_fact o WHERE o.workspace = i.workspace AND o.identity = ANY(g.numbers)
            AND o.tag = %(tag)s AND (o.removed_at >= t.added_at OR (o.added_at, o.event) > (t.added_at, t.event))))
"""
_SEEN = "(SELECT max(last_seen_on) FROM presence WHERE workspace = i.workspace AND identity = ANY(g.numbers))"


def found_people(workspace: int, wanted: Wanted, now: int, limit: int, after: Place | None = None) -> Found:
    """The next `limit` people who fit, behind `after`; fewer, with a place to go on, when looking took long."""
    search = _Search(workspace, wanted, now)
    if search.begin is not None:
        numbers = search.among(search.begin)
        place = numbers.index(after.number) + 1 if after and after.number in numbers else 0
        some = numbers[place : place + limit]
        further = Place(some[-1]) if place + limit < len(numbers) and some else None
        return Found(tuple(some), further)
    found: list[int] = []
    started = time.monotonic()
    for numbers, next_place in search.blocks(after):
        found += numbers
        if len(found) > limit:
            return Found(tuple(found[:limit]), Place(found[limit - 1]))
        if next_place is not None and time.monotonic() - started > _LONG_ENOUGH:
            return Found(tuple(found), next_place)
    return Found(tuple(found), None)


def everybody_found(
    workspace: int, wanted: Wanted, now: int, after: Place | None = None
) -> Iterator[tuple[list[int], Place | None]]:
    """Everybody who fits, a block at a time, with the place behind each block; the last has none."""
    search = _Search(workspace, wanted, now)
    if search.begin is not None:
        yield search.among(search.begin), None
    else:
        yield from search.blocks(after)


class _Search:
    def __init__(self, workspace: int, wanted: Wanted, now: int) -> None:
        self._workspace, self._wanted = workspace, wanted
        self._values: dict[str, Any] = {"ws": workspace, "now": now}
        self._conditions = self._written()
        self.begin = self._begin()
        self._stated: BitMap | None = None
        if wanted.state:
            self._stated = in_state(workspace, wanted.state, now, None if self.begin is None else BitMap(self.begin))

    def among(self, numbers: list[int]) -> list[int]:
        """Those of the numbers that fit; in the order given for a word, else the newest first or by what they spent."""
        if self._stated is not None:
            numbers = [number for number in numbers if number in self._stated]
        fit = self._ask("i.number = ANY(%(numbers)s::int[])", numbers=integers(numbers))
        if self._wanted.text:
            kept = set(fit)
            return [number for number in numbers if number in kept]
        return fit

    def blocks(self, after: Place | None) -> Iterator[tuple[list[int], Place | None]]:
        """Everybody who fits, a block at a time."""
        if self._wanted.order == "spent":
            yield from self._by_spent(after)
            return
        below = min(after.number if after else _NEWEST, self._last() + 1)
        if self._stated is not None:
            yield from self._by_state(self._stated, below)
            return
        while below > 1:
            floor = max(below - _BLOCK, 1)
            numbers = self._ask("i.number < %(below)s AND i.number >= %(floor)s", below=below, floor=floor)
            yield numbers, Place(floor) if floor > 1 else None
            below = floor

    def _by_state(self, stated: BitMap, below: int) -> Iterator[tuple[list[int], Place | None]]:
        """Who is in the state, of the numbers below this one: so many at a time, the newest first."""
        left = stated.rank(below - 1)
        while left:
            some = list(stated[max(left - _FEW, 0) : left])
            left -= len(some)
            yield self.among(some), Place(some[0]) if left else None

    def _by_spent(self, after: Place | None) -> Iterator[tuple[list[int], Place | None]]:
        """Who bought, by what they spent: blocks from the index of amounts."""
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT number FROM person WHERE workspace = %(ws)s AND orders > 0 AND (%(after)s::int IS NULL OR "
                    "(spent, number) < (SELECT spent, number FROM person WHERE workspace = %(ws)s AND "
                    "number = %(after)s)) ORDER BY spent DESC, number DESC LIMIT %(most)s",
                    {"ws": self._workspace, "after": after.number if after else None, "most": _FEW},
                )
                some = [number for (number,) in cursor.fetchall()]
            after = Place(some[-1]) if len(some) == _FEW else None
            yield self.among(some) if some else [], after
            if after is None:
                return

    def _ask(self, condition: str, **more: Any) -> list[int]:
        order = "p.spent DESC NULLS LAST, i.number DESC" if self._wanted.order == "spent" else "i.number DESC"
        every = " AND ".join([condition, *self._conditions])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT i.number {_FROM} {every} ORDER BY {order}", {**self._values, **more})
            return [number for (number,) in cursor.fetchall()]

    def _last(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT last FROM identity_counter WHERE workspace = %s", [self._workspace])
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def _written(self) -> list[str]:
        """The conditions of the filter, with their values."""
        wanted, said = self._wanted, []
        plain = {
            "s.stage = %(stage)s": wanted.stage if wanted.stage != Stage.PROSPECT.value else "",
            "p.orders >= %(orders_from)s": wanted.orders_from,
            "coalesce(p.orders, 0) <= %(orders_to)s": wanted.orders_to,
            "p.spent >= %(spent_from)s": wanted.spent_from,
            "coalesce(p.spent, 0) <= %(spent_to)s": wanted.spent_to,
            f"{_SEEN} >= %(seen_from)s": wanted.seen_from,
            f"coalesce({_SEEN}, 0) <= %(seen_to)s": wanted.seen_to,
        }
        said += [condition for condition, value in plain.items() if value not in ("", None)]
        self._values |= {
            name: value for name, value in wanted._asdict().items() if name not in ("text", "order", "state")
        }
        if wanted.stage == Stage.PROSPECT.value:
            said.append("s.stage IS NULL")
        if wanted.kind:
            said.append(
                "EXISTS (SELECT 1 FROM identity k WHERE k.workspace = i.workspace AND k.number = ANY(g.numbers) "
                "AND k.kind = %(kind)s)"
            )
        if wanted.tag:
            self._values["tag"] = TAGS.find(self._workspace, [wanted.tag]).get(wanted.tag, 0)
            said.append(_TAGGED)
        for side in ("first_source", "last_source"):
            if channel := getattr(wanted, side):
                names = source_names(self._workspace)
                self._values[side] = integers([number for number, name in names.items() if name[0] == channel])
                said.append(f"p.{side} = ANY(%({side})s::int[])")
        return said

    def _begin(self) -> list[int] | None:
        """The people to begin from, where a word or an index names few; else null."""
        wanted = self._wanted
        if wanted.text:
            return self._named(clean(wanted.text))
        ways = []
        if wanted.tag:
            ways.append("SELECT identity FROM tag_fact WHERE workspace = %(ws)s AND tag = %(tag)s")
        if wanted.stage and wanted.stage != Stage.PROSPECT.value:
            ways.append("SELECT number FROM standing WHERE workspace = %(ws)s AND stage = %(stage)s")
        ways += [
            f"SELECT number FROM person WHERE workspace = %(ws)s AND {side} = ANY(%({side})s::int[])"
            for side in ("first_source", "last_source")
            if getattr(wanted, side)
        ]
        if wanted.spent_from is not None and wanted.spent_from > 0:
            ways.append("SELECT number FROM person WHERE workspace = %(ws)s AND orders > 0 AND spent >= %(spent_from)s")
        for way in ways:
            with connection.cursor() as cursor:
                cursor.execute(f"{way} LIMIT {_FEW + 1}", self._values)
                numbers = [number for (number,) in cursor.fetchall()]
            if len(numbers) <= _FEW:
                return sorted({one for one in identity.persons_of(self._workspace, numbers).values() if one})
        return None

    def _named(self, text: str) -> list[int]:
        """Who is called so or has such an identity, the best first, then who has a tag of exactly this name."""
        named = [row.number for row in search_people(self._workspace, text, _FOUND_BY_WORD)]
        tags = [tag for tag, name in TAGS.names(self._workspace).items() if name[1].casefold() == text.casefold()]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT identity FROM tag_fact WHERE workspace = %s AND tag = ANY(%s::int[]) AND added_at IS NOT NULL "
                "AND (removed_at IS NULL OR removed_at < added_at) AND (expires_at IS NULL OR expires_at > %s) "
                "LIMIT %s",
                [self._workspace, tags, self._values["now"], _FEW],
            )
            identities = [number for (number,) in cursor.fetchall()] if tags else []
        tagged = {one for one in identity.persons_of(self._workspace, identities).values() if one}
        return list(dict.fromkeys([*named, *sorted(tagged, reverse=True)]))
