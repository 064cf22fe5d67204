"""The values of traits of many people, picked as `traits.facts.pick` does.

Nearly everything that is ever said of a trait are plain values, which sorting picks from. Where something was added,
appended, said once or cleared, and where two values of one moment are to be compared, the page's own way is gone.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from lianyi.kernel.arrays import distinct
from lianyi.people.profiles.arrays import integers
from lianyi.people.profiles.dictionaries import ORIGINS
from lianyi.people.profiles.mapping.packed import MEMBERS, NEVER, Group, Ints, Rows, ask, packing, unpack
from lianyi.people.profiles.persons.members import Members
from lianyi.people.profiles.traits.catalogue import Catalogue, Trait
from lianyi.people.profiles.traits.facts import EVERY_TRAIT, Mode, Strategy
from lianyi.people.profiles.traits.picks import picks_of_persons
from lianyi.people.profiles.traits.trust import Trust, trust_of

_ROW, _READ = packing(
    [
        ("i4", "m.person"),
        ("i2", "f.trait"),
        ("i2", "f.origin"),
        ("i2", "f.mode"),
        ("i8", f"coalesce(f.at, {NEVER})"),
        ("i8", f"coalesce(f.first_at, {NEVER})"),
        ("i8", f"coalesce(f.removed_at, {NEVER})"),
    ]
)
_FACTS = f"""
    SELECT string_agg({_ROW}, ''), '[' || string_agg(coalesce(f.value, 'null'), ',') || ']',
        '[' || string_agg(coalesce(f.first, 'null'), ',') || ']'
    FROM {MEMBERS} JOIN trait_fact f ON f.workspace = %s AND f.identity = m.identity
    WHERE %s OR f.trait = ANY(%s::int[])
"""
_decode = msgspec.json.Decoder(list[Any]).decode

Some = dict[int, tuple[Ints, list[Any]]]  # trait → persons, ascending, and the value of each


class _Facts(NamedTuple):
    person: Ints
    trait: Ints
    rank: Ints
    mode: Ints
    at: Ints
    first_at: Ints
    removed_at: Ints


def trait_map(workspace: int, group: Group, traits: Collection[int] | None = None) -> tuple[Some, set[int]]:
    """The values of all traits, or of these; and the traits of which anything was said."""
    wanted = integers(sorted({*(traits or ()), EVERY_TRAIT}))
    ((packed, last, first),) = ask(_FACTS, [*group.given(), workspace, traits is None, wanted])
    if packed is None:
        return {}, set()
    catalogue, trust = Catalogue(workspace), trust_of(workspace)
    facts = _facts(workspace, unpack(packed, _READ), trust)
    lasts, firsts = _objects(last), _objects(first)
    key = (facts.trait << 32) | facts.person
    odd = _odd(facts, key)
    plain = ~np.isin(key, odd) & (facts.trait != EVERY_TRAIT)
    found: Some = {}
    unsure = [odd]
    numbers = distinct(facts.trait[facts.trait != EVERY_TRAIT]).tolist()
    for number in numbers:
        strategy = catalogue.by_id[number].strategy
        some = np.flatnonzero(plain & (facts.trait == number))
        picked, from_first, ties = _picked(_Facts(*(column[some] for column in facts)), strategy)
        values = np.where(from_first, firsts[some[picked]], lasts[some[picked]])
        persons = facts.person[some[picked]]
        sure = ~np.isin(persons, ties)
        found[number] = (persons[sure], values[sure].tolist())
        unsure.append((number << 32) | ties)
    _pick_singly(workspace, group, np.concatenate(unsure), catalogue.by_id, found)
    return {number: some for number, some in found.items() if len(some[0])}, set(numbers)


def _facts(workspace: int, rows: Rows, trust: Trust) -> _Facts:
    names = ORIGINS.names(workspace, np.unique(rows["f2"]).tolist())
    ranks = np.full(int(rows["f2"].max()) + 1, trust.rank(""), np.int64)
    for number, name in names.items():
        ranks[number] = trust.rank(name[0])
    person, trait, origin, *others = (rows[f"f{place}"].astype(np.int64) for place in range(7))
    return _Facts(person, trait, ranks[origin], *others)


def _odd(facts: _Facts, key: Ints) -> Ints:
    """Trait and person of what is no matter of plain values."""
    cleared = distinct(facts.person[facts.trait == EVERY_TRAIT])
    odd = (facts.mode != Mode.SAID) | np.isin(facts.person, cleared) if len(cleared) else facts.mode != Mode.SAID
    return distinct(key[odd & (facts.trait != EVERY_TRAIT)])


def _picked(facts: _Facts, strategy: Strategy) -> tuple[Ints, npt.NDArray[np.bool_], Ints]:
    """Of one trait: the places of the facts that are picked, ascending by person; which of them count by the first
    value that they hold; and the persons for whom two facts weigh the same.
    """
    if not len(facts.person):
        return facts.person, np.empty(0, np.bool_), facts.person
    order = np.argsort(facts.person, kind="stable")
    starts = np.flatnonzero(np.diff(facts.person[order], prepend=-1))
    removed = np.empty(len(order), np.int64)
    removed[order] = np.repeat(
        np.maximum.reduceat(facts.removed_at[order], starts), np.diff(np.append(starts, len(order)))
    )
    alive = np.flatnonzero((facts.at != NEVER) & (facts.at > removed))
    person, rank, at = facts.person[alive], facts.rank[alive], facts.at[alive]
    early = (facts.first_at[alive] != NEVER) & (facts.first_at[alive] > removed[alive])
    if strategy is Strategy.FIRST:
        moment = np.where(early, facts.first_at[alive], at)
        weights = (-rank, -moment)
    else:
        early = np.zeros(len(alive), np.bool_)
        weights = (at, -rank) if strategy is Strategy.MOST_TRUSTED else (-rank, at)
    order = np.lexsort((*weights, person))  # the last of each person is picked
    person, alive, early = person[order], alive[order], early[order]
    last = np.append(person[1:] != person[:-1], True) if len(person) else np.empty(0, np.bool_)
    same = ~last[:-1]
    for weight in weights:
        same &= weight[order][1:] == weight[order][:-1]
    return alive[last], early[last], distinct(person[1:][same])


def _pick_singly(workspace: int, group: Group, keys: Ints, by_id: dict[int, Trait], found: Some) -> None:
    """Adds the values of these traits and persons, picked as for the page of a person."""
    for number in distinct(keys >> 32).tolist():
        persons = keys[keys >> 32 == number] & 0xFFFFFFFF
        some = group.of(persons)
        name = by_id[number].name
        picked = picks_of_persons(workspace, Members(some.numbers.tolist(), some.persons.tolist()), [name])
        told = sorted((person, values[name].value) for person, values in picked.items())
        before, values = found.get(number, (np.empty(0, np.int64), []))
        every = np.concatenate([before, np.array([person for person, _ in told], np.int64)])
        whole = [*values, *(value for _, value in told)]
        order = np.argsort(every, kind="stable")
        found[number] = (every[order], [whole[place] for place in order.tolist()])


def _objects(text: str) -> npt.NDArray[np.object_]:
    values = _decode(text)
    found = np.empty(len(values), np.object_)
    found[:] = _as_they_are(values)
    return found


def _as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    """Lists would be taken for further dimensions."""
    return [tuple(value) if isinstance(value, list) else value for value in values]
