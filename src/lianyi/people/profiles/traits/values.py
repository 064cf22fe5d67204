"""Values of traits: six types, how one is inferred, and the one way in which each value is written.

A value is kept as canonical JSON, so that equal values are equal texts: numbers without needless digits, dates as
YYYY-MM-DD, moments as UTC with a Z. What does not fit a trait's type is refused, never bent into something else.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from lianyi.kernel.sentences import Sentence

VALUE_BYTES = 2_000
LIST_ITEMS = 100

_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_STRICT_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?")
_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,12})?")
_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False, "是": True, "否": False}

_encode = msgspec.json.Encoder(order="sorted").encode


class TraitType(StrEnum):
    """What kind of value a trait has."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    LIST = "list"
    UNKNOWN = "unknown"  # of a trait that was removed, and never said


TYPES = {
    TraitType.TEXT: Sentence("text"),
    TraitType.NUMBER: Sentence("number"),
    TraitType.BOOLEAN: Sentence("boolean"),
    TraitType.DATE: Sentence("date"),
    TraitType.MOMENT: Sentence("moment"),
    TraitType.LIST: Sentence("list"),
    TraitType.UNKNOWN: Sentence("unknown"),
}


class Unfit(ValueError):
    """A value that cannot be one of the trait's type. `code` says why."""

    def __init__(self, code: str, sentence: str, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = Sentence(sentence, **values)

    def __str__(self) -> str:
        return str(self.sentence)


def infer(value: Any) -> TraitType:
    """The type that a first value gives its trait. Texts are dates or moments only when they are strictly ISO 8601."""
    if isinstance(value, bool):
        return TraitType.BOOLEAN
    if isinstance(value, int | float | Decimal):
        return TraitType.NUMBER
    if isinstance(value, list | tuple):
        return TraitType.LIST
    if isinstance(value, str):
        text = value.strip()
        if _STRICT_DATE.fullmatch(text) and _date(text) is not None:
            return TraitType.DATE
        if _MOMENT.fullmatch(text) and _moment(text) is not None:
            return TraitType.MOMENT
    return TraitType.TEXT


def canonical(value: Any, kind: TraitType) -> str:
    """`value` as a value of type `kind`, in JSON. Raises Unfit."""
    fitted = _FITTERS[kind](value)
    if fitted is None:
        raise Unfit("trait.type", "{value!r} is no {kind}.", value=_shown(value), kind=TYPES[kind])
    text = _encode(fitted).decode()
    if len(text) > VALUE_BYTES:
        raise Unfit("trait.size", "The value has more than {most:,} characters.", most=VALUE_BYTES)
    return text


def decoded(text: str) -> Any:
    """The value that canonical JSON stands for."""
    return msgspec.json.decode(text)


def cleaned(value: str) -> str:
    """A text that PostgreSQL can hold."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        number = _number(value)
        return None if number is None else str(number)
    return None


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    if isinstance(value, float | Decimal):
        number = float(value)
        if not math.isfinite(number) or abs(number) >= 10**18:
            return None
        return int(value) if number == int(value) else number
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return _number(Decimal(value.strip()))
    return None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str):
        return _BOOLEANS.get(str(value).strip().lower())
    return None


def _date(value: Any) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if found := _DATE.fullmatch(text):
        year, month, day = found[1], found[3], found[4]
    elif found := _COMPACT_DATE.fullmatch(text) or _CHINESE_DATE.fullmatch(text):
        year, month, day = found[1], found[2], found[3]
    elif _MOMENT.fullmatch(text):
        year, month, day = text[:4], text[5:7], text[8:10]
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _moment(value: Any) -> str | None:
    if isinstance(value, str):
        text = value.strip()
        if _MOMENT.fullmatch(text):
            try:
                value = datetime.fromisoformat(text)
            except ValueError:
                return None
        else:
            day = _date(text)
            return None if day is None else f"{day}T00:00:00Z"
    if not isinstance(value, datetime):
        return None
    try:
        moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        return None
    return moment.isoformat().replace("+00:00", "Z")


def _list(value: Any) -> list[Any] | None:
    items = list(value) if isinstance(value, list | tuple) else [value]
    fitted: list[Any] = []
    for item in items:
        one = item if isinstance(item, bool) else _text(item) if isinstance(item, str) else _number(item)
        if one is None:
            return None
        if one not in fitted and one != "":
            fitted.append(one)
    if len(fitted) > LIST_ITEMS:
        raise Unfit("trait.size", "The list has more than {most} items.", most=LIST_ITEMS)
    return fitted


def _shown(value: Any) -> str:
    return (value if isinstance(value, str) else repr(value))[:60]


_FITTERS: dict[TraitType, Callable[[Any], Any]] = {
    TraitType.TEXT: _text,
    TraitType.NUMBER: _number,
    TraitType.BOOLEAN: _boolean,
    TraitType.DATE: _date,
    TraitType.MOMENT: _moment,
    TraitType.LIST: _list,
}
