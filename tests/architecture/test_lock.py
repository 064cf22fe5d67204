"""The lock holds what pyproject.toml asks for, and each file with its hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
ASKED = {
    "run": [*PROJECT["project"]["dependencies"], *GROUPS["build"]],
    "test": [*PROJECT["project"]["dependencies"], *GROUPS["build"], *GROUPS["test"]],
    "bench": [*PROJECT["project"]["dependencies"], *GROUPS["build"], *GROUPS["test"], *GROUPS["bench"]],
    "spark": [*PROJECT["project"]["dependencies"], *GROUPS["build"], *GROUPS["bench"], *GROUPS["spark"]],
    "demo": GROUPS["demo"],
    "uv": GROUPS["uv"],
}


def pins(name: str) -> dict[str, str]:
    """Package to version, by one file of the lock."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_for_is_locked(name: str) -> None:
    locked = pins(name)
    for line in ASKED[name]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), "run `make lock`"


@pytest.mark.parametrize("name", ASKED)
def test_every_pin_has_a_hash(name: str) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{name}.txt").read_text().rstrip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_sets_agree() -> None:
    everything = pins("spark")
    for name in ("run", "test", "bench"):
        assert {package: version for package, version in pins(name).items() if everything[package] != version} == {}
