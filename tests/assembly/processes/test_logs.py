"""Logs: structured, bounded, and without secrets."""

import io
import json
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from django.db import DatabaseError, connection, transaction

from lianyi.assembly.processes.logs import KEPT, bound_logs, configure_logs, hide_secrets, last_line, open_log
from lianyi.kernel.secret import Secret
from lianyi.kernel.tokens import signed

KEY = "lyw_0123456789abcdefghijABCDEFGHIJ-_"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged while the test runs."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logs("edge", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def said(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_is_one_object_with_its_process_and_moment(lines: io.StringIO) -> None:
    structlog.get_logger().info("post.sent", post=7, name="涟漪")
    logging.getLogger("django.request").warning("Not Found: %s", "/x")
    (ours, theirs) = said(lines)
    assert (ours["event"], ours["post"], ours["name"]) == ("post.sent", 7, "涟漪")
    assert (ours["process"], ours["level"]) == ("edge", "info")
    assert str(ours["at"]).endswith("Z")
    assert (theirs["event"], theirs["process"], theirs["level"]) == ("Not Found: /x", "edge", "warning")


def test_warnings_and_tracebacks_are_lines_too(lines: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)  # pytest has put its own in between
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        logging.captureWarnings(False)
    try:
        raise ValueError(KEY)
    except ValueError:
        logging.getLogger("x").exception("failed")
        structlog.get_logger().exception("worker.failed")
    (warning, theirs, ours) = said(lines)
    assert "DeprecationWarning: old" in str(warning["event"])
    for line in (theirs, ours):
        assert "Traceback" in str(line["exception"])
        assert "ValueError: lyw_…" in str(line["exception"])


def test_no_secret_reaches_a_line(lines: io.StringIO) -> None:
    structlog.get_logger().info("x", token="abc", write_key="short", url=f"http://localhost/sign-in/{KEY}")
    logging.getLogger("x").info("GET /sign-in/%s", KEY)
    structlog.get_logger().info("connecting to postgres://ada:hunter2@db:5432/x")
    text = lines.getvalue()
    for secret in ("abc", "short", KEY, "hunter2"):
        assert f'"{secret}' not in text
        assert f"{secret}@" not in text
        assert f"/{secret}" not in text
    assert "postgres://ada:…@db:5432/x" in text


def test_an_address_that_is_a_permission_is_not_told(lines: io.StringIO) -> None:
    token = signed(b"secret", "ticket", '[1,"00112233445566778899aabbccddeeff"]', 99_999_999_999)
    logging.getLogger("django.request").warning("Not Found: %s", f"/g/tasting/t/{token}/")
    structlog.get_logger().warning("access.denied", path=f"/s/{token}")
    assert (token in lines.getvalue(), token.rpartition(".")[2] in lines.getvalue()) == (False, False)
    assert [one.get("path") or one["event"] for one in said(lines)] == ["Not Found: /g/tasting/t/…/", "/s/…"]


@pytest.mark.django_db
def test_what_the_database_says_of_values_is_not_told(lines: io.StringIO) -> None:
    statements = (
        "CREATE TEMPORARY TABLE t (a text UNIQUE, n int CHECK (n > 0))",
        "INSERT INTO t VALUES ('one@example.com')",
        "INSERT INTO t VALUES ('one@example.com')",
        "INSERT INTO t VALUES ('13800138000', -1)",
        "SELECT 'one@example.com'::int",
    )
    for statement in statements:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:
            structlog.get_logger().error("api.broken", exc_info=error)
            logging.getLogger("x").error("failed", exc_info=error)
    assert len(said(lines)) == 6
    assert "UniqueViolation: duplicate key value violates unique constraint" in lines.getvalue()
    for told in ("one@example.com", "13800138000"):
        assert told not in lines.getvalue()


def test_hiding_leaves_ordinary_text_alone() -> None:
    text = "lyrics http://host:8000/a@b lyw_ lys_short 12:30 a:b@c v1.20260131.2 a.1700000000.b"
    assert hide_secrets(text) == text


def test_a_log_that_has_grown_is_put_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    handle = open_log(tmp_path, "edge")
    for number in range(KEPT + 3):
        os.write(handle, f"{number}\n".encode() * 100)
        bound_logs(tmp_path, ["edge", "never"], limit=100)
    os.write(handle, b"last\n")
    os.close(handle)
    assert (tmp_path / "edge.log").read_text() == "last\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["edge.1.log", "edge.2.log", "edge.3.log", "edge.log"]
    assert [(tmp_path / f"edge.{number}.log").read_text()[0] for number in (1, 2, 3)] == ["5", "4", "3"]
    assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_log_below_its_limit_is_left_alone(tmp_path: Path) -> None:
    handle = open_log(tmp_path, "edge")
    os.write(handle, b"x" * 100)
    os.close(handle)
    bound_logs(tmp_path, ["edge"], limit=100)
    assert [path.name for path in tmp_path.iterdir()] == ["edge.log"]


def test_the_last_words(tmp_path: Path) -> None:
    assert last_line(tmp_path, "edge") == ""
    handle = open_log(tmp_path, "edge")
    os.write(handle, b"first\n" * 10_000 + b"the end\n\n")
    os.close(handle)
    assert last_line(tmp_path, "edge") == "the end"


def test_a_secret_is_dots(lines: io.StringIO) -> None:
    structlog.get_logger().info("account.connected", account=Secret("tok-5f3c9"), more=[Secret("tok-5f3c9")])
    (line,) = said(lines)
    assert (line["account"], line["more"]) == ("Secret(…)", ["Secret(…)"])
