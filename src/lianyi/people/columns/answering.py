"""Answers to the leaves of a rule that columns know: traits, tags, stage, consents, sources, kinds of identities.

As of the moment at which the answers were begun. A question about few people looks at these only, unless everybody's
answer is at hand.
"""

from typing import assert_never

import numpy as np
from pyroaring import BitMap

from lianyi.foundation.workspaces.queries import zone_of
from lianyi.kernel.clock import local_day
from lianyi.people.columns import names
from lianyi.people.columns.judging import Today, asked, with_code
from lianyi.people.columns.numbering import source_numbers, tag_number, trait_number
from lianyi.people.columns.queries import Columns
from lianyi.rules.nodes import Consented, Identified, Source, Stage, Tagged, Trait
from lianyi.rules.values import Anniversary, FromToday

Known = Trait | Tagged | Stage | Consented | Source | Identified

_NOBODY = BitMap()
_SOURCES = {"first": names.FIRST_SOURCE, "last": names.LAST_SOURCE, "any": names.SOURCES}


class ColumnAnswers:
    """The facts of one workspace at the moment `now` (µs). Refuses where columns were never made."""

    def __init__(self, workspace: int, now: int) -> None:
        self._workspace, self._now = workspace, now
        self._columns = Columns(workspace)
        self._zone = zone_of(workspace)
        self._today = Today(local_day(now, self._zone), self._zone)

    def everybody(self) -> BitMap:
        """All people."""
        column = self._columns.column(names.PERSON)
        return _NOBODY if column is None else column.people

    def answer(self, leaf: Known, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""
        match leaf:
            case Trait():
                return self._trait(leaf, within, self._today)
            case Tagged():
                return self._tagged(leaf, within)
            case Stage():
                return self._stage(leaf, within)
            case Consented():
                return self._in(names.consent(leaf.channel, leaf.purpose), within)
            case Source():
                return self._from(leaf, within)
            case Identified():
                return self._in(names.identified(leaf.by), within)
            case _:
                assert_never(leaf)

    def moved_by_time(self, leaf: Known, since: int, until: int) -> BitMap:
        """The people for whom the answer may have changed from `since` to `until` (µs) by the passing of time alone:
        whose tag ended, or whose day passes on one of both local days only.
        """
        if isinstance(leaf, Tagged):
            number = tag_number(self._workspace, leaf)
            column = None if number is None else self._columns.column(names.tag(number))
            if column is None:
                return _NOBODY
            return column.ending(since, until)
        if not isinstance(leaf, Trait) or not isinstance(leaf.is_, FromToday | Anniversary):
            return _NOBODY
        days = {local_day(moment, self._zone) for moment in (since, until)}
        if len(days) == 1:
            return _NOBODY
        one, other = (self._trait(leaf, None, Today(day, self._zone)) for day in days)
        return one ^ other

    def _trait(self, leaf: Trait, within: BitMap | None, today: Today) -> BitMap:
        number = trait_number(self._workspace, leaf.trait)
        column = None if number is None else self._columns.column(names.trait(number))
        how = None if column is None else asked(leaf.is_, column.kind, today)
        if column is None or how is None:
            return _NOBODY
        return column.where(how.judge, how.key, within)

    def _tagged(self, leaf: Tagged, within: BitMap | None) -> BitMap:
        number = tag_number(self._workspace, leaf)
        column = None if number is None else self._columns.column(names.tag(number))
        if column is None:
            return _NOBODY
        return column.later_than(self._now, within)

    def _stage(self, leaf: Stage, within: BitMap | None) -> BitMap:
        column = self._columns.column(names.STAGE)
        codes = sorted(names.STAGES.index(stage) for stage in leaf.one_of)
        found = _NOBODY
        if column is not None:
            found = column.where(lambda values: np.isin(values.plain, codes), tuple(codes), within)
        if names.STAGES.index("prospect") not in codes:
            return found
        every = self.everybody() if within is None else within & self.everybody()
        return found | (every if column is None else every - column.people)

    def _from(self, leaf: Source, within: BitMap | None) -> BitMap:
        column = self._columns.column(_SOURCES[leaf.touch])
        numbers = source_numbers(self._workspace, leaf)
        if column is None or not numbers:
            return _NOBODY
        return column.where(lambda values: with_code(values, numbers), numbers, within)

    def _in(self, name: str, within: BitMap | None) -> BitMap:
        column = self._columns.column(name)
        if column is None:
            return _NOBODY
        return column.people if within is None else column.people & within
