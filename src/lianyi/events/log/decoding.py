"""From bytes to events: a log row's when it is first read, a lake row's when it is replayed. Both give the same."""

from collections.abc import Collection
from contextlib import suppress
from typing import NamedTuple

import msgspec

from lianyi.events.intake import own, segment, sensors
from lianyi.events.intake.packing import times_in
from lianyi.events.log.keys import key_of
from lianyi.events.schemas import Event

Undecodable = tuple[int, str]  # position, reason
UNREADABLE = (msgspec.DecodeError, RecursionError, LookupError, ValueError)


class Decoded(NamedTuple):
    """The events of a row, and the positions that could not be read though they were accepted."""

    events: list[Event]
    failed: list[Undecodable]


def raw_events(form: str, body: bytes) -> list[bytes]:
    """The events of a body, each whole by itself."""
    if form == "own":
        return [bytes(raw) for raw in own.raws(body)]
    if form == "sensors":
        return sensors.raws(body)
    return segment.raws(body, form)


def decode_row(
    *,
    key: int,
    form: str,
    received_at: int,
    ids: bytes,
    body: bytes,
    offset: int,
    left_out: Collection[int],
    signed: segment.Signed,
) -> Decoded:
    """The events of one log row that are neither repeats nor refused."""
    times = times_in(ids)
    if form == "segment":
        with suppress(*UNREADABLE):  # then each event is looked at by itself
            whole = segment.events(
                body,
                offset=offset,
                ids=ids,
                times=times,
                left_out=left_out,
                received_at=received_at,
                key=key_of(key),
                signed=signed,
            )
            if whole is not None:
                return Decoded(whole, [])
    events: list[Event] = []
    failed: list[Undecodable] = []
    try:
        raws = raw_events(form, body)
    except UNREADABLE as error:
        every = range(offset, offset + len(times))
        return Decoded([], [(one, f"{type(error).__name__}: {error}"[:400]) for one in every if one not in left_out])
    for index, raw in enumerate(raws):
        position = offset + index
        if position in left_out:
            continue
        event_id = ids[16 * index : 16 * index + 16]
        try:
            events.append(read_event(raw, form, key, position, event_id, times[index], received_at, signed))
        except UNREADABLE as error:
            failed.append((position, f"{type(error).__name__}: {error}"[:400]))
    return Decoded(events, failed)


def read_event(
    raw: bytes,
    form: str,
    key: int,
    position: int,
    event_id: bytes,
    at: int,
    received_at: int,
    signed: segment.Signed,
) -> Event:
    """One event of a body of this form. One of UNREADABLE when it cannot be read."""
    if form == "own":
        return own.event(raw, position=position, event_id=event_id, received_at=received_at)
    decode = sensors.event if form == "sensors" else segment.event
    return decode(
        raw,
        position=position,
        event_id=event_id,
        occurred_at=at,
        received_at=received_at,
        key=key_of(key),
        signed=signed,
    )


def decode_kept(
    *,
    raw: bytes,
    form: str,
    key: int,
    position: int,
    event_id: bytes,
    occurred_at: int,
    received_at: int,
    trusted: bool,
) -> Event:
    """One event as the lake keeps it. Whether a browser's user id was signed was judged when it came, and is kept."""
    return read_event(raw, form, key, position, event_id, occurred_at, received_at, lambda *_: trusted)
