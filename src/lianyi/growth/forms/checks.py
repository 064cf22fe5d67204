"""The checks of a field, as data: the server makes them and so does the browser (web/public/forms/checks.ts), and both
say the sentence that comes with the check. What all checks of a field let through is accepted; nothing else decides.

| check | value | holds when |
|---|---|---|
| `needed` | | anything was said |
| `longest` | n | the text has at most n characters |
| `pattern` | regular expression | the text matches it |
| `least`, `most` | number | the number is not below, not above it |
| `day` | | it is a day of the calendar |
| `first`, `last` | day | it is not before, not after it |
| `offered` | values | all that was chosen is among them |
| `fewest`, `greatest` | n | at least, at most n were chosen |
| `bytes` | n | the file is not larger |
| `types` | types | the file is of one of them |

A check but `needed` says nothing about a field that was left empty.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, assert_never

from lianyi.growth.forms import tidying
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
from lianyi.growth.forms.phones import phone_pattern
from lianyi.kernel.sentences import Sentence

YES = "yes"  # what a ticked consent sends
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
DOCUMENTS = ("application/pdf",)
MEGABYTE = 1_000_000

_EMAIL = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,63})*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$"
)
_WHOLE = r"^-?[0-9]{1,12}$"
_NUMBER = r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"  # 15 digits: a browser compares no more of them exactly
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Check(NamedTuple):
    """One check, and what is said when it does not hold."""

    kind: str
    value: Any
    sentence: Sentence


def checks_of(field: Field, region: str) -> list[Check]:
    """The checks of a field in their order: the first that does not hold is what is said."""
    needed = [Check("needed", None, _missing(field))] if field.required and not isinstance(field, Hidden) else []
    return needed + _checks(field, region)


def broken(checks: Sequence[Check], values: Sequence[str]) -> Sentence | None:
    """What the first check says that these values do not meet; None when they meet all. Values are tidied texts."""
    return next((one.sentence for one in checks if not _HOLDS[one.kind](one.value, values)), None)


def tidied(field: Field, texts: Sequence[str]) -> list[str]:
    """What was sent for a field, as it is judged: no empty texts, and one alone where there can be only one."""
    tidy = _tidy(field)
    found = [text for text in map(tidy, texts) if text]
    return list(dict.fromkeys(found)) if isinstance(field, Choices) else found[:1]


def spelling_of(field: Field) -> str:
    """How a field's texts are tidied: a function of `tidying`, by name."""
    return _tidy(field).__name__


def types_of(field: File) -> tuple[str, ...]:
    """The types of files that it takes."""
    return (PICTURES if field.pictures else ()) + (DOCUMENTS if field.documents else ())


def _tidy(field: Field) -> Callable[[str], str]:
    match field:
        case LongText():
            return tidying.lines
        case Text() | Choice() | Choices() | Consent() | Hidden() | File():
            return tidying.line
        case Email() | Number() | Date():
            return tidying.packed
        case Phone():
            return tidying.dialled
        case _:
            assert_never(field)


def _missing(field: Field) -> Sentence:
    match field:
        case Choice() | Choices():
            return Sentence("Choose something.")
        case Consent():
            return Sentence("Tick this to go on.")
        case File():
            return Sentence("Choose a file.")
        case _:
            return Sentence("Fill this in.")


def _checks(field: Field, region: str) -> list[Check]:
    match field:
        case Text() | LongText():
            return [_longest(field.most)]
        case Email():
            return [_longest(254), Check("pattern", _EMAIL, Sentence("This is no e-mail address."))]
        case Phone():
            return [Check("pattern", phone_pattern(region), Sentence("This is no phone number."))]
        case Number():
            return _of_number(field)
        case Date():
            return _of_date(field)
        case Choice():
            return [_offered(field)]
        case Choices():
            return _of_choices(field)
        case Consent():
            return [Check("offered", [YES], Sentence("Tick it, or leave it."))]
        case File():
            return _of_file(field)
        case Hidden():
            return []
        case _:
            assert_never(field)


def _longest(most: int) -> Check:
    return Check("longest", most, Sentence("At most {most} characters.", most=most))


def _offered(field: Choice | Choices) -> Check:
    return Check("offered", [one.value for one in field.options], Sentence("Choose among what is offered."))


def _of_number(field: Number) -> list[Check]:
    shape = Sentence("This is no whole number.") if field.whole else Sentence("This is no number.")
    found = [Check("pattern", _WHOLE if field.whole else _NUMBER, shape)]
    if field.least is not None:
        found.append(Check("least", field.least, Sentence("At least {least}.", least=field.least)))
    if field.most is not None:
        found.append(Check("most", field.most, Sentence("At most {most}.", most=field.most)))
    return found


def _of_date(field: Date) -> list[Check]:
    wrong = Sentence("This is no date.")
    found = [Check("pattern", _DAY, wrong), Check("day", None, wrong)]
    if field.first is not None:
        found.append(Check("first", field.first, Sentence("Not before {first}.", first=field.first)))
    if field.last is not None:
        found.append(Check("last", field.last, Sentence("Not after {last}.", last=field.last)))
    return found


def _of_choices(field: Choices) -> list[Check]:
    found = [_offered(field)]
    if field.least:
        found.append(Check("fewest", field.least, Sentence("Choose at least {least}.", least=field.least)))
    if field.most:
        found.append(Check("greatest", field.most, Sentence("Choose at most {most}.", most=field.most)))
    return found


def _of_file(field: File) -> list[Check]:
    said = {
        (True, True): Sentence("Give a picture (PNG, JPEG, GIF, WebP) or a PDF."),
        (True, False): Sentence("Give a picture (PNG, JPEG, GIF, WebP)."),
        (False, True): Sentence("Give a PDF."),
    }
    wrong = said[field.pictures, field.documents or not field.pictures]
    large = Sentence("The file has more than {most} MB.", most=_megabytes(field.most_bytes))
    return [Check("types", list(types_of(field)), wrong), Check("bytes", field.most_bytes, large)]


def _megabytes(count: int) -> str:
    return f"{Decimal(count) / MEGABYTE:f}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _matches(pattern: str, values: Sequence[str]) -> bool:
    return all(re.search(pattern, one, re.ASCII) and not one.endswith("\n") for one in values)


# A file's values are its type and its size.
_HOLDS: dict[str, Callable[[Any, Sequence[str]], bool]] = {
    "needed": lambda _, values: bool(values),
    "longest": lambda most, values: all(len(one) <= most for one in values),
    "pattern": _matches,
    "least": lambda least, values: all(Decimal(one) >= Decimal(least) for one in values),
    "most": lambda most, values: all(Decimal(one) <= Decimal(most) for one in values),
    "day": lambda _, values: all(map(_is_day, values)),
    "first": lambda first, values: all(one >= first for one in values),
    "last": lambda last, values: all(one <= last for one in values),
    "offered": lambda offered, values: set(values) <= set(offered),
    "fewest": lambda least, values: not values or len(values) >= least,
    "greatest": lambda most, values: len(values) <= most,
    "types": lambda types, values: not values or values[0] in types,
    "bytes": lambda most, values: not values or int(values[1]) <= most,
}
