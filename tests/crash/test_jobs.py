"""`kill -9` of the worker at random points while it imports a file and tags those who came by it: every row and every
person exactly once afterwards.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import variables_of
from tests.killing import kill
from tests.program import Up, command_line, lianyi

from lianyi.events.lake import queries as lake

ROWS = 60_000
KILLS = 4
WITHIN = 120.0  # seconds
ACTING = """
import sys, django
django.setup()
from pathlib import Path
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Role
from lianyi.foundation.workspaces.queries import workspace_by_slug
from lianyi.kernel.clock import system_clock
from lianyi.people.imports.uploads import actions, keeping, queries
from lianyi.people.profiles.bulk.actions import begin_tagging
from lianyi.people.profiles.bulk.queries import tagging
from lianyi.people.profiles.schemas import Wanted
from lianyi.people.profiles.tags.facts import Dimension
workspace, now = workspace_by_slug(None), system_clock()
with acting_as(Actor("member:1", workspace.pk, ABILITIES[Role.OWNER])):
    match sys.argv[1:]:
        case ["import", file]:
            part = keeping.uploads_folder() / "given.part"
            part.write_bytes(Path(file).read_bytes())
            upload = actions.take_upload(workspace, part, "people.csv", "en", now)
            actions.start(workspace, upload.id, now, dry=False)
            print(upload.id)
        case ["imported", number]:
            upload = queries.upload_of(workspace.pk, int(number))
            counts = upload.result
            print(upload.state, *((counts.rows, counts.new, counts.refused) if counts else ()))
        case ["tag"]:
            print(begin_tagging(workspace.pk, Wanted(), Dimension.STATE, "t", now, taking=False))
        case ["tagged", number]:
            task = tagging(workspace.pk, int(number))
            print(task.finished, task.done)
"""


def act(home: Path, *arguments: str) -> list[str]:
    """What a member does, again and again until the database is there."""
    environment = {**variables_of(home), "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings"}
    until = time.monotonic() + WITHIN
    while True:
        done = subprocess.run(
            [sys.executable, "-c", ACTING, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return done.stdout.split()
        assert time.monotonic() < until, done.stderr
        time.sleep(0.5)


def finished(home: Path, *question: str) -> list[str]:
    """The answer once it says that all is done."""
    until = time.monotonic() + WITHIN
    while (said := act(home, *question))[0] not in ("done", "True"):
        assert said[0] in ("running", "False"), said
        assert time.monotonic() < until, said
        time.sleep(0.5)
    return said


def kill_worker(running: Up, rnd: random.Random) -> None:
    """Several times; it takes a while until the next one has begun."""
    for _ in range(KILLS):
        time.sleep(rnd.uniform(0.5, 3.0))
        kill(pid for pid in running.pids() if "lianyi.assembly.worker" in command_line(pid))


@pytest.mark.crash
def test_an_import_and_a_tag_for_all_are_done_exactly_once(
    up: Callable[..., Up], stopped_home: Path, tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # shown when the test fails
    rnd = random.Random(seed)
    running = up("--json").wait_until_ready()
    file = tmp_path / "people.csv"
    lines = (f"{13571350000 + place},{'n' * 200}{place}\n" for place in range(ROWS))
    file.write_text("phone,name\n" + "".join(lines), encoding="utf-8")
    (upload,) = act(stopped_home, "import", str(file))
    kill_worker(running, rnd)
    assert finished(stopped_home, "imported", upload) == ["done", str(ROWS), str(ROWS), "0"]
    drained = lianyi(stopped_home, "drain", "--timeout", "90", "--json")
    assert json.loads(drained.stdout) == {"drained": True}, drained.stderr

    (task,) = act(stopped_home, "tag")
    kill_worker(running, rnd)
    assert finished(stopped_home, "tagged", task) == ["True", str(ROWS)]
    drained = lianyi(stopped_home, "drain", "--timeout", "90", "--json")
    assert json.loads(drained.stdout) == {"drained": True}, drained.stderr
    rows = [row for _, rows in lake.batches_after(str(stopped_home / "lake"), 1, 0) for row in rows]
    assert Counter(row.name for row in rows) == {"person.identified": ROWS, "tag.added": ROWS}
    assert len({row.identity for row in rows if row.name == "tag.added"}) == ROWS
    assert running.stop() == 0
