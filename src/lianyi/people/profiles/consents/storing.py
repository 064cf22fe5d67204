"""The consent ledger in the database, by identity."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from lianyi.events.schemas import Batch, Event
from lianyi.people.identity.news import News
from lianyi.people.profiles.consents.facts import ConsentFact
from lianyi.people.profiles.dictionaries import ORIGINS
from lianyi.people.profiles.schemas import Refusal
from lianyi.people.profiles.tables import FactTable

WORD_CHARACTERS = 50
HOW_CHARACTERS = 200
PROOF_CHARACTERS = 2_000

LEDGER = FactTable(
    "consent",
    {"event": "bytea"},
    {
        "identity": "int4",
        "channel": "text",
        "purpose": "text",
        "at": "int8",
        "given": "bool",
        "how": "text",
        "proof": "text",
        "origin": "int2",
    },
)


def project(batch: Batch, places: Sequence[int], changes: News) -> list[Refusal]:
    """Writes down the consents and withdrawals at `places`; what was refused."""
    refused: list[Refusal] = []
    origins = ORIGINS.numbers(batch.workspace, [(batch.events[place].origin,) for place in places])
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for place in places:
        event = batch.events[place]
        channel, purpose = _word(event, "channel"), _word(event, "purpose")
        if not channel or not purpose:
            refused.append(Refusal(event.position, "consent.invalid", "A consent needs a channel and a purpose."))
            continue
        changes.of_identities(("consent", channel, purpose), (batch.numbers[place],))
        rows[(event.id,)] = (
            batch.numbers[place],
            channel,
            purpose,
            event.occurred_at,
            event.name == "consent.given",
            _text(event, "how", HOW_CHARACTERS),
            _text(event, "proof", PROOF_CHARACTERS),
            origins.get((event.origin,)),
        )
    LEDGER.write(batch.workspace, rows)
    return refused


def ledger(workspace: int, identities: Sequence[int]) -> list[ConsentFact]:
    """Every line about these identities, the newest first."""
    return _read(workspace, "identity = ANY(%s::int[])", [list(identities)])


def ledger_of(workspace: int, channel: str, purpose: str) -> list[ConsentFact]:
    """Every line about this channel and purpose, the newest first."""
    return _read(workspace, "channel = %s AND purpose = %s", [channel, purpose])


def _read(workspace: int, condition: str, values: list[Any]) -> list[ConsentFact]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT identity, channel, purpose, at, given, how, proof, coalesce(o.name, ''), event
            FROM consent c LEFT JOIN origin o ON o.workspace = c.workspace AND o.id = c.origin
            WHERE c.workspace = %s AND {condition} ORDER BY at DESC, event DESC
            """,
            [workspace, *values],
        )
        return [ConsentFact(*row) for row in cursor.fetchall()]


def _word(event: Event, name: str) -> str:
    value = event.properties.get(name)
    text = value.replace("\x00", "").strip().lower() if isinstance(value, str) else ""
    return text if len(text) <= WORD_CHARACTERS else ""


def _text(event: Event, name: str, longest: int) -> str:
    value = event.properties.get(name)
    return value.replace("\x00", "")[:longest] if isinstance(value, str) else ""
