"""Reads of profiles. A person is named by its number, the smallest of its identities' numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from django.db import connection
from pyroaring import BitMap

from lianyi.events.schemas import Source
from lianyi.kernel.bitmaps import bitmap
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.arrays import unpacked
from lianyi.people.profiles.consents import facts as consent_facts
from lianyi.people.profiles.consents import storing as consents
from lianyi.people.profiles.consents.facts import ConsentFact
from lianyi.people.profiles.dictionaries import TAGS, source_names
from lianyi.people.profiles.lifecycle.rules import Rule, rule_of
from lianyi.people.profiles.lifecycle.stages import Stage
from lianyi.people.profiles.orders import storing as orders
from lianyi.people.profiles.orders.buying import Purchases, purchases
from lianyi.people.profiles.orders.reading import OrderKey
from lianyi.people.profiles.orders.storing import Totals
from lianyi.people.profiles.past import Stated, tags_before, tags_first, touches_before, traits_before, traits_first
from lianyi.people.profiles.persons.arrivals import bought_map, first_seen_map
from lianyi.people.profiles.persons.finding import everybody_found, found_people
from lianyi.people.profiles.persons.listing import newest_people, people, search_people
from lianyi.people.profiles.persons.members import claims_of, everybody, members, persons_of
from lianyi.people.profiles.persons.named import people_named
from lianyi.people.profiles.persons.page import export_person, person_page
from lianyi.people.profiles.persons.stating import says_states
from lianyi.people.profiles.tags import storing as tags
from lianyi.people.profiles.tags.facts import Dimension, TagFact, holds
from lianyi.people.profiles.tags.facts import merge as merge_tags
from lianyi.people.profiles.tags.listing import people_of_tags, tag_lines
from lianyi.people.profiles.touches.attributing import ATTRIBUTED_FOR, Act, CameFrom, came_from
from lianyi.people.profiles.traits.catalogue import Catalogue, Trait
from lianyi.people.profiles.traits.picks import picks_of_persons
from lianyi.people.profiles.traits.trust import trust_of
from lianyi.people.profiles.traits.values import TraitType

__all__ = [
    "ATTRIBUTED_FOR",
    "Act",
    "CameFrom",
    "Purchases",
    "Stated",
    "Trait",
    "TraitType",
    "bought_map",
    "came_from",
    "claims_of",
    "everybody_found",
    "export_person",
    "first_seen_map",
    "found_people",
    "newest_people",
    "people",
    "people_named",
    "people_of_tags",
    "person_page",
    "purchases",
    "says_states",
    "search_people",
    "tag_lines",
    "tags_before",
    "tags_first",
    "touches_before",
    "traits_before",
    "traits_first",
]

Ints = npt.NDArray[np.int64]

_AT_ONCE = 10_000


def consented(workspace: int, person: int, channel: str, purpose: str) -> bool:
    """Whether the person allows this. Silence is no consent."""
    ledger = consents.ledger(workspace, identity.numbers_of(workspace, person))
    return consent_facts.consented(ledger, channel.lower(), purpose.lower())


def consented_people(workspace: int, channel: str, purpose: str) -> BitMap:
    """Everybody who allows this."""
    ledger = consents.ledger_of(workspace, channel.lower(), purpose.lower())
    person_of = identity.persons_of(workspace, {fact.identity for fact in ledger})
    by_person: dict[int, list[ConsentFact]] = defaultdict(list)
    for fact in ledger:
        by_person[person_of.get(fact.identity, 0)].append(fact)
    allowed = (
        person
        for person, facts in by_person.items()
        if person and consent_facts.consented(facts, channel.lower(), purpose.lower())
    )
    return bitmap(allowed)


def tagged_people(workspace: int, dimension: Dimension, tag: str, now: int) -> BitMap:
    """Everybody who has this tag at the moment `now`."""
    number = TAGS.find(workspace, [(dimension.value, tag)]).get((dimension.value, tag))
    if number is None:
        return bitmap()
    facts = tags.of_tag(workspace, number)
    person_of = identity.persons_of(workspace, facts)
    merged: dict[int, TagFact] = {}
    for one, fact in facts.items():
        person = person_of.get(one, 0)
        merged[person] = merge_tags(merged[person], fact) if person in merged else fact
    return bitmap(person for person, fact in merged.items() if person and holds(fact, now))


def known_tags(workspace: int) -> list[tuple[str, str]]:
    """(dimension, name) of every tag that anybody ever gave, in order."""
    return sorted((name[0], name[1]) for name in TAGS.names(workspace).values())


def tag_names(workspace: int) -> dict[int, tuple[str, str]]:
    """Number → (dimension, name) of every tag that anybody ever gave."""
    return {number: (name[0], name[1]) for number, name in TAGS.names(workspace).items()}


def tags_of_people(workspace: int, persons: Sequence[int], now: int) -> dict[int, list[str]]:
    """Person → the names of the tags that they have at `now`."""
    group = members(workspace, persons)
    person_of = group.person_of
    merged: dict[tuple[int, int], TagFact] = {}
    for (one, tag), fact in tags.of_identities(workspace, group.numbers).items():
        key = (person_of[one], tag)
        merged[key] = merge_tags(merged[key], fact) if key in merged else fact
    names = TAGS.names(workspace, sorted({tag for _, tag in merged}))
    found: dict[int, list[str]] = defaultdict(list)
    for (person, tag), fact in merged.items():
        if holds(fact, now):
            found[person].append(names[tag][1])
    return {person: sorted(some) for person, some in found.items()}


def people_in_stage(workspace: int, stage: Stage) -> BitMap:
    """Everybody who stands in this stage."""
    if stage is Stage.PROSPECT:
        return bitmap(everybody(workspace)) - bitmap(_standing(workspace, [other.value for other in Stage]))
    return bitmap(_standing(workspace, [stage.value]))


def stage_counts(workspace: int) -> dict[Stage, int]:
    """How many people stand in each stage; all six are there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage, count(*) FROM standing WHERE workspace = %s GROUP BY stage", [workspace])
        counted = dict(cursor.fetchall())
    counts = {stage: int(counted.get(stage.value, 0)) for stage in Stage}
    counts[Stage.PROSPECT] = identity.counts(workspace).persons - sum(counts.values())
    return counts


def stage_of(workspace: int, person: int) -> Stage:
    """Where the person stands; a prospect when nothing else is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT stage FROM standing WHERE workspace = %s AND number = %s", [workspace, person])
        row = cursor.fetchone()
    return Stage(row[0]) if row else Stage.PROSPECT


def lifecycle_rule(workspace: int) -> Rule:
    """The rule of the workspace, or the default."""
    return rule_of(workspace)


def sources(workspace: int) -> dict[int, Source]:
    """Number → source, of all that were ever seen."""
    return {number: Source(*name) for number, name in source_names(workspace).items()}


def source_map(workspace: int, which: Literal["first", "last"]) -> tuple[Ints, Ints]:
    """Persons, ascending, and the number of the source that each came from first or last. Who came from no known
    source is left out. A million persons take about a third of a second.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {which}_source, string_agg(int4send(number), '') FROM person "
            f"WHERE workspace = %s AND {which}_source IS NOT NULL GROUP BY 1",
            [workspace],
        )
        groups = [(source, unpacked(data)) for source, data in cursor.fetchall()]
    persons = np.concatenate([np.empty(0, np.int64), *(some for _, some in groups)])
    numbers = np.repeat(np.array([source for source, _ in groups], np.int64), [len(some) for _, some in groups])
    order = np.argsort(persons, kind="stable")
    return persons[order], numbers[order]


def trait_catalogue(workspace: int) -> list[Trait]:
    """The traits of the workspace that anybody declared or said, by name."""
    known = [trait for trait in Catalogue(workspace).by_name.values() if trait.kind is not TraitType.UNKNOWN]
    return sorted(known, key=lambda trait: trait.name)


def trait_kinds(workspace: int) -> dict[str, str]:
    """Name → type of each of them."""
    return {trait.name: trait.kind.value for trait in trait_catalogue(workspace)}


def trust_order(workspace: int) -> list[str]:
    """How far origins of traits are trusted, the most trusted first."""
    return list(trust_of(workspace).order)


def trait_values(
    workspace: int, names: Sequence[str], persons: Iterable[int] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(person, trait name → value) of these persons or of everybody; who has none of the traits is left out."""
    for some in _described(workspace) if persons is None else _in_parts(sorted(set(persons))):
        picked = picks_of_persons(workspace, members(workspace, some), names)
        for person in sorted(picked):
            yield person, {name: value.value for name, value in picked[person].items()}


def known_orders(workspace: int, system: str, numbers: Sequence[str]) -> set[str]:
    """Those order numbers of a system that anybody spoke of."""
    hashes = {OrderKey.of(system, number).hash: number for number in numbers}
    return {hashes[known] for known in orders.known(workspace, list(hashes))}


def order_totals(workspace: int) -> Totals:
    """All orders together, exactly."""
    return orders.totals(workspace)


def _standing(workspace: int, stages: list[str]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(int4send(number), '') FROM standing WHERE workspace = %s AND stage = ANY(%s)",
            [workspace, stages],
        )
        found: list[int] = unpacked(cursor.fetchone()[0]).tolist()
    return found


def _described(workspace: int) -> Iterator[list[int]]:
    """Everybody of whom any trait was told, in parts."""
    after = 0
    done = bitmap()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT identity FROM trait_fact WHERE workspace = %s AND identity > %s ORDER BY 1 LIMIT %s",
                [workspace, after, _AT_ONCE],
            )
            some = [row[0] for row in cursor.fetchall()]
        if not some:
            return
        fresh = [person for person in persons_of(workspace, some) if person not in done]
        done |= bitmap(fresh)
        yield sorted(fresh)
        after = some[-1]


def _in_parts(persons: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(persons), _AT_ONCE):
        yield persons[start : start + _AT_ONCE]
