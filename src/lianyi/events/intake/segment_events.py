"""Segment's messages once they were accepted: each by itself, and the event it becomes.

The first claim of an event is its strongest: a user id before a cookie.
"""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import msgspec

from lianyi.events.catalogue import FACTS
from lianyi.events.intake.clicks import clicked_by
from lianyi.events.intake.limits import IDENTITY_CHARACTERS
from lianyi.events.intake.messages import NAMES, Context, Glance, GlanceEnvelope, Message, RawEnvelope
from lianyi.events.intake.senders import EDGE_GROUP, Key, Signed
from lianyi.events.intake.sources import CLICK_IDS, from_evidence, host_of
from lianyi.events.marks import is_machine
from lianyi.events.schemas import Claim, Event, Source

_GLANCE = msgspec.json.Decoder(Glance)
_GLANCES = msgspec.json.Decoder(GlanceEnvelope)
_RAW_ENVELOPE = msgspec.json.Decoder(RawEnvelope)
_MESSAGE = msgspec.json.Decoder(Message)
_ANY = msgspec.json.Decoder()
_WHOLE = frozenset({"identify", "group", "alias"})  # their traits or properties say who somebody is
_claim = partial(tuple.__new__, Claim)  # three times as fast as Claim(…), which is called for every event


def raws(body: bytes, form: str) -> list[bytes]:
    """The messages of an accepted body, each whole by itself: a context or type that the body or the path gave once
    for all is put into each.
    """
    kind = form.partition(":")[2]
    if kind:
        return [msgspec.json.encode({**_ANY.decode(body), "type": kind})]
    envelope = _RAW_ENVELOPE.decode(body)
    return [with_context(raw, envelope.context) for raw in envelope.batch]


def with_context(raw: msgspec.Raw, context: msgspec.Raw) -> bytes:
    """The message with the context that its batch gives to all of its messages, unless it has its own."""
    if not context:
        return bytes(raw)
    try:
        message = _ANY.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return bytes(raw)  # refused by itself
    if not isinstance(message, dict) or "context" in message:
        return bytes(raw)
    return msgspec.json.encode({**message, "context": context})


def events(
    body: bytes,
    *,
    offset: int,
    ids: bytes,
    times: Sequence[int],
    left_out: Collection[int],
    received_at: int,
    key: Key,
    signed: Signed,
) -> list[Event] | None:
    """The events of an accepted batch whose messages are all sound and whole by themselves, decoded at one go. None, or
    what `event` raises, when that does not hold; then each is to be looked at by itself.
    """
    glances = _GLANCES.decode(body)
    if glances.context:
        return None
    raws = _RAW_ENVELOPE.decode(body).batch
    found: list[Event] = []
    position = offset
    for place, (message, raw) in enumerate(zip(glances.batch, raws, strict=True)):
        if position not in left_out:
            event_id = ids[16 * place : 16 * place + 16]
            found.append(_event(message, bytes(raw), position, event_id, times[place], received_at, key, signed))
        position += 1
    return found


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
    """Decodes one accepted message. msgspec.DecodeError on bytes that never were one."""
    return _event(_GLANCE.decode(raw), raw, position, event_id, occurred_at, received_at, key, signed)


def _event(
    message: Glance,
    raw: bytes,
    position: int,
    event_id: bytes,
    occurred_at: int,
    received_at: int,
    key: Key,
    signed: Signed,
) -> Event:
    kind = message.type
    name = message.event or "" if kind == "track" else NAMES[kind]
    context, user, anonymous = message.context, message.user_id, message.anonymous_id
    trusted = key.server
    if not trusted and user is not None and context is not None and context.signature:
        trusted = signed(key, str(user), context.signature)
    group = key.group
    claims: tuple[Claim, ...]
    if user is None or user == "":
        claims = (_claim(("cookie", group, str(anonymous), False)),)
    elif anonymous is None or anonymous == "":
        claims = (_claim(("user_id", group, str(user), trusted)),)
    else:
        claims = (_claim(("user_id", group, str(user), trusted)), _claim(("cookie", group, str(anonymous), False)))
    traits = None
    properties: dict[str, Any] = {}
    if kind in _WHOLE or name in FACTS:
        whole = _MESSAGE.decode(raw)
        properties = whole.properties or {}
        if kind == "identify" and whole.traits:
            traits = whole.traits
            claims = claims + contact_claims(traits, strong=key.server)
        elif kind == "group":
            properties = {**properties, "group": whole.group_id}
        elif kind == "alias":
            claims = (*claims, Claim("user_id", group, str(whole.previous_id), False))
    source, machine = None, False
    if context is not None:
        source = _source(context)
        machine = context.user_agent is not None and is_machine(context.user_agent)
        if context.ly_click and kind == "page":
            cookie = clicked_by(context.ly_click, occurred_at)
            if cookie is not None and anonymous != cookie:
                claims = (*claims, _claim(("cookie", EDGE_GROUP, cookie, False)))
    return Event(
        position, event_id, name, occurred_at, received_at, claims, "segment", key.id, trusted, group,
        "server" if key.server else "browser", source, machine, traits, properties, raw,
    )  # fmt: skip


def contact_claims(traits: dict[str, Any], *, strong: bool) -> tuple[Claim, ...]:
    """The identities among a person's traits. Phone and e-mail are strong only where a server says verified."""
    claims: list[Claim] = []
    for kind in ("phone", "email"):
        value = traits.get(kind)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            verified = traits.get(f"{kind}_verified", traits.get(f"{kind}Verified")) is True
            claims.append(Claim(kind, "", str(value)[:IDENTITY_CHARACTERS], strong and verified))
    for kind in ("unionid", "wechat_id"):
        value = traits.get(kind)
        if isinstance(value, str) and value:
            claims.append(Claim(kind, "", value[:IDENTITY_CHARACTERS], strong and kind == "unionid"))
    return tuple(claims)


def _source(context: Context) -> Source | None:
    campaign, page = context.campaign, context.page
    if campaign is None and page is None and context.ly_code is None and context.click_ids is None:
        return None
    click_id = next((name for name in context.click_ids or () if name in CLICK_IDS), "")
    return from_evidence(
        (campaign.source or "") if campaign else "",
        (campaign.medium or "") if campaign else "",
        (campaign.name or "") if campaign else "",
        context.ly_code or "",
        click_id,
        (page.referrer or "") if page else "",
        host_of(page.url) if page and page.url and page.referrer else "",
    )
