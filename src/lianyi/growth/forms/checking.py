"""What somebody sent, judged by the definition: a submission, or what is wrong with it by field. No Django here.

Fields that were not shown are not judged, and what came for them is left out. What was typed is kept as text, whatever
it looks like. Whoever types vouches for nothing, so identities that come of it are weak.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, assert_never

import msgspec

from lianyi.growth.forms.checks import broken, checks_of, tidied
from lianyi.growth.forms.definitions import TRAIT
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
from lianyi.growth.forms.schemas import Consented, Definition, Handed, Submission
from lianyi.kernel.sentences import Sentence
from lianyi.people.identity.normalise import normalise_value

_HIDDEN_CHARACTERS = 200

Problems = dict[str, Sentence]  # by the field's key, in the order of the form
Sent = Mapping[str, Sequence[str]]


class Asking(NamedTuple):
    """In which circumstances a form is filled in: the workspace's region, the language in which it was shown, and which
    fields of those that are asked by and by were on the page; None for those that a stranger is asked.
    """

    region: str
    language: str
    asked: Collection[str] | None = None


def checked(
    definition: Definition, sent: Sent, asking: Asking, files: Mapping[str, Handed] | None = None
) -> Submission | Problems:
    """A submission, or what is wrong by field. `files` are those that came with it, by the key of their field."""
    handed = files or {}
    problems: Problems = {}
    found: dict[str, list[str]] = {}
    for field in definition.fields:
        if not is_shown(definition, field, found, asking.asked):
            continue
        values = _values(field, sent, handed)
        wrong = broken(checks_of(field, asking.region), values)
        if wrong is not None:
            problems[field.key] = wrong
        found[field.key] = values
    return problems or _submission(definition, found, asking, handed)


def is_shown(
    definition: Definition, field: Field, found: Mapping[str, Sequence[str]], asked: Collection[str] | None
) -> bool:
    """Whether the field is shown to whoever gave the answers `found` to those before it."""
    if definition.progressive and field.key in definition.progressive.fields:
        on_page = definition.progressive.fields[: definition.progressive.at_once] if asked is None else asked
        if field.key not in on_page:
            return False
    if field.when is None:
        return True
    given = found.get(field.when.field, ())
    return bool(given) and (not field.when.values or not set(given).isdisjoint(field.when.values))


def on_page(definition: Definition, asked: Collection[str]) -> Definition:
    """The form as somebody sees it who is asked these of the fields that are asked by and by."""
    if definition.progressive is None:
        return definition
    hidden = set(definition.progressive.fields) - set(asked)
    fields = tuple(field for field in definition.fields if field.key not in hidden)
    return msgspec.structs.replace(definition, fields=fields, progressive=None)


def next_asked(definition: Definition, known: Collection[str]) -> tuple[str, ...]:
    """Of the fields that are asked by and by, those that come next for a person of whom the traits `known` are known.
    Identities count as traits of their name.
    """
    if definition.progressive is None:
        return ()
    targets = {field.key: field.maps_to.removeprefix(TRAIT) for field in definition.fields}
    open_ones = [key for key in definition.progressive.fields if targets[key] not in known]
    return tuple(open_ones[: definition.progressive.at_once])


def agreed_to(definition: Definition, answers: Mapping[str, Any], language: str) -> list[Consented]:
    """What these answers agree to, in the words that whoever gave them read."""
    found: list[Consented] = []
    for field in definition.fields:
        if isinstance(field, Consent) and answers.get(field.key) is True:
            found += _agreed(field, language)
    return found


def _values(field: Field, sent: Sent, handed: Mapping[str, Handed]) -> list[str]:
    if isinstance(field, File):
        file = handed.get(field.key)
        return [file.type, str(file.size)] if file else []
    return tidied(field, sent.get(field.key, ()))


def _submission(
    definition: Definition, found: Mapping[str, list[str]], asking: Asking, handed: Mapping[str, Handed]
) -> Submission:
    answers: dict[str, Any] = {}
    claims: list[tuple[str, str, str, bool]] = []
    traits: dict[str, Any] = {}
    consents: list[Consented] = []
    for field in definition.fields:
        values = found.get(field.key)
        if values is None:
            continue
        value: Any = _kept(field, values, asking.region)
        if isinstance(field, File) and values:
            value = _file(handed[field.key])
        if value is None:
            continue
        answers[field.key] = value
        if isinstance(field, Consent):
            consents += _agreed(field, asking.language) if value else []
        elif field.maps_to.startswith(TRAIT):
            traits[field.maps_to.removeprefix(TRAIT)] = value
        elif field.maps_to:
            traits[field.maps_to] = value
            if normalise_value(field.maps_to, value, asking.region) is not None:
                claims.append((field.maps_to, "", value, False))
    return Submission(answers, tuple(claims), traits, tuple(consents))


def _kept(field: Field, values: list[str], region: str) -> Any:
    """The answer as it is kept; None for none."""
    if isinstance(field, Consent):
        return bool(values)
    if isinstance(field, Choices):
        return values or None
    text = values[0] if values else ""
    match field:
        case Hidden():
            return (text or field.value)[:_HIDDEN_CHARACTERS] or None
        case Email():
            return normalise_value("email", text, region) or text or None
        case Phone():
            return normalise_value("phone", text, region) or text or None
        case Number():
            return _number(text) if text else None
        case Text() | LongText() | Date() | Choice() | File():
            return text or None
        case _:
            assert_never(field)


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _file(file: Handed) -> dict[str, Any]:
    return {"name": file.name, "size": file.size, "type": file.type, "file": file.file}


def _agreed(field: Consent, language: str) -> list[Consented]:
    """What was agreed to, a line for each purpose; one without any where it is no consent to messages."""
    said = field.wording.told(language)
    return [Consented(field.key, field.channel, purpose, said) for purpose in field.purposes or ("",)]
