"""The Segment HTTP API: identify, track, page, screen, group, alias, and batches of them.

Form `segment` is a body with a `batch`; `segment:track` and its siblings are a body with one message, whose type the
path names. Here is the door, which judges; what the accepted messages become is in `segment_events`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from lianyi.events.intake.limits import (
    CONTEXT_BYTES,
    EVENT_BYTES,
    EVENTS,
    IDENTITY_CHARACTERS,
    Accepted,
    BadBody,
    BadEvent,
    Refusal,
    check_name,
    check_parts,
    check_time,
)
from lianyi.events.intake.messages import NAMES, PLAIN_TYPES, SHALLOW, Message, PlainEnvelope, RawEnvelope
from lianyi.events.intake.packing import pack
from lianyi.events.intake.salvage import salvage
from lianyi.events.intake.segment_events import event, events, raws, with_context
from lianyi.events.intake.senders import Key, Signed, identity_secret, signature_check
from lianyi.kernel.clock import DAY, EPOCH, MICROSECOND, to_micros
from lianyi.kernel.ids import digest

__all__ = [
    "NAMES",
    "Key",
    "Signed",
    "accept",
    "event",
    "events",
    "identity_secret",
    "raws",
    "signature_check",
    "write_key_in",
]

_PLAIN = msgspec.json.Decoder(PlainEnvelope)
_RAW_ENVELOPE = msgspec.json.Decoder(RawEnvelope)
_MESSAGE = msgspec.json.Decoder(Message)
_ANY = msgspec.json.Decoder()


class _Outside(msgspec.Struct, rename="camel"):
    write_key: str | None = None


_OUTSIDE = msgspec.json.Decoder(_Outside)


def write_key_in(body: bytes) -> str | None:
    """The write key that a browser put into its body, since sendBeacon sends no headers."""
    try:
        return _OUTSIDE.decode(body).write_key
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def accept(body: bytes, form: str, key: Key, received_at: int) -> Accepted:
    """Judges a body of form `segment` or `segment:TYPE`. BadBody when it is not even a batch."""
    seed = key.id.to_bytes(8, "little")
    if form != "segment":
        try:
            body.decode()
            _OUTSIDE.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadBody("json.invalid", f"The body is no event in JSON: {_reason(error)}.") from None
        return _accept_raws(body, [body], form.partition(":")[2], None, seed, received_at)
    accepted = _accept_plain(body, seed, received_at)
    return accepted if accepted is not None else _accept_slowly(body, seed, received_at)


def _accept_plain(body: bytes, seed: bytes, received_at: int) -> Accepted | None:
    """The whole batch when every message is an ordinary one; None when a single one needs a closer look. About 3 µs a
    message: this is what the door spends its time on.
    """
    if len(body) > EVENT_BYTES:
        return None
    if b"\\" in body and (b"\\u0000" in body or b"\\ud" in body or b"\\uD" in body):  # one byte is found fast
        return None
    try:
        envelope = _PLAIN.decode(body)
        SHALLOW.decode(body)  # what `Plain` skips has to be readable too
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if envelope.context or len(envelope.batch) > EVENTS:
        return None
    ids: list[bytes] = []
    times: list[int] = []
    lag = _lag(envelope.sent_at, received_at)
    earliest = DAY
    hash_of = blake2b(digest_size=16, key=seed).copy
    for message in envelope.batch:
        name, moment, message_id = message.event, message.timestamp, message.message_id
        if message.type == "track":
            if not name or "." in name or name.isspace():
                return None
        elif message.type not in PLAIN_TYPES:
            return None
        if not message_id or not (message.user_id or message.anonymous_id):
            return None
        if moment is None:
            occurred_at = received_at
        elif moment.tzinfo is None:
            return None
        else:
            occurred_at = (moment - EPOCH) // MICROSECOND + lag
            if occurred_at > received_at or occurred_at < earliest:
                return None
        hashed = hash_of()
        hashed.update(message_id.encode())
        ids.append(hashed.digest())
        times.append(occurred_at)
    return Accepted(body, pack(ids, times), len(ids), [])


def _event_id(message: Message, body: bytes, index: int, seed: bytes, received_at: int) -> bytes:
    if message.message_id:
        return blake2b(message.message_id.encode(), digest_size=16, key=seed).digest()
    # Without a message id nothing says that two equal calls are one: each receipt counts.
    return digest(seed, body, index.to_bytes(4, "little"), received_at.to_bytes(8, "little"))


def _accept_slowly(body: bytes, seed: bytes, received_at: int) -> Accepted:
    """The same judgement, a message at a time, so that one bad message leaves its siblings alone."""
    try:
        body.decode()
        envelope = _RAW_ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        salvaged = salvage(body, "batch")
        if salvaged is None:
            raise BadBody("json.invalid", f"The body is no batch in JSON: {_reason(error)}.") from None
        body = salvaged
        envelope = _RAW_ENVELOPE.decode(body)
    if len(envelope.batch) > EVENTS or len(envelope.batch) * len(bytes(envelope.context)) > CONTEXT_BYTES:
        raise BadBody("batch.too_long", f"A batch holds at most {EVENTS:,} events.", 413)
    messages = [with_context(raw, envelope.context) for raw in envelope.batch]
    return _accept_raws(body, messages, "", _moment(envelope.sent_at), seed, received_at)


def _accept_raws(
    body: bytes,
    raws: Sequence[bytes],
    kind: str,
    sent_at: datetime | None,
    seed: bytes,
    received_at: int,
) -> Accepted:
    ids: list[bytes] = []
    times: list[int] = []
    refused: list[Refusal] = []
    for index, raw in enumerate(raws):
        try:
            message, occurred_at = judge_raw(raw, kind, sent_at, received_at)
            ids.append(_event_id(message, body, index, seed, received_at))
            times.append(occurred_at)
        except BadEvent as bad:
            refused.append(Refusal(index, bad.code, bad.sentence))
            ids.append(bytes(16))
            times.append(0)
    return Accepted(body, pack(ids, times), len(ids) - len(refused), refused)


def judge_raw(raw: bytes, kind: str, sent_at: datetime | None, received_at: int) -> tuple[Message, int]:
    """One message of unknown quality: the message and its own time. Raises BadEvent."""
    if len(raw) > EVENT_BYTES:
        raise BadEvent("event.too_large", f"The event has {len(raw):,} bytes; {EVENT_BYTES:,} fit.")
    try:
        message = _MESSAGE.decode(raw)
        _ANY.decode(raw)  # what is none of the message's own fields is kept too, and has to be readable
    except RecursionError:
        raise BadEvent("event.too_deep", "The event nests too deep.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadEvent("event.invalid", f"The event cannot be read: {_reason(error)}.") from None
    return message, judge(message, kind or message.type, _lag(sent_at, received_at), received_at)


def judge(message: Message, kind: str, lag: int, received_at: int) -> int:
    """The message's own time in µs; raises BadEvent when something in it cannot be taken."""
    if kind == "track":
        check_name(message.event)
    elif kind not in NAMES:
        raise BadEvent("type.unknown", "The event's type is none of identify, track, page, screen, group and alias.")
    user, anonymous = message.user_id, message.anonymous_id
    if user in (None, "") and anonymous in (None, ""):
        raise BadEvent("who.missing", "The event has neither userId nor anonymousId.")
    for who in (user, anonymous, message.message_id, message.previous_id):
        text = str(who)  # an id may be a number, of any length
        if len(text) > IDENTITY_CHARACTERS or "\x00" in text:
            raise BadEvent("who.invalid", f"An id has more than {IDENTITY_CHARACTERS} characters, or a NUL.")
    if kind == "alias" and message.previous_id in (None, ""):
        raise BadEvent("who.missing", "An alias call needs previousId.")
    for part in (message.properties, message.traits):
        if part:
            check_parts(part)
    if message.timestamp is None:
        return received_at
    return check_time(_micros(message.timestamp) + lag, received_at)


def _micros(moment: datetime) -> int:
    try:
        return to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError:
        raise BadEvent("time.range", "The event's time is outside the calendar.") from None


def _lag(sent_at: datetime | None, received_at: int) -> int:
    """How far behind ours the sender's clock was, in µs: the receipt less the sending. Only a clock that is off by
    more than a minute is corrected, since the way here takes time too.
    """
    if sent_at is None:
        return 0
    lag = received_at - _micros(sent_at)
    return lag if abs(lag) > 60_000_000 else 0


def _moment(value: Any) -> datetime | None:
    try:
        return msgspec.convert(value, datetime) if value else None
    except msgspec.ValidationError:
        return None


def _reason(error: Exception) -> str:
    return str(error).replace("`", "'")[:200]
