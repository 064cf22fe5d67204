"""The Sensors Data (神策) protocol: `track`, `track_signup`, `track_id_bind` and the `profile_*` types.

A body is a JSON object (`data`) or an array of them (`data_list`), base64-coded and usually gzipped; `unwrap` undoes
both. The id of an event is a hash of distinct_id, event, time and `_track_id`, since the protocol has no message id.
"""

import base64
import binascii
from typing import Any

import msgspec

from lianyi.events.intake.gzips import MAGIC, gunzip
from lianyi.events.intake.limits import (
    BODY_BYTES,
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
from lianyi.events.intake.packing import pack
from lianyi.events.intake.salvage import salvage
from lianyi.events.intake.segment_events import contact_claims
from lianyi.events.intake.senders import Key, Signed
from lianyi.events.intake.sources import from_evidence, host_of
from lianyi.events.marks import is_machine
from lianyi.events.schemas import Claim, Event, Source
from lianyi.kernel.ids import digest

# A call's type → the name its event has here; `track` brings its own name.
NAMES = {
    "track_signup": "person.identified",
    "track_id_bind": "person.identified",
    "profile_set": "person.identified",
    "profile_set_once": "trait.set_once",
    "profile_increment": "trait.incremented",
    "profile_append": "trait.appended",
    "profile_unset": "person.identified",
    "profile_delete": "trait.cleared",
}

# Keys of `identities` → kind here, and whether a server may vouch for it.
IDENTITIES = {
    "$identity_login_id": ("user_id", True),
    "$identity_mobile": ("phone", False),
    "$identity_email": ("email", False),
    "$identity_mp_openid": ("openid", True),
    "$identity_mp_unionid": ("unionid", True),
    "$identity_cookie_id": ("cookie", False),
    "$identity_anonymous_id": ("device", False),
    "$identity_android_id": ("device", False),
    "$identity_android_uuid": ("device", False),
    "$identity_idfv": ("device", False),
    "$identity_ios_uuid": ("device", False),
}
_TRAITS = {
    "$name": "name",
    "$email": "email",
    "$mobile": "phone",
    "$phone": "phone",
    "$signup_time": "created_at",
}
# Words to the collector among a call's properties: no traits of anybody.
_WORDS = frozenset({"$is_login_id", "$project", "$token", "$time"})


class Call(msgspec.Struct, gc=False):
    """One call of the protocol."""

    type: str = ""
    distinct_id: str | int = ""
    original_id: str | int = ""
    event: str | None = None
    time: int | float | None = None
    properties: dict[str, Any] | None = None
    identities: dict[str, Any] | None = None
    track_id: int | float | str | None = msgspec.field(default=None, name="_track_id")


_CALL = msgspec.json.Decoder(Call)
_ANY = msgspec.json.Decoder()
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])


def unwrap(data: bytes) -> bytes:
    """The JSON inside base64, gunzipped where it was gzipped. BadBody when it is neither."""
    try:
        plain = base64.b64decode(data, validate=False)
    except (binascii.Error, ValueError):
        raise BadBody("base64.invalid", "The data is not base64.") from None
    if len(plain) > BODY_BYTES:
        raise BadBody("body.too_large", f"The body has more than {BODY_BYTES:,} bytes.", 413)
    return gunzip(plain) if plain.startswith(MAGIC) else plain


def _split(body: bytes) -> list[msgspec.Raw]:
    body = body.lstrip()
    return _RAWS.decode(body) if body[:1] == b"[" else [msgspec.Raw(body)]


def accept(body: bytes, key: Key, received_at: int) -> Accepted:
    """Judges a body as `unwrap` gives it. BadBody when it is no JSON."""
    try:
        body.decode()
        found = _split(body)
        if body.lstrip()[:1] != b"[":
            msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        salvaged = salvage(body, "") if body.lstrip()[:1] == b"[" else None
        if salvaged is None:
            raise BadBody("json.invalid", f"The data is no JSON: {str(error)[:200]}.") from None
        body = salvaged
        found = _split(body)
    if len(found) > EVENTS:
        raise BadBody("batch.too_long", f"A batch holds at most {EVENTS:,} events.", 413)
    seed = key.id.to_bytes(8, "little")
    ids: list[bytes] = []
    times: list[int] = []
    refused: list[Refusal] = []
    for index, raw in enumerate(found):
        try:
            call, occurred_at = _judge(bytes(raw), received_at)
        except BadEvent as bad:
            refused.append(Refusal(index, bad.code, bad.sentence))
            ids.append(bytes(16))
            times.append(0)
        else:
            ids.append(_event_id(call, raw, seed))
            times.append(occurred_at)
    return Accepted(body, pack(ids, times), len(ids) - len(refused), refused)


def _event_id(call: Call, raw: msgspec.Raw, seed: bytes) -> bytes:
    what = call.event or call.type
    # A call without a track id is told from its equals by its whole content.
    told_by = str(call.track_id) if call.track_id is not None else bytes(raw)
    return digest(seed, str(call.distinct_id), what, str(call.time), told_by)


def _judge(raw: bytes, received_at: int) -> tuple[Call, int]:
    if len(raw) > EVENT_BYTES:
        raise BadEvent("event.too_large", f"The event has {len(raw):,} bytes; {EVENT_BYTES:,} fit.")
    try:
        call = _CALL.decode(raw)
        _ANY.decode(raw)  # what is none of the call's own fields is kept too, and has to be readable
    except RecursionError:
        raise BadEvent("event.too_deep", "The event nests too deep.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadEvent("event.invalid", f"The event cannot be read: {str(error)[:200]}.") from None
    if call.type == "track":
        check_name(call.event)
    elif call.type not in NAMES:
        raise BadEvent("type.unknown", "The event's type is none that Lianyi takes from 神策 clients.")
    ids = [str(call.distinct_id), str(call.original_id), *map(str, (call.identities or {}).values())]
    if not ids[0] and not call.identities:
        raise BadEvent("who.missing", "The event has no distinct_id.")
    if call.type == "track_signup" and not ids[1]:
        raise BadEvent("who.missing", "A track_signup needs original_id.")
    if any(len(one) > IDENTITY_CHARACTERS or "\x00" in one for one in ids):
        raise BadEvent("who.invalid", f"An id has more than {IDENTITY_CHARACTERS} characters, or a NUL.")
    check_parts(call.properties or {})
    if call.time is None:
        return call, received_at
    if not 0 < call.time < 1e15:
        raise BadEvent("time.range", "The event's time is no milliseconds since 1970.")
    return call, check_time(int(call.time * 1000), received_at)


def raws(body: bytes) -> list[bytes]:
    """The calls of an accepted body, each whole by itself."""
    return [bytes(raw) for raw in _split(body)]


def event(
    raw: bytes,
    *,
    position: int,
    event_id: bytes,
    occurred_at: int,
    received_at: int,
    key: Key,
    signed: Signed,
) -> Event:
    """Decodes one accepted call. msgspec.DecodeError on bytes that never were one. The protocol has no signature."""
    del signed
    call = _CALL.decode(raw)
    properties = call.properties or {}
    traits = _traits(call, properties)
    claims = _claims(call, properties, key)
    if traits:
        claims = claims + contact_claims(traits, strong=key.server)
    agent = properties.get("$user_agent")
    return Event(
        position=position,
        id=event_id,
        name=call.event or "" if call.type == "track" else NAMES[call.type],
        occurred_at=occurred_at,
        received_at=received_at,
        claims=claims,
        form="sensors",
        key=key.id,
        trusted=key.server,
        scope=key.group,
        origin="server" if key.server else "browser",
        source=_source(properties),
        machine=isinstance(agent, str) and is_machine(agent),
        traits=traits,
        properties={} if traits is not None else properties,
        raw=raw,
    )


def _traits(call: Call, properties: dict[str, Any]) -> dict[str, Any] | None:
    if not call.type.startswith("profile_"):
        return None
    if call.type == "profile_delete":
        return {}
    stated = {_TRAITS.get(name, name): value for name, value in properties.items() if name not in _WORDS}
    return dict.fromkeys(stated) if call.type == "profile_unset" else stated


def _claims(call: Call, properties: dict[str, Any], key: Key) -> tuple[Claim, ...]:
    scope, server = key.group, key.server
    claims: list[Claim] = []
    if call.type == "track_signup":
        claims += [
            Claim("user_id", scope, str(call.distinct_id), server),
            Claim("cookie", scope, str(call.original_id), False),
        ]
    elif str(call.distinct_id) and not call.identities:
        login = properties.get("$is_login_id") is True
        claims.append(Claim("user_id" if login else "cookie", scope, str(call.distinct_id), server and login))
    for name, value in (call.identities or {}).items():
        kind, may_be_strong = IDENTITIES.get(name, ("", False))
        if kind and isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            place = "" if kind in ("phone", "email", "unionid") else scope
            claims.append(Claim(kind, place, str(value), server and may_be_strong))
    claims.sort(key=lambda claim: not claim.strong)  # stable: the strongest first
    if not claims and str(call.distinct_id):
        claims.append(Claim("cookie", scope, str(call.distinct_id), False))
    return tuple(dict.fromkeys(claims))


def _text(properties: dict[str, Any], name: str) -> str:
    value = properties.get(name)
    return value if isinstance(value, str) else ""


def _source(properties: dict[str, Any]) -> Source | None:
    evidence = {
        name: _text(properties, name)
        for name in ("$utm_source", "$utm_medium", "$utm_campaign", "$referrer", "ly_code")
        if name in properties
    }
    if not evidence:
        return None
    referrer = evidence.get("$referrer", "")
    return from_evidence(
        evidence.get("$utm_source", ""),
        evidence.get("$utm_medium", ""),
        evidence.get("$utm_campaign", ""),
        evidence.get("ly_code", ""),
        "",
        referrer if "://" in referrer else "",
        host_of(_text(properties, "$url")),
    )
