"""Submissions in the database: a row for each event, under the identity that the event came with. Rows never move."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec
from django.db import connection, transaction

from lianyi.events.schemas import Event
from lianyi.growth.forms.files import remove

TABLE, FILES = "form_submission", "form_file"
COLUMNS = (
    "event", "at", "form", "version", "identity", "answers", "found_by", "language", "channel", "campaign", "code",
    "page", "host", "confirm",
)  # fmt: skip
_FOUND_BY = 2_000  # characters
_PUT_FILE = f"INSERT INTO {FILES} (workspace, file, event) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_encode = msgspec.json.Encoder(order="sorted").encode
_PUT = f"""
INSERT INTO {TABLE} (workspace, {", ".join(COLUMNS)}) VALUES (%s{", %s" * len(COLUMNS)})
ON CONFLICT (workspace, event) DO NOTHING
"""


def keep(workspace: int, found: Iterable[tuple[Event, int]]) -> None:
    """Keeps these submissions, each with the number of its identity."""
    rows, files = [], []
    for event, number in found:
        rows.append((workspace, *row_of(event, number)))
        files += [(workspace, one, event.id) for one in files_in(event.properties["answers"])]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, rows)
            if files:
                cursor.executemany(_PUT_FILE, files)


def files_in(answers: dict[str, Any]) -> list[str]:
    """The ids of the files among answers."""
    return [str(one["file"]) for one in answers.values() if isinstance(one, dict) and "file" in one]


def words_in(answers: dict[str, Any]) -> str:
    """What answers hold as text, to be searched."""
    return " ".join(_texts(answers.values()))[:_FOUND_BY]


def row_of(event: Event, number: int) -> tuple[Any, ...]:
    """The row of an event, in the order of COLUMNS. ValueError where the event says no submission."""
    said = event.properties
    answers = said.get("answers")
    if not isinstance(answers, dict):
        raise ValueError("a submission without answers")
    source = event.source
    return (
        event.id,
        event.occurred_at,
        int(said["form"]),
        int(said["version"]),
        number,
        _encode(answers).decode(),
        words_in(answers),
        str(said.get("language", "")),
        source.channel if source else "",
        source.campaign if source else "",
        source.code if source else "",
        str(said.get("page", "")),
        str(said.get("host", "")),
        str(said.get("confirm", "")),
    )


def confirm(workspace: int, found: Iterable[Event]) -> None:
    """Keeps when these confirmations came. ValueError where one names no submission."""
    rows = [(event.occurred_at, workspace, bytes.fromhex(str(event.properties["submission"]))) for event in found]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {TABLE} SET confirmed_at = %s WHERE workspace = %s AND event = %s AND confirmed_at IS NULL",
                rows,
            )


def forget_identities(workspace: int, numbers: Iterable[int]) -> dict[str, int]:
    """Deletes what these identities sent, and what was to be told of it; how many rows."""
    theirs = f"SELECT event FROM {TABLE} WHERE workspace = %(workspace)s AND identity = ANY(%(numbers)s)"
    asked: dict[str, Any] = {"workspace": workspace, "numbers": list(numbers)}
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM form_letter WHERE workspace = %(workspace)s AND event IN ({theirs})", asked)
        letters = cursor.rowcount
        cursor.execute(
            f"DELETE FROM {FILES} WHERE workspace = %(workspace)s AND event IN ({theirs}) RETURNING file", asked
        )
        gone = [file for (file,) in cursor.fetchall()]
        transaction.on_commit(partial(remove, workspace, gone))
        cursor.execute(f"DELETE FROM {TABLE} WHERE workspace = %(workspace)s AND identity = ANY(%(numbers)s)", asked)
        return {TABLE: cursor.rowcount, "form_letter": letters, FILES: len(gone)}


def _texts(values: Iterable[Any]) -> list[str]:
    """What answers hold, as text."""
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found += _texts(value)
        elif isinstance(value, dict):
            found += _texts([value.get("name")])
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            found.append(str(value))
    return found
