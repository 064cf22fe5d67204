"""docs/reference is what the program says of itself now."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import variables_of

from lianyi.assembly import environment
from lianyi.assembly.reference.pages import PAGES
from lianyi.assembly.reference.rules import LEAVES
from lianyi.rules.nodes import Leaf, Trait
from lianyi.rules.reading import read
from lianyi.rules.values import (
    Anniversary,
    Contains,
    Dates,
    Equals,
    FromToday,
    Has,
    Known,
    OneOf,
    Range,
    StartsWith,
)

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "reference"


def test_the_pages_are_current(tmp_path: Path) -> None:
    variables = {**variables_of(tmp_path / "home"), "LANG": "zh_CN.UTF-8"}
    command = [sys.executable, "-m", "lianyi.assembly.reference", str(tmp_path)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    written = {path.stem: path.read_text() for path in tmp_path.glob("*.md")}
    assert set(written) == set(PAGES)
    for name, text in written.items():
        assert (FOLDER / f"{name}.md").read_text() == text, f"{name}.md: run make reference"


def test_every_variable_that_is_read_is_told() -> None:
    source = Path(environment.__file__).read_text()
    read = set(re.findall(r'variables(?:\.get\(|\[)"([A-Z_]+)"', source))
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (FOLDER / "settings.md").read_text(), re.MULTILINE))
    assert read == told


def test_every_verb_is_told() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "lianyi.assembly.main", "--help"],
        env={**os.environ, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=240,
    ).stdout
    verbs = re.findall(r"^  ([a-z][a-z-]+)  ", shown.partition("Commands:")[2], re.MULTILINE)
    told = re.findall(r"^## lianyi ([a-z-]+)$", (FOLDER / "cli.md").read_text(), re.MULTILINE)
    assert len(verbs) > 15
    assert told == verbs


def test_every_kind_of_leaf_and_test_is_shown() -> None:
    leaves = [read(leaf) for leaf in LEAVES]
    assert {type(leaf) for leaf in leaves} == set(Leaf.__args__)
    shown = {type(leaf.is_) for leaf in leaves if isinstance(leaf, Trait)}
    assert shown == {Known, Equals, OneOf, Contains, StartsWith, Range, Dates, FromToday, Anniversary, Has}
