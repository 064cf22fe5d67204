"""Definitions as they come in: read from JSON, and refused where they mean nothing. No Django here."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import msgspec

from lianyi.growth.decoding import UNREADABLE, json_of, wrong_in
from lianyi.growth.forms.checks import YES
from lianyi.growth.forms.fields import (
    Choice,
    Choices,
    Consent,
    Date,
    Email,
    Field,
    File,
    Hidden,
    LongText,
    Number,
    Phone,
    Text,
)
from lianyi.growth.forms.schemas import MOST_BYTES, MOST_FIELDS, Definition, encode
from lianyi.growth.words import Words
from lianyi.kernel.errors import Refused

OWN = "ly_"  # names that the page itself sends begin so
TRAIT = "trait:"
TRAIT_CHARACTERS = 100
_IDENTITIES: dict[str, type[Any]] = {"email": Email, "phone": Phone, "wechat_id": Text}
_LONGEST = {
    "title": 200,
    "intro": 2_000,
    "button": 40,
    "label": 300,
    "help": 500,
    "option": 200,
    "wording": 1_500,
    "subject": 150,
    "text": 4_000,
}
_decode = msgspec.json.Decoder(Definition).decode


def read(data: bytes | str) -> Definition:
    """The definition that this JSON is. Refuses one that means nothing, and one that is too large for a page."""
    if len(data) > MOST_BYTES:
        raise Refused("form.large", "The form has more than {most:,} bytes.", "Shorten its texts.", most=MOST_BYTES)
    try:
        definition = _decode(data)
    except UNREADABLE as error:
        raise Refused(
            "form.definition",
            "This is no form: {why} ({where}).",
            "See `lianyi form show` for one that is.",
            **wrong_in(error)._asdict(),
        ) from None
    check(definition)
    return definition


def read_object(value: Any) -> Definition:
    """The same from a value of JSON that was read already."""
    return read(json_of(value))


def check(definition: Definition) -> None:
    """Refuses what the shape alone does not tell."""
    _texts(definition)
    seen: dict[str, Field] = {}
    targets: set[str] = set()
    for field in definition.fields:
        if field.key in seen:
            raise Refused("form.twice", "Two fields are called {key}.", "Give each its own key.", key=field.key)
        if field.key.startswith(OWN):
            raise Refused("form.key", "Keys that begin with ly_ are Lianyi's own.", "Choose another key.")
        _maps(field, targets)
        _shown(field, seen)
        _bounds(field)
        seen[field.key] = field
    _parts(definition, seen)
    if len(encode(definition)) > MOST_BYTES:
        raise Refused("form.large", "The form has more than {most:,} bytes.", "Shorten its texts.", most=MOST_BYTES)


def check_ready(definition: Definition) -> None:
    """Refuses to publish what nobody could fill in."""
    if not any(not isinstance(field, Hidden) for field in definition.fields):
        raise Refused("form.empty", "The form asks nothing.", "Add a field.")
    if not definition.title:
        raise Refused("form.title", "The form has no title.", "Write one: it is the title of its page.")
    for field in definition.fields:
        said = field.wording if isinstance(field, Consent) else field.label
        if not said and not isinstance(field, Hidden):
            raise Refused("form.label", "The field {key} has no label.", "Write what it asks.", key=field.key)


def _maps(field: Field, targets: set[str]) -> None:
    target = field.maps_to
    if not target:
        return
    if target in _IDENTITIES:
        if not isinstance(field, _IDENTITIES[target]):
            raise Refused(
                "form.target", "The field {key} cannot be the {target} of a person.", key=field.key, target=target
            )
    else:
        name = target.removeprefix(TRAIT)
        proper = 0 < len(name) <= TRAIT_CHARACTERS and name.isprintable() and name == name.strip()
        if not target.startswith(TRAIT) or not proper or isinstance(field, Consent | File):
            raise Refused(
                "form.target",
                "The field {key} has no place {target!r} to go to.",
                "Name a trait (trait:city), email, phone or wechat_id.",
                key=field.key,
                target=target,
            )
    if target in targets:
        raise Refused("form.target_twice", "Two fields go to {target}.", "Leave it to one of them.", target=target)
    targets.add(target)


def _shown(field: Field, before: dict[str, Field]) -> None:
    if field.when is None:
        return
    asked = before.get(field.when.field)
    if asked is None or isinstance(asked, File | LongText):
        raise Refused(
            "form.condition",
            "The field {key} waits for {other}, which is no field before it that could decide.",
            "Move it, or choose another.",
            key=field.key,
            other=field.when.field,
        )
    unknown = sorted(set(field.when.values) - _possible(asked, field.when.values))
    if unknown:
        raise Refused(
            "form.condition_value",
            "The field {key} waits for {values} of {other}, which nobody can choose there.",
            "Choose among its options.",
            key=field.key,
            values=unknown,
            other=asked.key,
        )


def _possible(field: Field, wanted: Iterable[str]) -> set[str]:
    match field:
        case Choice() | Choices():
            return {one.value for one in field.options}
        case Consent():
            return {YES}
        case _:
            return set(wanted)


def _bounds(field: Field) -> None:
    match field:
        case Choice() | Choices():
            values = [one.value for one in field.options]
            if len(set(values)) < len(values) or any(one != one.strip() or not one.isprintable() for one in values):
                raise Refused(
                    "form.options",
                    "The options of {key} are not told apart by their values.",
                    "Give each its own, without blanks around it.",
                    key=field.key,
                )
            if isinstance(field, Choices) and not field.least <= (field.most or len(values)) <= len(values):
                raise _crossed(field)
        case Number():
            if field.least is not None and field.most is not None and Decimal(field.least) > Decimal(field.most):
                raise _crossed(field)
        case Date():
            days = [_day(field, one) for one in (field.first, field.last) if one is not None]
            if days != sorted(days):
                raise _crossed(field)
        case Text() | LongText() | Email() | Phone() | Consent() | File() | Hidden():
            pass


def _day(field: Field, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("form.day", "{day} is no day ({key}).", "Write YYYY-MM-DD.", day=text, key=field.key) from None


def _crossed(field: Field) -> Refused:
    return Refused("form.bounds", "Nothing fits between the bounds of {key}.", "Change one of them.", key=field.key)


def _parts(definition: Definition, fields: dict[str, Field]) -> None:
    asked = definition.progressive.fields if definition.progressive else ()
    for key in asked:
        found = fields.get(key)
        if found is None or not found.maps_to:
            raise Refused(
                "form.progressive",
                "{key} cannot be asked by and by: it is no field that goes to a trait or an identity.",
                "Say where its answer goes.",
                key=key,
            )
    if len(set(asked)) < len(asked):
        raise Refused("form.twice", "Two fields are called {key}.", "Give each its own key.", key=asked[0])
    if definition.double_opt_in:
        found = fields.get(definition.double_opt_in.field)
        if not isinstance(found, Email) or found.key in asked or found.when:
            raise Refused(
                "form.opt_in",
                "A double opt-in needs an e-mail field that is always asked.",
                "Choose one, or leave the double opt-in out.",
            )
    _address(definition.thanks.address)


def _address(address: str) -> None:
    """Where a browser is sent to: a web address and nothing else."""
    if not address:
        return
    try:
        parts = urlsplit(address)
        proper = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
        proper = proper and parts.port != 0
    except ValueError:
        proper = False
    if not proper or not address.isprintable() or not address.isascii() or set(address) & set(' "<>\\^`{|}'):
        raise Refused("form.address", "{address!r} is no address of the web.", "Begin with https://", address=address)


def _texts(definition: Definition) -> None:
    for kind, words in _words(definition):
        for text in (words.zh, words.en):
            if len(text) > _LONGEST[kind]:
                raise Refused(
                    "form.text",
                    "A text of this form has more than {most:,} characters: {begin}…",
                    "Shorten it.",
                    most=_LONGEST[kind],
                    begin=text[:30],
                )
            if any(not sign.isprintable() and sign not in "\n\u3000\u200d\ufe0f" for sign in text):
                raise Refused("form.unseen", "A text of this form holds signs that nobody sees.", "Type it anew.")


def _words(definition: Definition) -> Iterator[tuple[str, Words]]:
    yield from (("title", definition.title), ("intro", definition.intro), ("button", definition.button))
    yield "text", definition.thanks.text
    if definition.double_opt_in:
        yield from (("subject", definition.double_opt_in.subject), ("text", definition.double_opt_in.text))
    for field in definition.fields[:MOST_FIELDS]:
        yield from (("label", field.label), ("help", field.help))
        if isinstance(field, Consent):
            yield "wording", field.wording
        elif isinstance(field, Choice | Choices):
            yield from (("option", one.label) for one in field.options)
