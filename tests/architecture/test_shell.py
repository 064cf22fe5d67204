"""The Makefile lists its verbs, and each is there; scripts can be parsed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERBS = ["bench", "crash", "demo", "slow", "system", "test", "up"]


def test_make_alone_lists_the_verbs_with_one_line_each() -> None:
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = re.findall(r"^  make (\w+) +\S.*$", done.stdout, re.MULTILINE)
    assert set(VERBS) <= set(listed)
    assert len(listed) == len(done.stdout.splitlines())


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("exit 1", "Lianyi needs Python 3.11, which is missing: apt-get install python3.11\n"),
        ('case "$2" in *ensurepip*) exit 1;; esac', "Python's venv is missing: apt-get install python3-venv\n"),
    ],
)
def test_what_the_machine_lacks_is_named_in_one_sentence(tmp_path: Path, python: str, words: str) -> None:
    for name in ("python3", "python3.11"):
        place = tmp_path / "bin" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"#!/bin/sh\n{python}\n")
        place.chmod(0o755)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    makefile = (ROOT / "Makefile").read_text().replace("/usr/bin/python3.11", "python3.11")
    (tmp_path / "Makefile").write_text(makefile)
    done = subprocess.run(
        ["make", "--silent", "install"],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(words)
    assert not (tmp_path / ".venv").exists()


def test_the_check_of_a_change_is_a_sound_script() -> None:
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True).returncode == 0


def test_the_packages_that_tests_need_are_listed() -> None:
    listed = {line for line in (ROOT / "debian.txt").read_text().splitlines() if not line.startswith("#")}
    named = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name == "test_needs.py":
            continue  # it tests the mark itself, with packages that nobody has
        named |= set(re.findall(r'mark\.needs\("([a-z0-9.+-]+)"\)', path.read_text()))
    assert named <= listed
