"""What docs/how-to says to type is typed, in one running installation, and gives what is said there.

A page is in Chinese, then in English behind a line; both have the same blocks but for comments, so one is typed.

In a page, a block with a file's name (```csv customers.csv) is that file; `sh` is run, and fails with its first command
that fails; a `text` or `json` block behind it is what it prints last, where `…` stands for anything; `sql` is what a
database's owner runs. Variables that are exported stay for the page.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.audience.worth.cdnow import public_file
from tests.conftest import FAST, variables_of
from tests.program import WITHIN, Up

from lianyi.assembly.postgres import EmbeddedPostgres
from lianyi.assembly.postgres.cluster import admin

DOCS = Path(__file__).parents[2] / "docs" / "how-to"
PAGES = [
    "import",
    "sdk",
    "website",
    "segments",
    "scores",
    "handover",
    "funnel",
    "codes",
    "forms",
    "links",
    "wechat",
    "campaigns",
    "pages",
    "gatherings",
    "surveys",
    "api",
    "erase",
    "back-up",
    "mail",
    "webhooks",
]
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r" +# [^\n]*")
_CODE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_ADDRESS = "lianyi_brand:SECRET@db.example.com:5432/lianyi_brand"


class Reader:
    """Somebody who types a page into a shell."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder = folder
        program = folder / "bin" / "lianyi"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m lianyi.assembly.main "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}:{os.environ['PATH']}"
        self._variables = {**variables_of(home), "LIANYI_BIND": "127.0.0.1:0", "PATH": path}

    def type_page(self, text: str, run_sql: Callable[[str], None] | None = None) -> int:
        """How many blocks of commands there were."""
        exports, printed, count = "", "", 0
        for language, name, block in _BLOCK.findall(text):
            if name:
                (self._folder / name).write_text(block)
            elif language == "sh":
                printed = self._run(exports + block)
                exports += "".join(f"{line}\n" for line in block.splitlines() if line.startswith("export "))
                count += 1
            elif language == "sql" and run_sql is not None:
                run_sql(block)
            elif language in ("text", "json"):
                expected = ".*".join(map(re.escape, block.strip().split("…")))
                assert re.search(f"^{expected}$", printed.strip() + "\n", re.MULTILINE), printed
        return count

    def _run(self, commands: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self._folder,
            env=self._variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=WITHIN,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def languages(name: str) -> tuple[str, str]:
    """A page in Chinese and in English."""
    chinese, english = (DOCS / f"{name}.md").read_text().split("\n---\n")
    return chinese, english


def page(name: str) -> str:
    """A page as the reader of its first language has it."""
    return languages(name)[0]


def test_every_page_is_typed_somewhere() -> None:
    assert {path.stem for path in DOCS.glob("*.md")} == {*PAGES, "predict", "existing-postgresql", "production"}


@pytest.mark.parametrize("name", sorted(path.stem for path in DOCS.glob("*.md")))
def test_both_languages_say_the_same(name: str) -> None:
    chinese, english = languages(name)
    assert [_COMMENT.sub("", block) for block in _CODE.findall(chinese)] == [
        _COMMENT.sub("", block) for block in _CODE.findall(english)
    ]
    assert outline(chinese) == outline(english)
    title = re.search(r"^# (.+)$", english, re.MULTILINE)
    assert title is not None
    anchor = re.sub(r"[^\w\s-]", "", title[1].lower()).replace(" ", "-")
    assert f"\n[English below](#{anchor})\n" in chinese


def outline(text: str) -> tuple[list[str], list[int], list[str]]:
    """The levels of its headings, how many rows its tables have, and what is written as code in their first cells."""
    bare = _CODE.sub("", text)
    rows = re.findall(r"^\|(?!-)(.+?)\|", bare, re.MULTILINE)
    tables = [part.count("\n") for part in re.findall(r"(?:^\|.*\n)+", bare, re.MULTILINE)]
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    return re.findall(r"^(#+) ", bare, re.MULTILINE), tables, named


def test_the_pages_in_order(up: Callable[..., Up], stopped_home: Path, tmp_path: Path) -> None:
    up("--json").wait_until_ready()
    reader = Reader(tmp_path, stopped_home)
    assert {name: reader.type_page(page(name)) for name in PAGES} == {
        "import": 4,
        "sdk": 2,
        "website": 1,
        "segments": 2,
        "scores": 1,
        "handover": 2,
        "funnel": 2,
        "codes": 1,
        "forms": 2,
        "links": 3,
        "wechat": 3,
        "campaigns": 2,
        "pages": 2,
        "gatherings": 3,
        "surveys": 1,
        "erase": 2,
        "back-up": 5,
        "mail": 2,
        "api": 3,
        "webhooks": 4,
    }


def test_what_is_foreseen_by_public_data(up: Callable[..., Up], stopped_home: Path, tmp_path: Path) -> None:
    cdnow = public_file("CDNOW_sample.txt").resolve()  # the page is typed in a folder of its own
    up("--json").wait_until_ready()
    reader = Reader(tmp_path, stopped_home)
    assert reader.type_page(f"```sh\nexport CDNOW={cdnow}\n```\n{page('predict')}") == 6


@pytest.fixture
def theirs(empty_home: Path, new_home: Callable[[Path], Path]) -> Iterator[EmbeddedPostgres]:
    """A server that Lianyi did not start."""
    with EmbeddedPostgres(new_home(empty_home / "theirs"), settings=FAST) as server:
        yield server


def test_an_existing_server(theirs: EmbeddedPostgres, tmp_path: Path) -> None:
    sockets = theirs.places.sockets

    def run_sql(text: str) -> None:
        with admin(sockets) as connection:
            for statement in text.split(";\n"):
                if statement.strip():
                    connection.execute(statement.strip().rstrip(";").encode())

    text = page("existing-postgresql")
    assert _ADDRESS in text
    there = text.replace(_ADDRESS, f"lianyi_brand@/lianyi_brand?host={sockets}")
    assert Reader(tmp_path, tmp_path / "var").type_page(there, run_sql) == 1
    with admin(sockets, "lianyi_brand") as connection:
        assert connection.execute("SELECT count(*) FROM workspace").fetchone() == (1,)
