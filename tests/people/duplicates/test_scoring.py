"""The engine: what it may use, and what it leaves behind."""

import tempfile
from pathlib import Path

import pytest

from lianyi.people.duplicates.scoring import engine, overflow_folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_an_engine_fetches_nothing_and_leaves_nothing(temporary: Path) -> None:
    with engine() as con:
        names = ["threads", "memory_limit", "autoinstall_known_extensions", "autoload_known_extensions"]
        settings = dict(
            con.execute("SELECT name, value FROM duckdb_settings() WHERE list_contains(?, name)", [names]).fetchall()
        )
        assert len(list(temporary.iterdir())) == 1
    assert settings == {
        "threads": "2",
        "memory_limit": "953.6 MiB",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    assert list(temporary.iterdir()) == []


def test_a_killed_search_s_folder_is_removed_by_the_next_one_and_a_living_one_s_is_not(temporary: Path) -> None:
    left = temporary / "lianyi-duplicates-left"
    left.mkdir()
    (left / "held").touch()
    (left / "pages").mkdir()
    (left / "pages" / "block.tmp").write_bytes(b"Annika Lindqvist")
    with overflow_folder() as living:
        assert not left.exists()
        with overflow_folder() as other:
            assert living.exists()
            assert other != living
