"""The values that persons' traits have, picked from the facts of all of their identities."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from lianyi.people.profiles.persons.members import Members
from lianyi.people.profiles.traits.catalogue import Catalogue, Trait
from lianyi.people.profiles.traits.facts import EVERY_TRAIT, Candidate, pick
from lianyi.people.profiles.traits.storing import candidates
from lianyi.people.profiles.traits.trust import trust_of
from lianyi.people.profiles.traits.values import decoded


class Value(NamedTuple):
    """A trait's value, since when, and who said so."""

    value: Any
    at: int
    origin: str


def picks_of_persons(workspace: int, group: Members, names: Iterable[str] | None = None) -> dict[int, dict[str, Value]]:
    """Person → trait name → value, of all traits or of those named. Persons without any are left out."""
    every = Catalogue(workspace).by_name
    traits = list(every.values()) if names is None else [every[name] for name in names if name in every]
    if not traits:
        return {}
    facts = candidates(workspace, group.numbers, trust_of(workspace), [trait.id for trait in traits])
    person_of = group.person_of
    by_person: dict[int, dict[int, list[Candidate]]] = {}
    for identity, of_identity in facts.items():
        said = by_person.setdefault(person_of[identity], {})
        for trait_id, one in of_identity.items():
            said.setdefault(trait_id, []).extend(one)
    picked = {person: picks(traits, said) for person, said in by_person.items()}
    return {person: values for person, values in picked.items() if values}


def picks(traits: Iterable[Trait], said: dict[int, list[Candidate]]) -> dict[str, Value]:
    """Trait name → value, of one person by everything said of it."""
    cleared = said.get(EVERY_TRAIT, [])
    found: dict[str, Value] = {}
    for trait in traits:
        if trait.id in said:
            value = pick([*said[trait.id], *cleared], trait.strategy)
            if value is not None:
                found[trait.name] = Value(decoded(value.value), value.at, value.origin)
    return found
