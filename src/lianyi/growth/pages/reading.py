"""Definitions as they come in: read from JSON, and refused where they mean nothing. No Django here."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from lianyi.growth.decoding import UNREADABLE, json_of, wrong_in
from lianyi.growth.pages.blocks import Block, Countdown, Cta, Footer, Hero, Option, Video
from lianyi.growth.pages.schemas import MOST_BYTES, Definition, encode, options_of
from lianyi.growth.pages.targets import target
from lianyi.growth.words import Words
from lianyi.kernel.errors import Refused

# Characters by the name of the text; what has no name here may be as long as any.
_LONGEST = {"eyebrow": 60, "title": 160, "note": 200, "label": 60, "alt": 300, "caption": 300, "who": 60, "role": 100}
_LONGEST |= {"description": 400, "brand": 60, "name": 100, "over": 200, "question": 300}
_decode = msgspec.json.Decoder(Definition).decode


def read(data: bytes | str) -> Definition:
    """The definition that this JSON is. Refuses one that means nothing, and one that is too large for a page."""
    if len(data) > MOST_BYTES:
        raise _large()
    try:
        definition = _decode(data)
    except UNREADABLE as error:
        raise Refused(
            "page.definition",
            "This is no page: {why} ({where}).",
            "See `lianyi page show` for one that is.",
            **wrong_in(error)._asdict(),
        ) from None
    check(definition)
    return definition


def read_object(value: Any) -> Definition:
    """The same from a value of JSON that was read already."""
    return read(json_of(value))


def check(definition: Definition) -> None:
    """Refuses what the shape alone does not tell."""
    if len(encode(definition)) > MOST_BYTES:
        raise _large()
    _lengths("", definition)
    if len(set(definition.languages)) != len(definition.languages):
        raise Refused("page.languages", "A language stands twice in the page.", "Name each once.")
    if definition.seo.canonical and not target(definition.seo.canonical).startswith("http"):
        raise Refused("page.canonical", "The canonical address is none of the web.", "Begin it with https://.")
    keys = _once(definition.blocks)
    for block in definition.every_block():
        _block(block)
    _variants(definition, keys)


def check_ready(definition: Definition) -> None:
    """Refuses to publish what nobody could use."""
    if not definition.blocks:
        raise Refused("page.empty", "The page has no blocks.", "Add one.")
    if not definition.seo.title and not _first_title(definition):
        raise Refused("page.title", "The page has no title.", "Write one into its first block.")
    _, weights = definition.arms()
    if not sum(weights):
        raise Refused("page.weights", "No variant is shown to anybody.", "Give one of them a weight.")
    for block in definition.every_block():
        options = options_of(block)
        if options and options[-1].segment is not None:
            raise Refused(
                "page.default",
                "The block {key} has no button for everybody else.",
                "Let its last one be for everybody.",
                key=block.key,
            )


def _first_title(definition: Definition) -> Words | None:
    return next((block.title for block in definition.blocks if isinstance(block, Hero) and block.title), None)


def _once(blocks: tuple[Block, ...]) -> set[str]:
    seen: set[str] = set()
    for block in blocks:
        if block.key in seen:
            raise Refused("page.twice", "Two blocks are called {key}.", "Give each its own key.", key=block.key)
        seen.add(block.key)
    return seen


def _variants(definition: Definition, keys: set[str]) -> None:
    seen: set[str] = set()
    for variant in definition.variants:
        if variant.key in seen:
            raise Refused("page.variant_twice", "Two variants are called {key}.", key=variant.key)
        seen.add(variant.key)
        for key in (*_once(variant.blocks), *variant.without):
            if key not in keys:
                raise Refused(
                    "page.variant_block",
                    "Variant {variant} changes the block {key}, which the page does not have.",
                    variant=variant.key,
                    key=key,
                )


def _block(block: Block) -> None:
    _options(block.key, options_of(block))
    match block:
        case Hero(second=second) if second is not None:
            target(second.target)
        case Footer(links=links):
            for link in links:
                target(link.target)
        case Video():
            if (block.media is None) == (not block.address):
                raise Refused("page.video", "The video {key} needs a file or an address, and not both.", key=block.key)
            if block.address and not target(block.address).startswith("http"):
                raise Refused("page.video_address", "The video {key} has no address of the web.", key=block.key)
        case Countdown():
            _moment(block)
        case Cta() | _:
            pass


def _options(block: str, options: tuple[Option, ...]) -> None:
    seen: set[str] = set()
    for option in options:
        if option.key in seen:
            raise Refused("page.option_twice", "Two buttons of {block} are called {key}.", block=block, key=option.key)
        seen.add(option.key)
        if not option.label:
            raise Refused("page.option_label", "A button of {block} says nothing.", "Write what it says.", block=block)
        target(option.target)


def _moment(block: Countdown) -> None:
    try:
        datetime.fromisoformat(block.until)
        ZoneInfo(block.zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise Refused(
            "page.moment", "The countdown {key} ends at no moment.", "Write e.g. 2026-12-31T20:00.", key=block.key
        ) from None


def _lengths(name: str, value: object) -> None:
    for text_name, words in _words_in(name, value):
        most = _LONGEST.get(text_name)
        for text in (words.zh, words.en):
            if most is not None and len(text) > most:
                raise Refused(
                    "page.long",
                    "A text ({name}) has {count} characters; {most} fit.",
                    "Shorten it.",
                    name=text_name,
                    count=len(text),
                    most=most,
                )
            if "\x00" in text:
                raise Refused("page.characters", "A text ({name}) holds a character of no script.", name=text_name)


def _words_in(name: str, value: object) -> Iterator[tuple[str, Words]]:
    if isinstance(value, Words):
        yield name, value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _words_in(field, getattr(value, field))
    elif isinstance(value, tuple):
        for one in value:
            yield from _words_in(name, one)


def _large() -> Refused:
    return Refused("page.large", "The page has more than {most:,} bytes.", "Shorten its texts.", most=MOST_BYTES)
