"""Logs: one line of JSON per happening, on stderr of each process; the supervisor gives each a file and bounds it.

A line names what happened with a dot (`process.ended`) and carries ids, never contents. Promises that no secret of ours
reaches a line: they have a recognisable form, signed words included, and so have passwords in addresses. Of what the
database has refused a line says the rule, and not the values that the database quotes.
"""

import logging
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

LIMIT = 10_000_000  # bytes of one file
KEPT = 3  # files before the current one

_SECRET = re.compile(r"\b(ly[a-z]_)[A-Za-z0-9_-]{20,}")
_SIGNED = re.compile(r"[A-Za-z0-9_-]{8,}\.\d{9,11}\.[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])")  # as kernel/tokens makes them
_PASSWORD = re.compile(r"(://[^/\s:@\"]*:)[^/\s@\"]+@")
_NAMES = frozenset({"secret", "password", "token", "write_key", "sign_in", "authorization", "cookie", "database_url"})


def configure_logs(process: str, stream: TextIO | None = None) -> None:
    """Every line of this process goes to `stream` (stderr), those of libraries and warnings too."""
    target = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(process),
        _hide_fields,
        _format_error,
    ]
    structlog.configure(
        processors=[*shared, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=_render_foreign, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)


def hide_secrets(text: str) -> str:
    """`text` without our secrets, without words that we have signed and without passwords in addresses."""
    return _PASSWORD.sub(r"\1…@", _SECRET.sub(r"\1…", _SIGNED.sub("…", text)))


def open_log(folder: Path, name: str) -> int:
    """A descriptor that appends to the log `name`."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def bound_logs(folder: Path, names: Iterable[str], *, limit: int = LIMIT) -> None:
    """Puts a log that has outgrown `limit` aside, under its writer, who goes on in the emptied file."""
    for name in names:
        path = folder / f"{name}.log"
        if not path.exists() or path.stat().st_size <= limit:
            continue
        for number in range(KEPT - 1, 0, -1):
            older = folder / f"{name}.{number}.log"
            if older.exists():
                older.replace(folder / f"{name}.{number + 1}.log")
        shutil.copyfile(path, folder / f"{name}.1.log")
        (folder / f"{name}.1.log").chmod(0o600)
        os.truncate(path, 0)


def last_line(folder: Path, name: str) -> str:
    """The last words of a process, for an error's sentence."""
    try:
        with (folder / f"{name}.log").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except FileNotFoundError:
        return ""
    return lines[-1][:600] if lines else ""


def _named(process: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return add


def _hide_fields(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in _NAMES & event.keys():
        event[name] = "…"
    return event


def _format_error(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The traceback as text, with what the database says of a mistake in place of its whole words."""
    said = event.get("exc_info")
    error = sys.exc_info()[1] if said is True else said[1] if isinstance(said, tuple) else said
    told = structlog.processors.format_exc_info(logger, method, event)
    for one in _errors_in(error):
        if (found := getattr(one, "diag", None)) is not None and "exception" in told:
            # The primary message of a value that is none, class 22, quotes it.
            plain = found.message_primary if not str(found.sqlstate).startswith("22") else f"error {found.sqlstate}"
            told["exception"] = told["exception"].replace(str(one), plain or "error")
    return told


def _errors_in(error: object) -> Iterator[BaseException]:
    """The error, and those that it came of or holds."""
    known: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseException) and id(one) not in known:
            known.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__]
            waiting += one.exceptions if isinstance(one, BaseExceptionGroup) else ()


_JSON = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)


def _render(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    return hide_secrets(str(_JSON(logger, method, event)))


def _render_foreign(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    return _render(logger, method, event)
