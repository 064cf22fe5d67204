"""All columns of a workspace made as a whole, from what profiles know: at the first start, and again at any time.

Set by set, a number of people at a time; what comes out is what keeping up to date would have made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

from lianyi.events.log.queries import cursor_of
from lianyi.kernel.arrays import distinct
from lianyi.people.columns import making, names, storing
from lianyi.people.columns.actions import put_differing
from lianyi.people.columns.parts import Part, bits_of, merged, split
from lianyi.people.columns.recipes import recipe_of, stale
from lianyi.people.columns.shelf import SHELF
from lianyi.people.columns.storing import State
from lianyi.people.identity import mapping as identity
from lianyi.people.identity.queries import last_number
from lianyi.people.profiles.mapping.packed import Group

PEOPLE = 1 << 17  # numbers at a time
_LARGE = 1 << 16  # people of a piece that is written


def fill(workspace: int, batch: int | None = None) -> int:
    """Makes them in the present transaction, with the projection held still; how many. `batch` is the last one whose
    effects are there, by default the last that the lifecycle has passed.
    """
    until = cursor_of(workspace, "lifecycle") if batch is None else batch
    storing.drop(workspace)
    version = storing.put_state(workspace, until, recipe_of(workspace))
    SHELF.begin_anew(workspace, version)
    shelves = _Pieces(workspace, until, version)
    for group in _groups(workspace):
        shelves.add(making.everything_of(workspace, group))
    return shelves.end()


def renew(workspace: int, state: State | None = None, batch: int | None = None) -> bool:
    """Makes those columns anew by whose recipe something changed; whether there were any. In the present transaction,
    with the projection held still.
    """
    state, now = state or storing.state_of(workspace), recipe_of(workspace)
    if state is None or state.filled is None or state.recipe == now:
        return False
    storing.put_recipe(workspace, now)
    others = stale(state.recipe, now)
    if others:
        _remake(workspace, cursor_of(workspace, "columns") if batch is None else batch, others)
    return bool(others)


def _remake(workspace: int, batch: int, columns: Collection[str]) -> None:
    """Makes columns of traits or stages anew of which everybody's value may be another, and writes what is."""
    traits = [int(name.removeprefix(names.TRAITS)) for name in columns if name.startswith(names.TRAITS)]
    for group in _groups(workspace):
        made = making.traits_of(workspace, group, traits) if traits else {}
        persons = distinct(group.persons)
        if names.STAGE in columns:
            made |= making.stages_of(workspace, persons)
        put_differing(workspace, batch, {name: (part, bits_of(persons)) for name, part in made.items()})


def _groups(workspace: int) -> Iterator[Group]:
    """Everybody, a number of people at a time."""
    for low in range(0, last_number(workspace) + 1, PEOPLE):
        group = Group(*identity.group_between(workspace, low, low + PEOPLE))
        if len(group.numbers):
            yield group


class _Pieces:
    """Writes what comes of each column as soon as it is a piece of some size."""

    def __init__(self, workspace: int, batch: int, version: int) -> None:
        self._workspace, self._batch, self._version = workspace, batch, version
        self._waiting: dict[str, Part] = {}
        self._places: dict[str, int] = defaultdict(int)

    def add(self, parts: making.Parts) -> None:
        """What comes is of people behind all who came before."""
        for name, part in parts.items():
            if part.bits:
                self._waiting[name] = merged(self._waiting[name], part) if name in self._waiting else part
        self._write([name for name, part in self._waiting.items() if part.values and len(part) >= _LARGE])

    def end(self) -> int:
        """Writes what is left; how many columns there are."""
        self._write(list(self._waiting))
        return len(self._places)

    def _write(self, some: list[str]) -> None:
        for name in some:
            parts = split(self._waiting.pop(name))
            storing.write(self._workspace, self._batch, 0, self._version, {name: parts}, place=self._places[name])
            self._places[name] += len(parts)
