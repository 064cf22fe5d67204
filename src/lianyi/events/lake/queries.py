"""Reads of the lake, by DuckDB over the Parquet files that the Delta log lists."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

from lianyi.events.lake.database import connect
from lianyi.events.lake.place import place_of
from lianyi.events.lake.proof import occurrences
from lianyi.events.lake.readers import announced
from lianyi.events.lake.reading import Listed, answer, structure
from lianyi.events.lake.replay import in_order
from lianyi.events.lake.schemas import COLUMNS, Row
from lianyi.events.lake.seen import held_ids
from lianyi.events.lake.table import Table, held_in, table_at

__all__ = [
    "Listed",
    "ask",
    "batches_after",
    "count",
    "files_of",
    "held",
    "max_batch",
    "newest",
    "reading",
    "rows_of",
    "scan",
    "seen",
    "structure",
    "version",
]

_Answer = TypeVar("_Answer")
_ROW = ", ".join("encode(raw) AS raw" if name == "raw" else name for name in COLUMNS)


def max_batch(root: str, workspace: int | str) -> int:
    """The largest batch number of which the lake has a row; 0 when it is empty."""
    return max((file.last_batch for file in _table(root, workspace).snapshot().files), default=0)


def held(root: str, workspace: int | str, epoch: int) -> int:
    """The last batch that was written under this epoch of the database; 0 for none."""
    return held_in(_table(root, workspace).snapshot(), epoch)


def version(root: str, workspace: int | str) -> int:
    """The version of the Delta table, -1 where there is none yet: what a backup's manifest names."""
    return _table(root, workspace).snapshot().version


def reading(root: str, workspace: int | str) -> AbstractContextManager[None]:
    """Keeps what a local table lists from now on readable until the end."""
    return announced(place_of(root, workspace))


def files_of(root: str, workspace: int | str) -> list[str]:
    """The files of a local table as it stands, for a backup: paths below its folder, data first, then the Delta log up
    to this version. Upkeep leaves them there for an hour at least to who asks inside `reading`.
    """
    snapshot = _table(root, workspace).snapshot()
    if snapshot.version < 0:
        return []
    folder = Path(place_of(root, workspace).uri)
    log = [path for path in sorted((folder / "_delta_log").iterdir()) if _log_version(path.name) <= snapshot.version]
    return [*sorted(file.path for file in snapshot.files), *(f"_delta_log/{path.name}" for path in log)]


def _log_version(name: str) -> int:
    """The version that a file of the Delta log belongs to; one beyond all for files that only point to others."""
    digits = name.partition(".")[0]
    return int(digits) if digits.isdigit() else 1 << 62


def count(root: str, workspace: int | str) -> int:
    """How many events the lake holds."""
    return sum(file.rows for file in _table(root, workspace).snapshot().files)


def seen(root: str, workspace: int | str, ids: Sequence[bytes]) -> set[bytes]:
    """Which of the event ids the lake holds. Ask for many at once: each data file is looked at once a call."""
    table = _table(root, workspace)
    return answer(table, lambda listed: held_ids(table.place, listed.files, ids)) if len(ids) else set()


def newest(
    root: str,
    workspace: int | str,
    identities: Sequence[int],
    *,
    limit: int,
    before: tuple[int, int, int] | None = None,
) -> list[Row]:
    """The newest rows of these identities, the newest first; at most `limit`, which is 1 or more.

    `before` is (occurred_at, batch, position) of the last row of the page that came before this one.
    """
    table = _table(root, workspace)
    wanted = sorted({int(identity) for identity in identities})
    condition = f"identity IN ({', '.join(map(str, wanted))})"
    if before is not None:
        condition += " AND (occurred_at, batch, position) < ({}, {}, {})".format(*map(int, before))

    def ask(listed: Listed) -> list[Row]:
        near = [
            file for file in listed.files if any(file.first_identity <= one <= file.last_identity for one in wanted)
        ]
        if not near:
            return []
        rows = connect().execute(
            f"SELECT {_ROW} FROM {listed.relation(near)} WHERE {condition}"
            f" ORDER BY occurred_at DESC, batch DESC, position DESC LIMIT {int(limit)}"
        )
        return [Row(*row) for row in rows.fetchall()]

    return answer(table, ask) if wanted else []


def rows_of(root: str, workspace: int | str, identities: Sequence[int]) -> Iterator[Row]:
    """Every row of these identities, the newest first, a page at a time."""
    before: tuple[int, int, int] | None = None
    while page := newest(root, workspace, identities, limit=1_000, before=before):
        yield from page
        before = (page[-1].occurred_at, page[-1].batch, page[-1].position)


def batches_after(root: str, workspace: int | str, number: int) -> Iterator[tuple[int, list[Row]]]:
    """Every batch beyond `number` that has rows, in order, with its rows in order of position. Memory is
    bounded.
    """
    return in_order(_table(root, workspace), number)


def ask(root: str, workspace: int | str, question: Callable[[Listed, Any], _Answer]) -> _Answer:
    """What `question` makes of the lake's files and a connection to DuckDB. It is put again when files that
    were merged into others have been deleted meanwhile.
    """
    return answer(_table(root, workspace), lambda listed: question(listed, connect()))


def scan(root: str, workspace: int | str, needles: Sequence[bytes]) -> dict[bytes, int]:
    """How often each needle stands in anything that the lake has on disk, decompressed; see `proof`. Reads it
    all.
    """
    return occurrences(place_of(root, workspace), needles)


def _table(root: str, workspace: int | str) -> Table:
    return table_at(place_of(root, workspace))
