"""PostgreSQL alone dies and comes back without its last commits, while the pipeline's process lives on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.assembly.postgres.conftest import postmaster_of
from tests.conftest import Installation

LATE = "wal_writer_delay = '10s'\nwal_writer_flush_after = '1GB'\n"  # commits that do not wait are lost
ROOT = Path(__file__).parents[2]


def test_a_process_that_outlives_its_database_forgets_what_that_has_lost(installation: Installation) -> None:
    with (installation.server.places.data / "postgresql.auto.conf").open("a") as settings:
        settings.write(LATE)
    os.kill(postmaster_of(installation.server), signal.SIGHUP)
    environment = {
        **installation.variables,
        "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.lost"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["before"] == told["kept"] < told["reached"]  # the commit was lost: else this asks nothing
    assert told["engagement"] == {"a": 20, "b": 20}
    assert told["different"] == {"identity": [], "profiles": [], "columns": [], "scoring": []}
