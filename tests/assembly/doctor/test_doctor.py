"""`lianyi doctor` on homes that are well, new, closed, full and wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import variables_of
from tests.program import Up, lianyi

Findings = dict[str, dict[str, Any]]


def look(home: Path, code: int, **more: str) -> Findings:
    done = lianyi(home, "doctor", "--json", **more)
    assert (done.returncode, done.stderr) == (code, "")
    said = json.loads(done.stdout)
    assert said["well"] == (code == 0)
    return {finding["name"]: finding for finding in said["findings"]}


def states(findings: Findings) -> dict[str, str]:
    return {name: finding["state"] for name, finding in findings.items()}


@pytest.fixture
def used_home(stopped_home: Path) -> Path:
    """A home that a verb has worked in."""
    assert lianyi(stopped_home, "sign-in").returncode == 0
    return stopped_home


def test_a_used_home_is_well(used_home: Path) -> None:
    assert states(look(used_home, 0)) == {
        "python": "well",
        "folders": "well",
        "disk": "well",
        "sockets": "well",
        "processes": "note",
        "mail": "note",
        "database": "well",
        "extension_pg_trgm": "well",
        "extension_vector": "well",
        "pages": "note",
        "clocks": "well",
        "migrations": "well",
        "pipeline": "well",
        "dead_letters": "well",
        "lake": "well",
        "outbox": "well",
    }
    assert lianyi(used_home, "doctor").stdout.startswith("✓ python: Python 3.11.")


def test_a_running_installation_says_what_it_takes(stopped_home: Path) -> None:
    with Up.start(stopped_home, "--json") as running:
        running.wait_until_ready()
        finding = look(stopped_home, 0)["processes"]
        assert running.stop() == 0
    assert finding["state"] == "well"
    assert f"at {running.ready['url']} take " in finding["sentence"]


def test_looking_at_a_new_home_makes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "new"
    findings = look(home, 0)
    assert states(findings) == {
        "python": "well",
        "folders": "note",
        "disk": "well",
        "sockets": "well",
        "processes": "note",
        "mail": "note",
        "database": "note",
    }
    assert findings["database"]["next_step"] == "`lianyi up` makes it."
    assert not home.exists()


def test_an_empty_database_lacks_migrations_and_stays_empty(stopped_home: Path) -> None:
    for _ in range(2):
        findings = look(stopped_home, 3)
        assert findings["migrations"]["state"] == "bad"
        assert findings["migrations"]["next_step"] == "`lianyi up` applies them."
        assert "pipeline" not in findings


def test_too_little_room_is_bad(used_home: Path) -> None:
    disk = look(used_home, 3, LIANYI_MIN_FREE="900000000 GB")["disk"]
    assert disk["state"] == "bad"
    assert disk["sentence"].endswith("LIANYI_MIN_FREE is 900,000,000,000 MB: intake answers 503.")


def test_what_others_can_read_is_bad(used_home: Path) -> None:
    (used_home / "secret.key").chmod(0o644)
    folders = look(used_home, 3)["folders"]
    assert folders == {
        "name": "folders",
        "state": "bad",
        "sentence": f"Others can look into {used_home / 'secret.key'}.",
        "next_step": f"chmod go= {used_home / 'secret.key'}",
    }


def test_a_server_that_is_not_there_is_bad(empty_home: Path) -> None:
    findings = look(empty_home, 3, DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert findings["database"]["state"] == "bad"
    assert "Connection refused" in findings["database"]["sentence"]
    assert findings["database"]["next_step"] == "Check DATABASE_URL and that the server runs."


def test_the_deploy_check_is_clean_behind_tls(used_home: Path) -> None:
    behind = look(used_home, 0, LIANYI_URL="https://people.example.com")["pages"]
    assert behind["state"] == "well"
    assert look(used_home, 3, LIANYI_URL="http://people.example.com")["pages"]["state"] == "bad"


def test_what_the_deploy_check_finds_is_named(used_home: Path) -> None:
    variables = {**variables_of(used_home), "LIANYI_URL": "https://people.example.com"}
    program = (
        "import django; from django.conf import settings; django.setup(); settings.SECURE_HSTS_SECONDS = 0;"
        "from lianyi.assembly.doctor.pages import page_findings; from lianyi.assembly.environment import Environment;"
        "import os; found = page_findings(Environment.read(os.environ)); print(found.state.value, found.sentence)"
    )
    variables["DJANGO_SETTINGS_MODULE"] = "lianyi.assembly.settings"
    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("bad Django's check of a deployment complains: ")
    assert "security.W004" in done.stdout
