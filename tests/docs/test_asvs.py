"""The table of the ASVS names every requirement of levels 1 and 2 once, and files and tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text()
# The requirements of levels 1 and 2 in version 5.0.0, by their sections.
REQUIRED = {
    "1.1": [1, 2],
    "1.2": [1, 2, 3, 4, 5, 6, 7, 8, 9],
    "1.3": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    "1.4": [1, 2, 3],
    "1.5": [1, 2],
    "2.1": [1, 2, 3],
    "2.2": [1, 2, 3],
    "2.3": [1, 2, 3, 4],
    "2.4": [1],
    "3.2": [1, 2],
    "3.3": [1, 2, 3, 4],
    "3.4": [1, 2, 3, 4, 5, 6],
    "3.5": [1, 2, 3, 4, 5],
    "3.7": [1, 2],
    "4.1": [1, 2, 3],
    "4.2": [1],
    "4.3": [1, 2],
    "4.4": [1, 2, 3, 4],
    "5.1": [1],
    "5.2": [1, 2, 3],
    "5.3": [1, 2],
    "5.4": [1, 2, 3],
    "6.1": [1, 2, 3],
    "6.2": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    "6.3": [1, 2, 3, 4],
    "6.4": [1, 2, 3, 4],
    "6.5": [1, 2, 3, 4, 5],
    "6.6": [1, 2, 3],
    "6.8": [1, 2, 3, 4],
    "7.1": [1, 2, 3],
    "7.2": [1, 2, 3, 4],
    "7.3": [1, 2],
    "7.4": [1, 2, 3, 4, 5],
    "7.5": [1, 2],
    "7.6": [1, 2],
    "8.1": [1, 2],
    "8.2": [1, 2, 3],
    "8.3": [1],
    "8.4": [1],
    "9.1": [1, 2, 3],
    "9.2": [1, 2, 3, 4],
    "10.1": [1, 2],
    "10.2": [1, 2],
    "10.3": [1, 2, 3, 4],
    "10.4": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    "10.5": [1, 2, 3, 4, 5],
    "10.6": [1, 2],
    "10.7": [1, 2, 3],
    "11.1": [1, 2],
    "11.2": [1, 2, 3],
    "11.3": [1, 2, 3],
    "11.4": [1, 2, 3, 4],
    "11.5": [1],
    "11.6": [1],
    "12.1": [1, 2, 3],
    "12.2": [1, 2],
    "12.3": [1, 2, 3, 4],
    "13.1": [1],
    "13.2": [1, 2, 3, 4, 5],
    "13.3": [1, 2],
    "13.4": [1, 2, 3, 4, 5],
    "14.1": [1, 2],
    "14.2": [1, 2, 3, 4],
    "14.3": [1, 2, 3],
    "15.1": [1, 2, 3],
    "15.2": [1, 2, 3],
    "15.3": [1, 2, 3, 4, 5, 6, 7],
    "16.1": [1],
    "16.2": [1, 2, 3, 4, 5],
    "16.3": [1, 2, 3, 4],
    "16.4": [1, 2, 3],
    "16.5": [1, 2, 3],
    "17.1": [1],
    "17.2": [1, 2, 3, 4],
    "17.3": [1, 2],
}
_ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (\S.*?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([^`]+)`")
STATES = {"met", "**in part**", "**not met**"}


def rows() -> dict[str, tuple[str, str, str]]:
    """State, where, and tests, by requirement."""
    found = _ROW.findall(PAGE)
    by_number = {number: (state, where, tests) for number, _, state, _, where, tests in found}
    assert len(by_number) == len(found)
    return by_number


def without() -> list[str]:
    """The requirements that have no object here."""
    return re.findall(r"\d+\.\d+\.\d+", PAGE.rpartition("## Without an object here")[2])


def test_every_requirement_is_named_once() -> None:
    wanted = [f"{section}.{number}" for section, numbers in REQUIRED.items() for number in numbers]
    assert len(wanted) == 253
    assert sorted([*rows(), *without()]) == sorted(wanted)


def test_the_count_at_the_head_is_right() -> None:
    states = [state for state, _, _ in rows().values()]
    assert set(states) == STATES
    counts = [states.count(state) for state in ("met", "**in part**", "**not met**")]
    assert re.search(
        r"Of (\d+) requirements (\d+) are met, (\d+) in part, (\d+) are not, and (\d+) have", PAGE
    ).groups() == (  # type: ignore[union-attr]
        *map(str, (253, *counts, len(without()))),
    )


def test_what_is_met_says_where_and_names_a_test() -> None:
    for number, (state, where, tests) in rows().items():
        if state == "met":
            assert _NAMED.findall(where), number
            assert _NAMED.findall(tests), number


def test_every_named_file_and_test_exists() -> None:
    missing = []
    for number, (_, where, tests) in rows().items():
        for place in _NAMED.findall(where):
            if not (ROOT / place).exists():
                missing.append((number, place))
        for test in _NAMED.findall(tests):
            path, _, name = test.partition("::")
            if not (ROOT / path).exists() or (name and name not in functions(ROOT / path)):
                missing.append((number, test))
    assert missing == []


def functions(path: Path) -> set[str]:
    """The functions of a module."""
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
