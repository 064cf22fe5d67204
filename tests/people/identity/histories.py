"""Builders of events about who is who, and a second, naive opinion on what they mean."""

import random
from collections.abc import Iterable, Sequence
from itertools import count

from django.db import connection

from lianyi.events.schemas import Batch, Claim, Event
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.ids import digest
from lianyi.people.identity.grouping import Identity, KeptApart, Link, Strength, group, questions
from lianyi.people.identity.normalise import KINDS
from lianyi.people.identity.projector import IdentityProjector

_slugs = count(1)


def new_workspace() -> int:
    return create_workspace(f"brand-{next(_slugs)}", "Brand").pk


def claim(kind: str, value: str, *, strong: bool = False, scope: str = "shop") -> Claim:
    return Claim(kind, "" if kind in ("phone", "email", "unionid") else scope, value, strong)


def event(
    at: int, *claims: Claim, machine: bool = False, own: str = "", said: dict | None = None, salt: str = ""
) -> Event:
    return Event(
        position=0,
        id=digest(str(at), own, repr(said), salt, *(repr(one) for one in claims)),
        name=own or "Product Viewed",
        occurred_at=at,
        received_at=at,
        claims=claims,
        form="own" if own else "segment",
        key=0 if own else 1,
        trusted=bool(own),
        scope="shop",
        origin="test",
        source=None,
        machine=machine,
        traits=None,
        properties=said or {},
        raw=b"{}",
    )


def batch(workspace: int, number: int, events: Sequence[Event]) -> Batch:
    return Batch(workspace, number, list(events), [])


def project(workspace: int, *batches: Sequence[Event], first: int = 1) -> list[Batch]:
    """Each batch by a projector without memory of the ones before."""
    made = [batch(workspace, first + index, events) for index, events in enumerate(batches)]
    for one in made:
        IdentityProjector().project(one)
    return made


def persons(workspace: int) -> dict[tuple[str, str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, scope, value, person FROM identity WHERE workspace = %s AND person > 0", [workspace]
        )
        return {(kind, scope, value): person for kind, scope, value, person in cursor.fetchall()}


def partition(workspace: int) -> set[frozenset[tuple[str, str, str]]]:
    groups: dict[int, set[tuple[str, str, str]]] = {}
    for identity, person in persons(workspace).items():
        groups.setdefault(person, set()).add(identity)
    return {frozenset(group) for group in groups.values()}


def asked(workspace: int) -> set[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, b FROM link_question WHERE workspace = %s", [workspace])
        return set(cursor.fetchall())


class Opinion:
    """All facts of some events, kept without any thrift, and the groups that follow."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.numbers: dict[tuple[str, str, str], int] = {}
        self.strong: set[int] = set()
        self.links: set[Link] = set()
        self.merges: dict[bytes, list[Link]] = {}
        self.lifts: dict[bytes, list[bytes]] = {}
        self.apart: dict[bytes, KeptApart] = {}
        self.gone: set[bytes] = set()
        for one in events:
            self._hear(one)

    def _number(self, one: Claim) -> int:
        return self.numbers.setdefault(one[:3], len(self.numbers) + 1)

    def _hear(self, one: Event) -> None:
        strong = [said.strong and KINDS[said.kind].strong_possible for said in one.claims]
        if one.machine and not any(strong):
            return
        numbers = [self._number(said) for said in one.claims]
        self.strong.update(number for number, flag in zip(numbers, strong, strict=True) if flag)
        if one.form == "own":
            self._decide(one)
            return
        for place in range(1, len(numbers)):
            a, b = sorted((numbers[0], numbers[place]))
            if a != b:
                strength = Strength.STRONG if strong[0] and strong[place] else Strength.WEAK
                self.links.add(Link(a, b, strength, one.occurred_at, one.id, place))

    def _decide(self, one: Event) -> None:
        said = one.properties
        if one.name == "person.merged":
            centre, other = (self._number(Claim(*said[end], False)) for end in "ab")
            self.lifts[one.id] = [bytes.fromhex(text) for text in said.get("lifts", [])]
            self.merges[one.id] = [
                Link(*sorted((centre, end)), Strength.MERGE, one.occurred_at, one.id, place)
                for place, end in enumerate(dict.fromkeys([other, *said.get("anchors", [])]))
                if end != centre
            ]
        elif one.name == "person.reopened":
            self.gone.update(bytes.fromhex(text) for text in said["decisions"])
        else:
            self.apart[one.id] = KeptApart(frozenset(said["left"]), frozenset(said["right"]))
            self.gone.update(bytes.fromhex(text) for text in said.get("merges", []))

    def groups(self) -> tuple[dict[tuple[str, str, str], int], set[tuple[int, int]]]:
        merges = {name: links for name, links in self.merges.items() if links and name not in self.gone}
        lifted = {name for merge in merges for name in self.lifts[merge]}
        apart = [sides for name, sides in self.apart.items() if name not in lifted | self.gone]
        identities = {
            number: Identity(kind, scope, number in self.strong) for (kind, scope, _), number in self.numbers.items()
        }
        found = group(identities, self.links.union(*merges.values()), apart)
        people = {identity: found.person[number] for identity, number in self.numbers.items()}
        return people, questions(found.left_out, apart)


_POOL = [
    *(("cookie", f"c{n}") for n in range(8)),
    *(("user_id", f"u{n}") for n in range(5)),
    *(("phone", f"+861391234{n}670") for n in range(3)),
    *(("email", f"ann{n}@example.com") for n in range(3)),
]


def random_event(random_: random.Random, *, spread: int = 50) -> Event:
    """One to three claims from a small pool, so that everything meets everything sooner or later."""
    said = random_.sample(_POOL, random_.choice([1, 1, 2, 2, 2, 3]))
    claims = [claim(kind, value, strong=kind != "cookie" and random_.random() < 0.6) for kind, value in said]
    claims.sort(key=lambda one: not one.strong)
    at = random_.randrange(spread)
    return event(at, *claims, machine=random_.random() < 0.05, salt=str(random_.random()))


def random_decision(random_: random.Random, workspace: int, at: int) -> Event | None:
    """A merge, split, taking back of either kind, or keeping apart of what the workspace holds now, as an own event."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, person, kind, scope, value FROM identity WHERE workspace = %s", [workspace])
        rows = {row[0]: row for row in cursor.fetchall()}
        cursor.execute(
            "SELECT event_id, a, b FROM person_merge WHERE workspace = %s AND in_force AND ordinal = 0", [workspace]
        )
        merges = [(bytes(name).hex(), a, b) for name, a, b in cursor.fetchall()]
        cursor.execute("SELECT event_id FROM kept_apart WHERE workspace = %s AND in_force", [workspace])
        apart = [bytes(name).hex() for (name,) in cursor.fetchall()]
    if len(rows) < 2:
        return None
    one, other = random_.sample(sorted(rows), 2)
    who = claim(rows[one][2], rows[one][4], scope=rows[one][3])
    salt = str(random_.random())
    match random_.choice(["merge", "merge", "split", "undo", "apart", "reopen"]):
        case "merge":
            lifts = random_.sample(apart, min(len(apart), random_.randrange(3)))
            anchors = random_.sample(sorted(rows), random_.randrange(3))
            said = {"a": list(rows[one][2:]), "b": list(rows[other][2:]), "anchors": anchors, "lifts": lifts}
            return event(at, who, own="person.merged", said=said, salt=salt)
        case "undo" if merges:
            name, a, b = random_.choice(merges)
            return event(at, who, own="person.unmerged", said={"merges": [name], "left": [a], "right": [b]}, salt=salt)
        case "reopen" if merges or apart:
            named = [name for name, _, _ in merges] + apart
            said = {"decisions": random_.sample(named, random_.randrange(1, min(len(named), 2) + 1))}
            return event(at, who, own="person.reopened", said=said, salt=salt)
        case "split":
            members = [number for number, row in rows.items() if row[1] == rows[one][1]]
            left = random_.sample(members, random_.randrange(1, len(members) + 1))
            right = [n for n in members if n not in left] or [n for n in [other] if n not in left]
            return event(at, who, own="person.unmerged", said={"merges": [], "left": left, "right": right}, salt=salt)
        case _:
            return event(at, who, own="person.kept_apart", said={"left": [one], "right": [other]}, salt=salt)
