"""Our own events: what members, imports and rooms record. Trusted, and allowed names with a dot."""

from typing import Any

import msgspec

from lianyi.events.schemas import Claim, Event, Source


class OwnEvent(msgspec.Struct, omit_defaults=True):
    """One event as rooms above record it. `id` is 32 hex digits: the same again counts once, for ever."""

    id: str
    name: str
    at: int  # µs
    who: list[tuple[str, str, str, bool]] = []  # kind, scope, value, strong; strongest first
    origin: str = "system"
    traits: dict[str, Any] | None = None
    properties: dict[str, Any] = {}
    source: tuple[str, str, str, str] | None = None
    machine: bool = False  # a program did it: kept, never counted


_BODY = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(OwnEvent)
encode = msgspec.json.Encoder(decimal_format="string").encode


def raws(body: bytes) -> list[msgspec.Raw]:
    """The events of a body, each as its own bytes."""
    return _BODY.decode(body)


def event(raw: bytes, *, position: int, event_id: bytes, received_at: int) -> Event:
    """Decodes one own event. msgspec.DecodeError on bytes that are none."""
    own = _ONE.decode(raw)
    return Event(
        position=position,
        id=event_id,
        name=own.name,
        occurred_at=own.at,
        received_at=received_at,
        claims=tuple([Claim(*who) for who in own.who]),
        form="own",
        key=0,
        trusted=True,
        scope="",
        origin=own.origin,
        source=Source(*own.source) if own.source else None,
        machine=own.machine,
        traits=own.traits,
        properties=own.properties,
        raw=raw,
    )
