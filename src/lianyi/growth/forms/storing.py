"""Submissions in the database: a row for each event, under the identity that the event came with. Rows never move."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection

from lianyi.events.schemas import Event

TABLE = "form_submission"
COLUMNS = (
    "event", "at", "form", "version", "identity", "answers", "found_by", "language", "channel", "campaign", "code",
    "page",
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
    )


def forget_identities(workspace: int, numbers: Iterable[int]) -> dict[str, int]:
    """Deletes what these identities sent; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE workspace = %s AND identity = ANY(%s)", [workspace, list(numbers)])
        return {TABLE: cursor.rowcount}


def _texts(values: Iterable[Any]) -> list[str]:
    """What answers hold, as text."""
    found: list[str] = []
    for value in values:
        if isinstance(value, list):
            found += _texts(value)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            found.append(str(value))
    return found
