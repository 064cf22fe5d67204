"""Tests that need a Debian package say so when it is missing, and CI does not let them off."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

@pytest.mark.needs("no-such-package")
@pytest.mark.parametrize("number", [1, 2])
def test_it(number): ...

@pytest.mark.needs("another-missing-one")
def test_that(): ...

@pytest.mark.needs("bash")
def test_this(): ...
"""


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--no-skips",), 1)])
@pytest.mark.parametrize("spread", [(), ("-n", "1")])
def test_missing_packages_are_named_with_their_counts(
    tmp_path: Path, arguments: tuple[str, ...], code: int, spread: tuple[str, ...]
) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.plugins.needs",
            "-p",
            "no:cacheprovider",
            "-q",
            *arguments,
            *spread,
        ],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout
    assert re.findall(r"^.*make system.*$", done.stdout, re.MULTILINE) == [
        "1 test was skipped: the Debian package another-missing-one is missing (make system).",
        "2 tests were skipped: the Debian package no-such-package is missing (make system).",
    ]
    assert re.search(r"^1 passed, 3 skipped in ", done.stdout, re.MULTILINE)
    assert ("Skipped tests fail this run" in done.stdout) == (code == 1)
