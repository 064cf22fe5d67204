"""Definitions as they come in: read from JSON, and refused where they mean nothing. No Django here."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec

from lianyi.foundation.workspaces.zones import check_zone
from lianyi.growth.decoding import UNREADABLE, json_of, wrong_in
from lianyi.growth.forms.definitions import check as check_form
from lianyi.growth.forms.definitions import check_ready as check_form_ready
from lianyi.growth.gatherings.schemas import Definition, encode
from lianyi.growth.words import Words
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused

MOST_BYTES = 48_000  # of a definition's JSON
LONGEST_FOR = timedelta(days=31)  # from its beginning to its end
_LONGEST = {"title": 120, "about": 4_000, "place": 300}
_decode = msgspec.json.Decoder(Definition).decode


class Times(NamedTuple):
    """When it is, in µs."""

    starts: int
    ends: int
    closes: int


def read(data: bytes | str) -> Definition:
    """The definition that this JSON is. Refuses one that means nothing."""
    if len(data) > MOST_BYTES:
        raise Refused(
            "gathering.large", "The gathering has more than {most:,} bytes.", "Shorten its texts.", most=MOST_BYTES
        )
    try:
        definition = _decode(data)
    except UNREADABLE as error:
        raise Refused(
            "gathering.definition",
            "This is no gathering: {why} ({where}).",
            "See `lianyi gathering show` for one that is.",
            **wrong_in(error)._asdict(),
        ) from None
    check(definition)
    return definition


def read_object(said: Any) -> Definition:
    """The same of what was JSON already."""
    return read(json_of(said))


def check(definition: Definition) -> None:
    """Refuses what the shape alone does not tell."""
    for kind, words in (("title", definition.title), ("about", definition.about), ("place", definition.place)):
        _text(words, _LONGEST[kind])
    times_of(definition)
    if definition.online:
        _web(definition.online)
    check_form(definition.form)
    if len(encode(definition)) > MOST_BYTES:
        raise Refused(
            "gathering.large", "The gathering has more than {most:,} bytes.", "Shorten its texts.", most=MOST_BYTES
        )


def check_ready(definition: Definition) -> None:
    """Refuses to publish what nobody could come to."""
    if not definition.title:
        raise Refused("gathering.title", "The gathering has no title.", "Write one: it is the title of its page.")
    if not definition.place and not definition.online:
        raise Refused(
            "gathering.place", "The gathering is nowhere.", "Write its place, or the address where it is joined."
        )
    check_form_ready(definition.form)


@lru_cache(10_000)
def times_of(definition: Definition) -> Times:
    """When it is. Refuses what is no moment of its zone, and an end before the beginning."""
    check_zone(definition.zone)
    zone = ZoneInfo(definition.zone)
    starts, ends = _moment(definition.starts, zone), _moment(definition.ends, zone)
    closes = _moment(definition.closes, zone) if definition.closes else ends
    if not starts < ends <= starts + LONGEST_FOR:
        raise Refused(
            "gathering.times",
            "A gathering ends after it has begun, and within {days} days.",
            "Change its beginning or its end.",
            days=LONGEST_FOR.days,
        )
    if closes > ends:
        raise Refused(
            "gathering.closes",
            "Registration closes after the gathering has ended.",
            "Close it by its end at the latest.",
        )
    return Times(to_micros(starts), to_micros(ends), to_micros(closes))


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=zone)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("gathering.moment", "{text} is no moment.", "Write YYYY-MM-DDTHH:MM.", text=text) from None
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Refused(
            "gathering.skipped",
            "There is no {text} in {zone}: the clocks go forward over it.",
            "Choose another time.",
            text=text,
            zone=zone.key,
        )
    return moment


def _text(words: Words, most: int) -> None:
    for text in (words.zh, words.en):
        if len(text) > most:
            raise Refused(
                "gathering.text",
                "A text of this gathering has more than {most:,} characters: {begin}…",
                "Shorten it.",
                most=most,
                begin=text[:30],
            )
        if any(not sign.isprintable() and sign not in "\n\u3000\u200d\ufe0f" for sign in text):
            raise Refused("gathering.unseen", "A text of this gathering holds signs that nobody sees.", "Type it anew.")


def _web(address: str) -> None:
    try:
        parts = urlsplit(address)
        proper = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        proper = proper and parts.port != 0
    except ValueError:
        proper = False
    if not proper or not address.isprintable() or not address.isascii() or set(address) & set(' "<>\\^`{|}'):
        raise Refused(
            "gathering.address", "{address!r} is no address of the web.", "Begin with https://", address=address
        )
