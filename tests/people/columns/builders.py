"""A workspace whose columns are kept, and what a plain look at every person says of the same leaves."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from tests.people.profiles.builders import Told

from lianyi.events.log.actions import Record
from lianyi.kernel.clock import from_micros
from lianyi.people.columns.answering import ColumnAnswers, Known
from lianyi.people.columns.filling import fill
from lianyi.people.columns.fingerprints import fingerprints
from lianyi.people.columns.projector import ColumnsProjector
from lianyi.people.columns.shelf import SHELF
from lianyi.people.identity import queries as identity
from lianyi.people.profiles import queries
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.rules.nodes import Consented, Identified, Source, Stage, Tagged, Trait
from lianyi.rules.passing import Value, passes

ZONE = ZoneInfo("Asia/Shanghai")


class Kept(Told):
    """Told, with columns behind."""

    def projectors(self, record: Record) -> list[Any]:
        before = super().projectors(record)
        return [*before, ColumnsProjector(before[-1]._news)]

    def columns(self) -> dict[str, str]:
        return fingerprints(self.workspace)

    def refilled(self) -> dict[str, str]:
        """The columns made as a whole."""
        fill(self.workspace, len(self.log))
        return self.columns()

    def reread(self) -> dict[str, str]:
        """The columns as a process reads them that has none yet."""
        SHELF.forget(self.workspace)
        return self.columns()

    def answer(self, leaf: Known, now: int, within: BitMap | None = None) -> set[int]:
        return set(ColumnAnswers(self.workspace, now).answer(leaf, within))


def plainly(workspace: int, leaf: Known, now: int) -> set[int]:
    """Whom the leaf holds for, by what profiles say of each person."""
    persons = queries.everybody(workspace)
    match leaf:
        case Trait():
            values = dict(queries.trait_values(workspace, [leaf.trait], persons))
            kinds = {trait.name: trait.kind for trait in queries.trait_catalogue(workspace)}
            today = from_micros(now).astimezone(ZONE).date()
            return {
                person
                for person, told in values.items()
                if leaf.trait in told
                and passes(leaf.is_, valued(told[leaf.trait], kinds[leaf.trait].value), today, ZONE)
            }
        case Tagged():
            return set(queries.tagged_people(workspace, Dimension(leaf.dimension), leaf.tag, now))
        case Stage():
            return {person for person in persons if queries.stage_of(workspace, person).value in leaf.one_of}
        case Consented():
            return {one for one in persons if queries.consented(workspace, one, leaf.channel, leaf.purpose)}
        case Source():
            return {person for person in persons if came(workspace, person, leaf, now)}
        case Identified():
            return {one for one in persons if any(i.kind == leaf.by for i in identity.identities_of(workspace, one))}


def valued(value: Any, kind: str) -> Value:
    """A trait's value as rules look at it."""
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "moment":
        return datetime.fromisoformat(value)
    return tuple(value) if kind == "list" else value


def came(workspace: int, person: int, leaf: Source, now: int) -> bool:
    page = queries.person_page(workspace, person, now)
    chosen = {"first": [page.row.first_source], "last": [page.row.last_source], "any": [*page.touches]}[leaf.touch]
    wanted = (leaf.channel, leaf.medium, leaf.campaign, leaf.code)
    names = [source[:4] for source in chosen if source is not None]
    return any(all(one in (None, part) for one, part in zip(wanted, name, strict=True)) for name in names)
