"""The import order is the data flow: import-linter's contracts in pyproject.toml, and what they cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src" / "lianyi"
ROOT = SOURCES.parents[1]


def modules() -> list[Path]:
    """Every module of ours but migrations."""
    return sorted(path for path in SOURCES.rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCES.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported, however deep in a function; those for type checkers only are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imports(node)


def test_packages_import_lower_floors_only() -> None:
    """In a process of its own: import-linter switches off the loggers of the process it runs in."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_models_stay_in_their_room() -> None:
    """Others import actions, queries and schemas; only a foreign key needs the class, in `models`."""
    found = []
    for path in modules():
        module = name_of(path)
        room = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for name in imports(parsed(path)):
            theirs = name.startswith("lianyi.") and name.endswith(".models")
            if theirs and path.name != "models.py" and not room.startswith(name.removesuffix(".models")):
                found.append(f"{module} imports {name}")
    assert found == []


def test_no_signals_and_no_models_by_name() -> None:
    """What happens when a row is written is written where the row is."""
    signals = ("django.dispatch", "django.db.models.signals")
    assert [
        name_of(path) for path in modules() if any(name.startswith(signals) for name in imports(parsed(path)))
    ] == []
    assert [name_of(path) for path in modules() if "get_model(" in path.read_text()] == []
