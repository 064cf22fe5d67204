"""What the style asks of every file: size, names, an opening sentence."""

import ast
from pathlib import Path

from tests.architecture.test_floors import SOURCES, modules, name_of, parsed

LONGEST_FILE = 450  # lines; about 400 is the aim
LONGEST_FUNCTION = 60  # lines; about 40 is the aim
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
# Made by Django's rules, with nothing to say.
SILENT = {"apps.py"}


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in modules()}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    lengths = {
        f"{name_of(path)}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_names_say_what_is_in_them() -> None:
    named = {part.removesuffix(".py") for path in modules() for part in path.relative_to(SOURCES).parts}
    assert named & FORBIDDEN == set()


def test_modules_open_with_what_they_are_for() -> None:
    found = [path for path in modules() if path.name not in SILENT and parsed(path).body]
    assert [name_of(path) for path in found if not ast.get_docstring(parsed(path))] == []


def test_tests_are_short_too() -> None:
    tests = Path(__file__).parents[1]
    long = [str(path.relative_to(tests)) for path in tests.rglob("*.py") if len(path.read_text().splitlines()) > 600]
    assert long == []
