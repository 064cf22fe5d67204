"""Columns made from what profiles know: of some people, or of everybody a number of people at a time."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
from pyroaring import BitMap

from lianyi.kernel.arrays import distinct
from lianyi.people.columns import names
from lianyi.people.columns.parts import Array, Kind, Part, bits_of, part
from lianyi.people.identity import mapping as identity
from lianyi.people.profiles import queries as profiles
from lianyi.people.profiles.mapping import others
from lianyi.people.profiles.mapping.packed import Group, Ints
from lianyi.people.profiles.mapping.traits import trait_map
from lianyi.people.profiles.traits.values import TraitType

Parts = dict[str, Part]

KINDS = {
    TraitType.TEXT: Kind.TEXT,
    TraitType.NUMBER: Kind.NUMBER,
    TraitType.BOOLEAN: Kind.BOOLEAN,
    TraitType.DATE: Kind.DAY,
    TraitType.MOMENT: Kind.MOMENT,
    TraitType.LIST: Kind.LIST,
}
_encode = msgspec.json.encode


def traits_of(workspace: int, group: Group, wanted: Collection[int] | None = None) -> Parts:
    """The columns of traits, of the people of this group; also one that is empty, where something was said."""
    found, told = trait_map(workspace, group, wanted)
    kinds = {trait.id: KINDS[trait.kind] for trait in profiles.trait_catalogue(workspace)}
    parts: Parts = {}
    for number in told:
        if number in kinds:
            persons, values = found.get(number, (np.empty(0, np.int64), []))
            parts[names.trait(number)] = part(kinds[number], persons, _ENCODED[kinds[number]](values))
    return parts


def tags_of(workspace: int, group: Group, wanted: Iterable[int] | None = None) -> Parts:
    """The columns of tags; also one that is empty, where something was said."""
    found = others.tag_map(workspace, group, None if wanted is None else set(wanted))
    return {names.tag(number): part(Kind.MOMENT, *some) for number, some in found.items()}


def consents_of(workspace: int, group: Group) -> Parts:
    """The columns of consents; also one that is empty, where something was said."""
    found = others.consent_map(workspace, group)
    return {names.consent(*about): part(Kind.SET, persons, None) for about, persons in found.items()}


def sources_of(workspace: int, group: Group, persons: Ints) -> Parts:
    """The columns of sources."""
    came, first, last = others.source_ends(workspace, persons)
    who, source = others.touched_sources(workspace, group)
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    several = [some.tolist() for some in np.split(source, starts[1:])] if len(who) else []
    return {
        names.FIRST_SOURCE: part(Kind.CODE, came, first),
        names.LAST_SOURCE: part(Kind.CODE, came, last),
        names.SOURCES: part(Kind.CODES, who[starts], several),
    }


def kinds_of(workspace: int, numbers: Ints) -> Parts:
    """The columns of kinds, by these identities."""
    found = identity.kind_map(workspace, numbers)
    return {names.identified(kind): part(Kind.SET, persons, None) for kind, persons in found.items()}


def stages_of(workspace: int, persons: Ints) -> Parts:
    """The column of stages."""
    found = others.stage_map(workspace, persons)
    who = np.concatenate([np.empty(0, np.int64), *found.values()])
    codes = np.repeat([names.STAGES.index(stage) for stage in found], [len(some) for some in found.values()])
    return {names.STAGE: part(Kind.CODE, who, codes)}


def everything_of(workspace: int, group: Group) -> Parts:
    """All columns, of the people of this group."""
    persons = distinct(group.persons)
    return {
        names.PERSON: Part(Kind.SET, bits_of(persons), None, BitMap()),
        **kinds_of(workspace, group.numbers),
        **traits_of(workspace, group),
        **tags_of(workspace, group),
        **consents_of(workspace, group),
        **sources_of(workspace, group, persons),
        **stages_of(workspace, persons),
    }


def group_of(workspace: int, persons: Array) -> Group:
    """The identities of those who are persons."""
    return Group(*identity.group_of(workspace, persons))


def _days(values: list[Any]) -> Array:
    return np.array(values, "datetime64[D]").astype(np.int32)


def _moments(values: list[Any]) -> Array:
    return np.array([value.removesuffix("Z") for value in values], "datetime64[us]").astype(np.int64)


_ENCODED: Mapping[Kind, Callable[[list[Any]], Any]] = {
    Kind.TEXT: lambda values: [value.encode() for value in values],
    Kind.NUMBER: lambda values: np.array(values, np.float64),
    Kind.BOOLEAN: lambda values: np.array(values, np.uint8),
    Kind.DAY: _days,
    Kind.MOMENT: _moments,
    Kind.LIST: lambda values: [sorted({_encode(item) for item in items}) for items in values],
}
