"""The projector `columns`: after each batch, what it changed of whom, as a run of each column that really changed.

It looks at nobody whom the batch did not touch, and reads no event: the projectors before it have told what changed.
"""

from collections.abc import Iterable

import numpy as np
from pyroaring import BitMap

from lianyi.events.schemas import Batch
from lianyi.people.columns import making, names, storing
from lianyi.people.columns.actions import forget, put_differing
from lianyi.people.columns.filling import fill, renew
from lianyi.people.columns.fingerprints import fingerprints
from lianyi.people.columns.making import Parts
from lianyi.people.columns.parts import Kind, Part, bits_of, merged, nothing, numbers
from lianyi.people.identity.mapping import owners_of
from lianyi.people.identity.news import News
from lianyi.people.identity.projector import CAME
from lianyi.people.profiles.mapping.packed import Group, Ints
from lianyi.people.profiles.traits.facts import EVERY_TRAIT

MOVED, STOOD = ("moved",), ("stage",)

Asked = dict[str, tuple[Part, BitMap]]  # what is known now, and of whom that is all


class ColumnsProjector:
    """`news` is what the projectors before it tell."""

    name = "columns"

    def __init__(self, news: News) -> None:
        self._news = news
        self._filled: set[int] = set()  # workspaces that are known to have columns

    def project(self, batch: Batch) -> None:
        """Applies a batch that all projectors before have applied, in the caller's transaction."""
        told = self._news.tells_of(batch.workspace, batch.number)
        if told and batch.workspace in self._filled and not self._news:
            return
        state = storing.state_of(batch.workspace)
        self._filled.add(batch.workspace)
        if state is None or state.filled is None or not told:
            if state is None or state.filled is None or batch.number > state.filled:
                fill(batch.workspace, batch.number)
            return
        if self._news:
            renew(batch.workspace, state, batch.number)
            put_differing(batch.workspace, batch.number, _Changes(batch.workspace, self._news).asked())

    def rebuild(self, workspace: int) -> None:
        """Makes everything anew from what the projectors before it hold, without reading events again."""
        fill(workspace)

    def forget(self, workspace: int) -> None:
        """Drops what was derived."""
        self._filled.discard(workspace)
        forget(workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest for each column."""
        return fingerprints(workspace)


class _Changes:
    """What is known now of those whom a batch touched."""

    def __init__(self, workspace: int, news: News) -> None:
        self._workspace = workspace
        moved = news.persons.get(MOVED, set())
        self._moved, self._stood = bits_of(_array(moved)), bits_of(_array(moved | news.persons.get(STOOD, set())))
        touched = _array({one for some in news.identities.values() for one in some})
        self._numbers, self._owners = owners_of(workspace, touched)
        self._persons = {fact: self._persons_of(_array(some)) for fact, some in news.identities.items()}
        self._came = _array(news.identities.get(CAME, ()))
        self._group = making.group_of(workspace, numbers(bits_of(self._owners) | self._moved))

    def asked(self) -> Asked:
        """By column."""
        found = self._comers() | self._traits() | self._tags() | self._consents() | self._sources()
        if self._stood:
            found |= {name: (one, self._stood) for name, one in self._stages().items()}
        if self._moved:
            for name, one in making.everything_of(self._workspace, self._of(self._moved)).items():
                before, about = found.get(name, (nothing(one.kind), BitMap()))
                found[name] = (merged(before, one), about | self._moved)
        return found

    def _comers(self) -> Asked:
        persons = self._persons.get(CAME)
        if persons is None:
            return {}
        kinds = making.kinds_of(self._workspace, self._came)
        found = {name: (one, one.bits) for name, one in kinds.items()}
        return found | {names.PERSON: (Part(Kind.SET, persons, None, BitMap()), persons)}

    def _traits(self) -> Asked:
        about = self._about("trait")
        if not about:
            return {}
        cleared = about.pop(str(EVERY_TRAIT), BitMap())
        wanted = None if cleared else [int(number) for number in about]
        made = making.traits_of(self._workspace, self._of(BitMap.union(cleared, *about.values())), wanted)
        asked = {name: about.get(name.removeprefix(names.TRAITS), BitMap()) | cleared for name in made}
        return {name: (one.only(asked[name]), asked[name]) for name, one in made.items() if asked[name]}

    def _tags(self) -> Asked:
        about = self._about("tag")
        if not about:
            return {}
        made = making.tags_of(self._workspace, self._of(BitMap.union(*about.values())), map(int, about))
        asked = {name: about[name.removeprefix(names.TAGS)] for name in made}
        return {name: (one.only(asked[name]), asked[name]) for name, one in made.items()}

    def _consents(self) -> Asked:
        about = self._about("consent")
        if not about:
            return {}
        persons = BitMap.union(*about.values())
        made = making.consents_of(self._workspace, self._of(persons))
        return {name: (one, persons) for name, one in made.items()}

    def _sources(self) -> Asked:
        persons = self._persons.get(("touch",))
        if not persons:
            return {}
        made = making.sources_of(self._workspace, self._of(persons), _numbers(persons))
        return {name: (one, persons) for name, one in made.items()}

    def _stages(self) -> Parts:
        return making.stages_of(self._workspace, _numbers(self._stood))

    def _about(self, kind: str) -> dict[str, BitMap]:
        """Of facts of a kind that are told of: which, and of whom."""
        return {":".join(fact[1:]): some for fact, some in self._persons.items() if fact[0] == kind}

    def _of(self, persons: BitMap) -> Group:
        return self._group.of(_numbers(persons))

    def _persons_of(self, identities: Ints) -> BitMap:
        return bits_of(self._owners[np.isin(self._numbers, identities, assume_unique=True)])


def _array(numbers: Iterable[int]) -> Ints:
    return np.array(sorted(numbers), np.int64)


def _numbers(persons: BitMap) -> Ints:
    return numbers(persons).astype(np.int64)
