"""Writes to columns, in the transaction of whoever knows that something changed: a batch, an erasure, a member.

Whoever writes holds the workspace's projection still: the pipeline does, and `profiles.persons.members.hold_still`.
"""

from collections.abc import Iterable, Mapping

from pyroaring import BitMap

from lianyi.people.columns import storing
from lianyi.people.columns.column import Column, differing
from lianyi.people.columns.parts import Part, merged_all
from lianyi.people.columns.shelf import SHELF

MOST_RUNS = 16  # of a column, until some are made one
_AT_LEAST = 8  # of them
_BASE_SHARE = 8  # what came since is put into the whole when it is an eighth of it


def put(workspace: int, batch: int, parts: Mapping[str, Part]) -> int:
    """Writes what changed of columns, each a part with who has a value now and who has none any more; the version of
    that. `batch` is the one that changed it, or the last before.
    """
    changed = {name: part for name, part in parts.items() if len(part)}
    before, version = storing.begin(workspace)
    if changed:
        _fold_long(workspace, list(changed), before)
        storing.write(workspace, batch, before, version, {name: [part] for name, part in changed.items()})
    SHELF.note(workspace, before, version, changed)
    return version


def put_differing(workspace: int, batch: int, parts: Mapping[str, tuple[Part, BitMap]]) -> int | None:
    """Writes what differs from what columns say, each given with all that is known now of the people who are looked at;
    None where nothing does.
    """
    version, _ = storing.version_of(workspace)
    columns = SHELF.columns(workspace, parts, version)
    changed = {name: differing(columns[name], now, asked) for name, (now, asked) in parts.items()}
    if not any(map(len, changed.values())):
        return None
    return put(workspace, batch, changed)


def fold(workspace: int, column: str) -> bool:
    """Makes one run of many where that is worth it; False when it is not. Nothing reads differently afterwards."""
    sizes = storing.sizes(workspace, [column]).get(column, [])
    last = _how_far(sizes)
    if last == 0:
        return False
    newest, oldest = sizes[0], sizes[last]
    whole = last == len(sizes) - 1
    runs = [run for run in storing.runs(workspace, [column], after=oldest.version - 1) if run.version <= newest.version]
    if whole:
        first = [run.part for run in runs if run.version == oldest.version]
        made = Column.of(first).with_runs([run.part for run in runs[len(first) :]])
        storing.replace(workspace, column, newest, oldest._replace(since=0), made.whole())
        return True
    storing.replace(workspace, column, newest, oldest, [merged_all([run.part for run in runs])])
    return True


def forget(workspace: int, columns: Iterable[str] | None = None) -> None:
    """Drops columns, or all of them with how far they are."""
    if columns is None:
        storing.drop_state(workspace)
    storing.drop(workspace, columns)
    SHELF.forget(workspace)


def _fold_long(workspace: int, names: list[str], version: int) -> None:
    """Those of the columns that are in many runs."""
    for name, column in SHELF.columns(workspace, names, version).items():
        if column is not None and column.runs >= MOST_RUNS and fold(workspace, name):
            SHELF.folded(workspace, name, len(storing.sizes(workspace, [name])[name]))


def _how_far(sizes: list[storing.Size]) -> int:
    """The place of the oldest run, newest first, that is to be made one with all newer ones: small ones often, large
    ones seldom, so that a change is written a few times and not with each that follows.
    """
    people = 0
    for place, size in enumerate(sizes):
        is_last = place == len(sizes) - 1
        wanted = people * _BASE_SHARE >= size.people if is_last else place < _AT_LEAST or size.people <= 2 * people
        if place and not wanted:
            return place - 1
        people += size.people
    return len(sizes) - 1 if sizes else 0
