"""The program as it is installed: what it answers without an installation, and how fast."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import variables_of
from tests.program import lianyi

from lianyi.assembly.main import VERBS_HERE
from lianyi.cli.registry import VERBS

HEAVY = {"django", "duckdb", "deltalake", "pyarrow", "numpy", "pandas", "psycopg", "rich", "granian", "structlog"}


def test_help_names_every_verb(tmp_path: Path) -> None:
    done = lianyi(tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name in [*VERBS, *VERBS_HERE]:
        assert f"\n  {name} " in done.stdout


def test_help_speaks_chinese(tmp_path: Path) -> None:
    said = lianyi(tmp_path, "--help", LANGUAGE="zh_CN").stdout
    assert "\n  up            启动全部进程，留在前台，直到 Ctrl-C 或 SIGTERM。\n" in said
    whole = " ".join(lianyi(tmp_path, "people", "erase", "--help", LANGUAGE="zh_CN").stdout.split())
    assert "永久删除一位客户，并显示每处存储删去了多少。无法恢复。" in whole


@pytest.mark.parametrize("arguments", [(), ("7",), ("--split", "7")])
def test_taking_back_names_a_merge_or_identities(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    wrong = lianyi(tmp_path, "people", "unmerge", *arguments)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Name a merge by --merge, or a person and some of its identities by --split." in wrong.stderr


def test_a_missing_backup_is_named(tmp_path: Path) -> None:
    missing = lianyi(tmp_path / "home", "restore", str(tmp_path / "nothing.tar"))
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == f"There is no file {tmp_path}/nothing.tar.\n"
    assert not (tmp_path / "home").exists()


def test_an_argument_that_is_no_text_is_wrong_usage(home: Path) -> None:
    found = lianyi(home, "people", "find", "\udc80")
    assert (found.returncode, found.stdout, found.stderr) == (2, "", "An argument is no text in UTF-8.\n")


@pytest.mark.parametrize("name", [*VERBS, *VERBS_HERE])
def test_every_verb_has_help(tmp_path: Path, name: str) -> None:
    done = lianyi(tmp_path, name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: lianyi {name} ")


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """Speed by construction: the clock of a busy machine proves nothing."""
    script = (
        "import sys; sys.argv = ['lianyi', '--help']\n"
        "from lianyi.assembly.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted({HEAVY} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], env=variables_of(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_version(tmp_path: Path) -> None:
    done = lianyi(tmp_path, "version", "--json")
    assert done.returncode == 0
    said = json.loads(done.stdout)
    assert set(said) == {"lianyi", "python", "postgres"}
    assert said["python"].startswith("3.11.")


def test_down_where_nothing_runs_is_no_error(tmp_path: Path) -> None:
    done = lianyi(tmp_path, "down")
    assert (done.returncode, done.stdout) == (0, f"Nothing runs in {tmp_path}.\n")


def test_a_variable_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    done = lianyi(tmp_path, "doctor", LIANYI_MIN_FREE="plenty")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "LIANYI_MIN_FREE is 'plenty', which is no size. Write e.g. 512 MB.\n"


def test_db_upgrade_refuses_a_server_that_is_not_ours(tmp_path: Path) -> None:
    done = lianyi(tmp_path, "db", "upgrade", DATABASE_URL="postgres://somebody@127.0.0.1:1/theirs")
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL names a server of yours, which Lianyi does not upgrade.")


def test_an_outage_is_broken_and_its_traceback_is_kept(tmp_path: Path) -> None:
    done = lianyi(tmp_path, "sign-in", DATABASE_URL="postgres://nobody:hidden@127.0.0.1:1/nothing")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("Broken: The database does not answer: ")
    assert "hidden" not in done.stderr
    assert "Traceback" in (tmp_path / "logs" / "cli.log").read_text()
    assert (tmp_path / "logs" / "cli.log").stat().st_mode & 0o777 == 0o600
