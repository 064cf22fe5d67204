"""A lake of millions of events for the benchmarks that ask one: written, merged meanwhile, gone when they end.

Each is built once a run of `python -m bench`, by appending the traffic of `generate` in commits of 100,000 events,
while another process of low priority merges; both are timed. It is whole once upkeep has also deleted what it replaced,
as it does by itself in an installation.
"""

import atexit
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

import numpy as np

from bench.generate import Mix, columns, people_after
from lianyi.events.lake.actions import append, compact
from lianyi.events.lake.columns import Columns
from lianyi.events.lake.place import place_of
from lianyi.events.lake.table import table_at

WORKSPACE = 1
A_COMMIT = 100_000
A_BATCH = 2_000


@dataclass(frozen=True)
class Laked:
    """A lake, and what it took to make it."""

    root: str
    mix: Mix
    events: int
    batches: int  # number of the last
    people: int
    append_cpu: float  # seconds of the writing process, the generator's left out
    merge_cpu: float  # seconds of the merging process
    merge_memory: int  # bytes of it, at most
    peak: int  # bytes of the folder, at most, while it was made

    @property
    def folder(self) -> Path:
        """The table's."""
        return Path(self.root, str(WORKSPACE), "events")

    def link_into(self, home: Path) -> None:
        """Has the lake in an installation's home too, without a copy."""
        place = home / "lake" / str(WORKSPACE) / "events"
        for path in self.folder.rglob("*"):
            if path.is_file():
                to = place / path.relative_to(self.folder)
                to.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, to)

    @property
    def bytes(self) -> int:
        """What its folder takes, the Delta log and copies of ids included."""
        return _size(self.root)


@cache
def laked(events: int, mix: Mix | None = None) -> Laked:
    """The lake of so many events of the mix, by default over 24 months, in order."""
    root = tempfile.mkdtemp(prefix="lianyi-bench-lake-")
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    mix = mix or Mix()
    done = Path(root, "done")
    append_cpu, last = 0.0, 0
    with subprocess.Popen([sys.executable, "-m", "bench.laked", root], stdout=subprocess.PIPE, text=True) as merging:
        try:
            for rows in _numbered(mix, events):
                started = time.process_time()
                last = int(rows.batch[-1])
                append(root, WORKSPACE, partial(_all, rows), last=last, epoch=1, fence=1)
                append_cpu += time.process_time() - started
        finally:
            done.touch()
        merged, _ = merging.communicate()
    if merging.returncode:
        raise RuntimeError(f"merging ended with {merging.returncode}")
    done.unlink()
    merge_cpu, merge_memory, peak = merged.split()
    people = people_after(mix, events)
    return Laked(root, mix, events, last, people, append_cpu, float(merge_cpu), int(merge_memory), int(peak))


def _numbered(mix: Mix, events: int) -> Iterator[Columns]:
    batch = 1
    for rows in columns(mix, events, a_batch=A_COMMIT):
        rows.batch = batch + np.arange(len(rows)) // A_BATCH
        batch = int(rows.batch[-1]) + 1
        yield rows


def _all(rows: Columns, held: int) -> Columns:
    assert held < rows.batch[0]
    return rows


def _size(root: str) -> int:
    size = 0
    for path in Path(root).rglob("*"):
        with suppress(FileNotFoundError):
            size += path.stat().st_blocks * 512
    return size


class _Peak:
    """The most that a folder took, looked at twice a second."""

    def __init__(self, root: str) -> None:
        self.bytes = 0
        self._root = root
        self._looked_at = 0.0

    def look(self) -> None:
        if time.monotonic() - self._looked_at >= 0.5:
            self.bytes = max(self.bytes, _size(self._root))
            self._looked_at = time.monotonic()


def merge_until_done(root: str) -> None:
    """Merges until nothing more comes, the lake is in order and what was replaced is gone; prints the CPU seconds and
    the memory it took, and how much the folder had at most.
    """
    os.nice(10)
    peak = _Peak(root)
    table = table_at(place_of(root, WORKSPACE))
    done = False
    while not done:
        ended = Path(root, "done").exists()
        in_order = compact(root, WORKSPACE, within=timedelta(seconds=30), between=peak.look)
        peak.look()
        done = ended and in_order and table.place.data_files() == table.snapshot().paths
        time.sleep(0.5)
    taken = resource.getrusage(resource.RUSAGE_SELF)
    print(time.process_time(), taken.ru_maxrss * 1024, peak.bytes)


if __name__ == "__main__":
    merge_until_done(sys.argv[1])
