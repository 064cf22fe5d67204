"""Sentences for people: a template in English and the values that fill it in. Which language they come in is settled
where they are shown, by whoever shows them; nothing down here knows any but English.

A template is what the catalogue of translations is asked for, so it is written where it is used, as one literal; what
differs from case to case is a value. A value may be a sentence itself, and a list is told as its parts. Whatever else
is a value is shown on one line and without control characters, since it often comes from outside.
"""

from collections.abc import Callable
from decimal import Decimal
from string import Formatter
from typing import Any

Translate = Callable[[str], str]  # a template of English into one of another language


class Sentence:
    """`str()` is English, for logs; `told` is for people."""

    __slots__ = ("template", "values")

    def __init__(self, template: str, /, **values: object) -> None:
        self.template = template
        self.values = values

    def told(self, translate: Translate) -> str:
        """The sentence in the language that `translate` speaks."""
        return _Filling(translate).vformat(translate(self.template), (), self.values) if self.template else ""

    def packed(self) -> dict[str, Any]:
        """What JSON can carry to another process, for `unpacked`."""
        return {"template": self.template, "values": {name: _packed(value) for name, value in self.values.items()}}

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> "Sentence":
        """The inverse of `packed`; values of other kinds than text and numbers have become text."""
        return cls(packed["template"], **{name: _unpacked(value) for name, value in packed["values"].items()})

    def __str__(self) -> str:
        return self.told(str)

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and (self.template, self.values) == (other.template, other.values)

    def __hash__(self) -> int:
        return hash(self.template)

    def __bool__(self) -> bool:
        return bool(self.template)


Tell = Callable[[Sentence], str]  # how a door tells sentences; `str` where nobody's language is known

_BETWEEN = Sentence(", ")  # the parts of a list


def sentence_of(text: str | Sentence, values: dict[str, object]) -> Sentence:
    """A template with its values; a sentence stays as it is."""
    return text if isinstance(text, Sentence) else Sentence(text, **values)


def printable(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        sign if sign.isprintable() or sign == "\u3000" else " " if sign.isspace() else repr(sign)[1:-1] for sign in text
    )


class _Filling(Formatter):
    """Fills values into a template. `!r` quotes texts, each part of a list for itself."""

    def __init__(self, translate: Translate) -> None:
        self._translate = translate

    def convert_field(self, value: Any, conversion: Any) -> Any:
        match value:
            case Sentence():
                return value.told(self._translate)
            case list() | tuple():
                return _BETWEEN.told(self._translate).join(str(self.convert_field(one, conversion)) for one in value)
            case int() | float() | Decimal():
                return value
            case _:
                return repr(str(value)) if conversion == "r" else printable(str(value))


def _packed(value: object) -> Any:
    match value:
        case Sentence():
            return value.packed()
        case list() | tuple():
            return [_packed(one) for one in value]
        case int() | float():
            return value
        case _:
            return str(value)


def _unpacked(value: Any) -> object:
    if isinstance(value, list):
        return [_unpacked(one) for one in value]
    return Sentence.unpacked(value) if isinstance(value, dict) else value
