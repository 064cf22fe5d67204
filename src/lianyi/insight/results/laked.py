"""What the files of the lake say of campaigns. A file never changes under its name, so this process reads each once.

Bounded memory: what was asked for longest ago is read again when it is asked for.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.conf import settings

from lianyi.events.lake import queries as lake
from lianyi.events.lake.schemas import File
from lianyi.insight.results.parts import Kind, Part, part_of
from lianyi.insight.results.steps import FOLLOWING, STEPS, UNDONE

MOST_BYTES = 256 << 20
NAMES_FOLLOWING = frozenset([UNDONE, *(name for name, step in STEPS.items() if step in FOLLOWING)])
NAMES = frozenset([UNDONE, *STEPS])
_SAID = "machine, coalesce(campaign, '') AS campaign, name, " + ", ".join(
    f"coalesce({one}, '') AS {one}" for one in ("channel", "medium", "code")
)
_WHERE = "batch <= {until} AND name IN ({names}) AND (campaign <> '' OR name IN ({following}))"
_FOUND = "SELECT DISTINCT {said} FROM {rows} WHERE {where}"
_ROWS = """
SELECT identity, moment, place
FROM (SELECT identity, {moment} AS moment, {said} FROM {rows} WHERE {where} AND name {which} '{undone}')
JOIN kinds USING ({kinds})
"""
# What says that a check-in was undone stands here at the moment of that check-in, which only its JSON tells.
_UNDONE_AT = "coalesce(TRY_CAST(TRY(json_extract_string(raw, '$.properties.came_at')) AS BIGINT), occurred_at)"


class Shelf:
    """Parts by workspace and file."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._parts: OrderedDict[tuple[int, str], Part] = OrderedDict()
        self._bytes = 0

    def get(self, workspace: int, file: File) -> Part | None:
        """The part of a file, if it is here."""
        with self._lock:
            part = self._parts.get((workspace, file.path))
            if part is not None:
                self._parts.move_to_end((workspace, file.path))
            return part

    def put(self, workspace: int, file: File, part: Part) -> None:
        """Keeps it."""
        with self._lock:
            if (workspace, file.path) not in self._parts:
                self._parts[workspace, file.path] = part
                self._bytes += part.bytes
            while self._bytes > self._most and len(self._parts) > 1:
                self._bytes -= self._parts.popitem(last=False)[1].bytes

    def keep(self, workspace: int, files: Sequence[File]) -> None:
        """Forgets what is of none of these: it was merged into others, or somebody was washed out of it."""
        there = {file.path for file in files}
        with self._lock:
            for key in [one for one in self._parts if one[0] == workspace and one[1] not in there]:
                self._bytes -= self._parts.pop(key).bytes


SHELF = Shelf()


def in_lake(workspace: int, until: int) -> list[Part]:
    """All up to a batch, in parts."""

    def question(listed: lake.Listed, duckdb: Any) -> list[Part]:
        found = []
        SHELF.keep(workspace, listed.files)
        for file in listed.files:
            if file.first_batch > until:
                continue
            part = SHELF.get(workspace, file) if file.last_batch <= until else None
            if part is None:
                part = _read(listed.relation([file]), until, duckdb)
                if file.last_batch <= until:
                    SHELF.put(workspace, file, part)
            found.append(part)
        return found

    return lake.ask(settings.ENVIRONMENT.lake, workspace, question)


def _read(rows: str, until: int, duckdb: Any) -> Part:
    names, following = (", ".join(f"'{name}'" for name in sorted(some)) for some in (NAMES, NAMES_FOLLOWING))
    where = _WHERE.format(until=until, names=names, following=following)
    kinds = [Kind(*row) for row in duckdb.execute(_FOUND.format(said=_SAID, rows=rows, where=where)).fetchall()]
    columns = {name: np.array([one[place] for one in kinds], object) for place, name in enumerate(Kind._fields)}
    columns["machine"] = columns["machine"].astype(np.bool_)
    duckdb.register("kinds", {**columns, "place": np.arange(len(kinds))})
    asked = {"said": _SAID, "rows": rows, "where": where, "kinds": ", ".join(Kind._fields), "undone": UNDONE}
    queries = [_ROWS.format(**asked, which="<>", moment="occurred_at")]
    if any(kind.name == UNDONE for kind in kinds):
        queries.append(_ROWS.format(**asked, which="=", moment=_UNDONE_AT))
    found = [duckdb.execute(query).fetchnumpy() for query in queries]
    place, who, at = (
        np.concatenate([np.asarray(one[name], np.int64) for one in found]) for name in ("place", "identity", "moment")
    )
    return part_of(kinds, place, who, at)
