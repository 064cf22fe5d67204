"""What members decide about who is who: own events, read and kept as facts.

| event | properties |
|---|---|
| person.merged | `a`, `b`: identities as [kind, scope, value]; `anchors`: numbers; `lifts`: what kept them apart |
| person.unmerged | `merges`: ids of the merges it takes back; `left`, `right`: numbers, kept apart from now on |
| person.kept_apart | `left`, `right`: numbers |
| person.reopened | `decisions`: ids of merges and of what was kept apart, that hold no more |

Ids are the hex ids of the events that carry the decisions. A merge links `a` to `b` and to each anchor: were the two
persons' strong identities not joined by the member, heard before all else, one would drive out another of its kind.
A merge is in force until something takes it back; what is kept apart is in force until it is taken back, and unless a
merge in force lifts it. So a merge and its un-merge are exact inverses even where the merge overruled an earlier
decision, and the order in which decisions arrive plays no part.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection

from lianyi.events.schemas import Claim, Event
from lianyi.people.identity.grouping import Link, Strength
from lianyi.people.identity.queries import erased_numbers

MERGED, UNMERGED, KEPT_APART = "person.merged", "person.unmerged", "person.kept_apart"
REOPENED = "person.reopened"
NAMES = frozenset({MERGED, UNMERGED, KEPT_APART, REOPENED})


class Merged(NamedTuple):
    """Two identities are one person."""

    event_id: bytes
    occurred_at: int
    a: Claim
    b: Claim
    anchors: list[int]
    lifts: list[bytes]

    def links(self, numbers: Mapping[Claim, int]) -> list[Link]:
        """The links that it states, given the numbers of `a` and `b`; none where one of them is no identity."""
        centre, other = numbers[self.a], numbers[self.b]
        if not centre or not other:
            return []
        ends = dict.fromkeys([other, *self.anchors])
        return [
            Link(min(centre, end), max(centre, end), Strength.MERGE, self.occurred_at, self.event_id, ordinal)
            for ordinal, end in enumerate(ends)
            if end != centre
        ]


class KeptApart(NamedTuple):
    """Two sides are different persons, and some decisions were wrong. Without sides, only the latter."""

    event_id: bytes
    occurred_at: int
    left: list[int]
    right: list[int]
    takes_back: list[bytes]


class Changed(NamedTuple):
    """What decisions changed: merges that are in force now, and identities whose groups must be formed anew."""

    links: list[Link]
    disturbed: set[int]


def read(event: Event) -> Merged | KeptApart | None:
    """The decision that an event carries. ValueError, KeyError or TypeError when one of ours cannot be read."""
    if event.form != "own" or event.name not in NAMES:
        return None
    said = event.properties
    if event.name == MERGED:
        lifts = [bytes.fromhex(one) for one in said.get("lifts", [])]
        anchors = [int(number) for number in said.get("anchors", [])]
        return Merged(event.id, event.occurred_at, _identity(said["a"]), _identity(said["b"]), anchors, lifts)
    if event.name == REOPENED:
        return KeptApart(event.id, event.occurred_at, [], [], [bytes.fromhex(one) for one in said["decisions"]])
    takes_back = [bytes.fromhex(one) for one in said.get("merges", [])]
    left, right = ([int(number) for number in said[side]] for side in ("left", "right"))
    return KeptApart(event.id, event.occurred_at, left, right, takes_back)


def _identity(said: Any) -> Claim:
    kind, scope, value = said
    return Claim(str(kind), str(scope), str(value), strong=False)


def apply(workspace: int, decisions: Sequence[Merged | KeptApart], numbers: Mapping[Claim, int]) -> Changed:
    """Keeps the decisions, and says what that changes. A merge of something that is no identity is none."""
    apart = [one for one in decisions if isinstance(one, KeptApart)]
    links = {one.event_id: one.links(numbers) for one in decisions if isinstance(one, Merged)}
    merges = [one for one in decisions if isinstance(one, Merged) and links[one.event_id]]
    if not merges and not apart:
        return Changed([], set())
    links = _without_erased(workspace, links)
    _keep_merges(workspace, [link for one in merges for link in links[one.event_id]])
    _keep_apart(workspace, apart)
    _overrule(workspace, [(one.event_id, gone) for one in merges for gone in one.lifts])
    _overrule(workspace, [(one.event_id, gone) for one in apart for gone in one.takes_back])
    changed = Changed([], set())
    touched = {one.event_id for one in merges} | {gone for one in apart for gone in one.takes_back}
    for a, b, occurred_at, event_id, ordinal, in_force in _judge_merges(workspace, touched):
        if in_force:
            changed.links.append(Link(a, b, Strength.MERGE, occurred_at, bytes(event_id), ordinal))
        else:
            changed.disturbed.update((a, b))
    named = {name for one in apart for name in (one.event_id, *one.takes_back)}
    changed.disturbed.update(judge_apart(workspace, named, touched))
    return changed


def _without_erased(workspace: int, links: dict[bytes, list[Link]]) -> dict[bytes, list[Link]]:
    """An old decision can name numbers of people who were erased since."""
    gone = erased_numbers(workspace)
    return {
        event_id: [link for link in some if link.a not in gone and link.b not in gone]
        for event_id, some in links.items()
    }


def _keep_merges(workspace: int, links: list[Link]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO person_merge (workspace, a, b, occurred_at, event_id, ordinal, in_force)
            VALUES (%s, %s, %s, %s, %s, %s, false) ON CONFLICT DO NOTHING
            """,
            [(workspace, link.a, link.b, link.occurred_at, link.event_id, link.ordinal) for link in links],
        )


def _keep_apart(workspace: int, apart: list[KeptApart]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO kept_apart (occurred_at, workspace, in_force, event_id) VALUES (%s, %s, %s, %s)
            ON CONFLICT DO NOTHING
            """,
            [(one.occurred_at, workspace, False, one.event_id) for one in apart],
        )
        cursor.executemany(
            """
            INSERT INTO kept_apart_side (workspace, number, side, event_id) SELECT %s, number, %s, %s
            FROM unnest(%s::int[]) AS number
            WHERE number NOT IN (SELECT e.number FROM erased_identity e WHERE e.workspace = %s) ON CONFLICT DO NOTHING
            """,
            [
                (workspace, side, one.event_id, numbers, workspace)
                for one in apart
                for side, numbers in enumerate((one.left, one.right))
            ],
        )


def _overrule(workspace: int, pairs: list[tuple[bytes, bytes]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO overruling (workspace, by, overruled) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(workspace, *pair) for pair in pairs],
        )


def _judge_merges(workspace: int, touched: set[bytes]) -> list[tuple[int, int, int, bytes, int, bool]]:
    """The links of those merges of `touched` that came into force or went out of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE person_merge m SET in_force = NOT m.in_force
            WHERE m.workspace = %(workspace)s AND m.event_id = ANY(%(touched)s) AND m.in_force = EXISTS (
                SELECT FROM overruling o WHERE o.workspace = m.workspace AND o.overruled = m.event_id)
            RETURNING m.a, m.b, m.occurred_at, m.event_id, m.ordinal, m.in_force
            """,
            {"workspace": workspace, "touched": list(touched)},
        )
        changed: list[tuple[int, int, int, bytes, int, bool]] = cursor.fetchall()
        return changed


def judge_apart(workspace: int, new: set[bytes], merges: set[bytes]) -> list[int]:
    """The identities of what is kept apart now and was not, or was and is not: of `new` ones and those taken back, and
    of what `merges` lift.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH changed AS (
                UPDATE kept_apart k SET in_force = NOT k.in_force
                WHERE k.workspace = %(workspace)s
                AND k.event_id IN (
                    SELECT unnest(%(new)s::bytea[]) UNION
                    SELECT overruled FROM overruling WHERE workspace = %(workspace)s AND by = ANY(%(merges)s))
                AND k.in_force = EXISTS (
                    SELECT FROM overruling o WHERE o.workspace = k.workspace AND o.overruled = k.event_id AND (
                        EXISTS (SELECT FROM person_merge m
                            WHERE m.workspace = o.workspace AND m.event_id = o.by AND m.in_force)
                        OR EXISTS (SELECT FROM kept_apart w
                            WHERE w.workspace = o.workspace AND w.event_id = o.by)))
                RETURNING k.event_id)
            SELECT number FROM kept_apart_side WHERE workspace = %(workspace)s AND event_id IN (SELECT * FROM changed)
            """,
            {"workspace": workspace, "new": list(new), "merges": list(merges)},
        )
        return [number for (number,) in cursor.fetchall()]
