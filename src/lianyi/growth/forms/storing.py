"""Submissions in the database: a row for each event, under the identity that the event came with. Rows never move."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection

from lianyi.events.schemas import Event

TABLE = "form_submission"
COLUMNS = (
    "event", "at", "form", "version", "identity", "answers", "found_by", "language", "channel", "campaign", "code",
    "page", "host", "confirm",
)  # fmt: skip
_FOUND_BY = 2_000  # characters
_encode = msgspec.json.Encoder(order="sorted").encode
_PUT = f"""
INSERT INTO {TABLE} (workspace, {", ".join(COLUMNS)}) VALUES (%s{", %s" * len(COLUMNS)})
ON CONFLICT (workspace, event) DO NOTHING
"""


def keep(workspace: int, found: Iterable[tuple[Event, int]]) -> None:
    """Keeps these submissions, each with the number of its identity."""
    rows = [(workspace, *row_of(event, number)) for event, number in found]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, rows)


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
        " ".join(_texts(answers.values()))[:_FOUND_BY],
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
        cursor.execute(f"DELETE FROM {TABLE} WHERE workspace = %(workspace)s AND identity = ANY(%(numbers)s)", asked)
        return {TABLE: cursor.rowcount, "form_letter": letters}


def _texts(values: Iterable[Any]) -> list[str]:
    """What answers hold, as text."""
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found += _texts(value)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            found.append(str(value))
    return found
