"""Reads of columns."""

from collections.abc import Iterable
from typing import NamedTuple

from pyroaring import BitMap

from lianyi.kernel.errors import Refused
from lianyi.people.columns import storing
from lianyi.people.columns.column import Column
from lianyi.people.columns.shelf import SHELF
from lianyi.people.profiles.mapping.recipes import recipes


class Changes(NamedTuple):
    """Who is told of since a version, by column; of the columns `whole`, it may be anybody."""

    version: int
    people: dict[str, BitMap]
    whole: frozenset[str]


class Columns:
    """The columns of a workspace as of one moment, or newer."""

    def __init__(self, workspace: int) -> None:
        self.workspace = workspace
        self.version, filled = storing.version_of(workspace)
        if not filled and storing.has_people(workspace):
            raise Refused(
                "columns.unmade", "What is known of people is being made ready.", "Try again in a minute or two."
            )

    def loaded(self, names: Iterable[str]) -> dict[str, Column | None]:
        """These columns; None for one that nobody was ever in."""
        return SHELF.columns(self.workspace, names, self.version)

    def column(self, name: str) -> Column | None:
        """One of them."""
        return self.loaded([name])[name]


def loaded(workspace: int, names: Iterable[str]) -> dict[str, Column | None]:
    """These columns, up to date. Refuses where columns were never made."""
    return Columns(workspace).loaded(names)


def unmade(workspace: int) -> bool:
    """Whether there are people of whom no columns were made yet."""
    return not storing.version_of(workspace)[1] and storing.has_people(workspace)


def outdated() -> list[int]:
    """The workspaces that have columns by a recipe that holds no more."""
    kept = storing.recipes_kept()
    now = recipes(list(kept))
    return [workspace for workspace, recipe in kept.items() if now[workspace] != recipe]


def version_of(workspace: int) -> int:
    """Of the newest change of any column."""
    return storing.version_of(workspace)[0]


def changed(workspace: int, column: str, batch: int) -> BitMap:
    """Of whom a batch changed the column, as long as what it wrote was not put together with others."""
    return BitMap().union(*(run.part.told for run in storing.runs_of_batch(workspace, column, batch)))


def changed_since(workspace: int, version: int) -> Changes:
    """What changed after a version, somebody too many included."""
    newest = version_of(workspace)
    people: dict[str, BitMap] = {}
    if newest == version:
        return Changes(newest, people, frozenset())
    told = SHELF.told_since(workspace, version)
    if told is not None and told[-1].version == newest:
        for one in told:
            for name, some in one.people.items():
                people[name] = people.get(name, BitMap()) | some
        return Changes(newest, people, frozenset())
    whole = set()
    for run in storing.runs_since(workspace, version):
        if run.since == 0:
            whole.add(run.column)
        people[run.column] = people.get(run.column, BitMap()) | run.part.told
    return Changes(newest, people, frozenset(whole))
