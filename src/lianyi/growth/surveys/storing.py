"""Responses in the database: a row for each, the furthest and newest that events say of it. Rows never move."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection

from lianyi.events.schemas import Event
from lianyi.growth.surveys.recording import ANSWERED, COMPLETED, SCREENED

TABLE = "survey_response"
STAGES = {ANSWERED: 0, SCREENED: 1, COMPLETED: 2}
COLUMNS = (
    "response", "began_at", "at", "survey", "version", "identity", "page", "stage", "event", "answers", "quotas",
    "found_by", "language", "channel", "campaign", "code",
)  # fmt: skip
_FOUND_BY = 2_000  # characters
_encode = msgspec.json.Encoder(order="sorted").encode
_LATER = [name for name in COLUMNS if name not in ("response", "began_at")]
# Of two events of a response the one that goes further counts, then the newer, so their order makes no difference.
_PUT = f"""
INSERT INTO {TABLE} AS old (workspace, {", ".join(COLUMNS)}) VALUES (%s{", %s" * len(COLUMNS)})
ON CONFLICT (workspace, response) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _LATER)}
WHERE (excluded.stage, excluded.at, excluded.event) > (old.stage, old.at, old.event)
"""


def keep(workspace: int, found: Iterable[tuple[Event, int]]) -> None:
    """Keeps what these events say, each with the number of its identity."""
    rows = [(workspace, *row_of(event, number)) for event, number in found]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, rows)


def row_of(event: Event, number: int) -> tuple[Any, ...]:
    """The row of an event, in the order of COLUMNS. ValueError where the event says no response."""
    said = event.properties
    answers, response = said.get("answers"), bytes.fromhex(str(said.get("response", "")))
    if not isinstance(answers, dict) or len(response) != 16:
        raise ValueError("a response without answers")
    source = event.source
    return (
        response,
        int(said["began"]),
        event.occurred_at,
        int(said["survey"]),
        int(said["version"]),
        number,
        int(said["page"]),
        STAGES[event.name],
        event.id,
        _encode(answers).decode(),
        _encode(list(said.get("quotas", ()))).decode(),
        " ".join(_texts(answers.values()))[:_FOUND_BY],
        str(said.get("language", "")),
        source.channel if source else "",
        source.campaign if source else "",
        source.code if source else "",
    )


def forget_identities(workspace: int, numbers: Iterable[int]) -> dict[str, int]:
    """Deletes what these identities answered; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE workspace = %s AND identity = ANY(%s)", [workspace, list(numbers)])
        return {TABLE: cursor.rowcount}


def _texts(values: Iterable[Any]) -> list[str]:
    """What answers hold, as text."""
    found: list[str] = []
    for value in values:
        match value:
            case list():
                found += _texts(value)
            case dict():
                found += _texts(value.values())
            case str() | int() | float():
                found.append(str(value))
    return found
