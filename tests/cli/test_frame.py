"""Verbs in their frame: the common options, the streams, the exit codes. The verbs here are made for the test."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command

from lianyi.cli.exits import PARTLY, run
from lianyi.cli.frame import Call, Place, single, verb, verbs
from lianyi.cli.root import Root
from lianyi.kernel.errors import Broken, Refused


class Nowhere:
    """An installation that is not there: these verbs need none."""

    address = "http://localhost:8620"
    place: Place

    def open(self) -> AbstractContextManager[None]:
        return nullcontext()

    def wash(self) -> int:
        return 0


def program(function: Callable[..., int | None]) -> Any:
    app = single()
    verb(app, "it")(function)
    return get_command(app)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "cli.log"


def call(command: Any, log: Path, *arguments: str) -> int:
    return run(command, arguments, Nowhere(), lambda: log)


def test_every_verb_takes_a_workspace_and_json(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def greet(call: Call, name: str, *, loud: Annotated[bool, typer.Option("--loud")] = False) -> None:
        """Greets."""
        call.note("working")
        call.show({"name": name, "loud": loud, "workspace": call.slug}, f"Hello {name}")

    assert call(program(greet), log, "Ada", "--loud", "--workspace", "shop", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"name": "Ada", "loud": True, "workspace": "shop"}
    assert err == "working\n"
    assert call(program(greet), log, "Ada") == 0
    assert capsys.readouterr().out == "Hello Ada\n"


def test_rows_are_ndjson_or_a_table(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def listing(call: Call, *, empty: Annotated[bool, typer.Option("--empty")] = False) -> None:
        rows = [] if empty else [{"a": 1, "hidden": "x"}, {"a": 2, "hidden": "y"}]
        call.rows(iter(rows), ("a",), nothing="Nothing here.")

    assert call(program(listing), log, "--json") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"a": 1, "hidden": "x"},
        {"a": 2, "hidden": "y"},
    ]
    assert call(program(listing), log) == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == ["a", "1", "2"]
    assert call(program(listing), log, "--empty") == 0
    assert capsys.readouterr().err == "Nothing here.\n"
    assert call(program(listing), log, "--empty", "--json") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Refused("x.y", "It is closed.", "Come back at nine."), 1, "It is closed. Come back at nine.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (typer.Exit(3), 3, ""),
    ],
)
def test_exit_codes_of_errors(
    log: Path, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, words: str
) -> None:
    def fail(call: Call) -> None:
        raise error

    assert call(program(fail), log) == code
    assert capsys.readouterr() == ("", words)
    assert not log.exists()


@pytest.mark.parametrize("error", [Broken("The disk is gone."), ValueError("The disk is gone.\nsecond line")])
def test_what_is_broken_leaves_its_traceback_in_the_log(
    log: Path, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fail(call: Call) -> None:
        raise error

    assert call(program(fail), log) == 4
    out, err = capsys.readouterr()
    name = "" if isinstance(error, Broken) else "ValueError: "
    assert (out, err) == ("", f"Broken: {name}The disk is gone.\nThe details are in {log}.\n")
    assert "Traceback (most recent call last)" in log.read_text()


def test_a_folder_of_another_user_is_refused(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def enter(call: Call) -> None:
        raise PermissionError(13, "Permission denied", "/srv/theirs")

    assert call(program(enter), log) == 1
    assert capsys.readouterr() == (
        "",
        "This user may not use /srv/theirs: run as its owner, or name another folder by LIANYI_HOME.\n",
    )
    assert not log.exists()


def test_partly_done(log: Path) -> None:
    def half(call: Call) -> int:
        return PARTLY

    assert call(program(half), log) == 3


@pytest.mark.parametrize("arguments", [("--nonsense",), ("--number", "abc"), ("one", "two")])
def test_wrong_usage(log: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    def count(call: Call, number: Annotated[int, typer.Option()] = 1) -> None:
        raise AssertionError

    assert call(program(count), log, *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: ")


def test_a_group_of_one_verb_still_names_it(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = verbs("Keys.")

    @verb(app, "create")
    def create(call: Call) -> None:
        call.show({"made": True})

    assert call(get_command(app), log, "create", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"made": True}
    assert call(get_command(app), log, "--json") == 2


def test_an_unknown_verb_is_wrong_usage(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(Root({"version": "lianyi.cli.version"}), log, "nonsense") == 2
    assert "No such command 'nonsense'" in capsys.readouterr().err


def test_without_a_verb_the_help_is_shown(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(Root({"version": "lianyi.cli.version"}), log) == 2
    assert "version" in capsys.readouterr().err
    assert call(Root({"version": "lianyi.cli.version"}), log, "--help") == 0
    assert "version" in capsys.readouterr().out
