"""Writers killed at any point, and writers that race: every batch is in the lake once."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.events.lake.making import held_rows, random_batches, rows_of

from lianyi.events.lake import queries

BATCHES = 60
KILLS = 4

# Writes batch after batch, each cursor move after its commit, and merges in between; goes on where the cursor stands.
WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.events.lake.making import random_batches, write
from lianyi.events.lake import queries
from lianyi.events.lake.actions import compact
from lianyi.events.lake.schemas import Overtaken
root, cursor, fence = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
batches = random_batches(60, seed=1)
while (done := int(cursor.read_text() or 0) if cursor.exists() else 0) < len(batches):
    held = write(root, 1, batches[done : done + 2], epoch=1, fence=fence)
    try:
        compact(root, 1, within=timedelta(seconds=0.05))
    except Overtaken:
        pass
    fresh = cursor.with_suffix(f".{fence}")
    fresh.write_text(str(held))
    fresh.rename(cursor)
"""


def writer(root: Path, fence: int, *, cursor: str = "cursor") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(root / "lake"), str(root / cursor), str(fence)]
    return subprocess.Popen(command, env={"PYTHONPATH": ":".join(path for path in sys.path if path)})


@pytest.mark.crash
def test_a_writer_killed_at_random_points_leaves_every_batch_once(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # shown when the test fails
    rng = random.Random(seed)
    for fence in range(1, KILLS + 1):
        before = queries.version(str(tmp_path / "lake"), 1)
        running = writer(tmp_path, fence)
        while queries.version(str(tmp_path / "lake"), 1) == before and running.poll() is None:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.4))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert writer(tmp_path, KILLS + 1).wait() == 0
    expected = random_batches(BATCHES, seed=1)
    assert held_rows(str(tmp_path / "lake")) == rows_of(expected)
    assert queries.held(str(tmp_path / "lake"), 1, 1) == BATCHES


@pytest.mark.crash
def test_two_writers_that_race_write_every_batch_once(tmp_path: Path) -> None:
    both = [writer(tmp_path, 1, cursor="a"), writer(tmp_path, 1, cursor="b")]
    assert [running.wait(timeout=300) for running in both] == [0, 0]
    assert held_rows(str(tmp_path / "lake")) == rows_of(random_batches(BATCHES, seed=1))
