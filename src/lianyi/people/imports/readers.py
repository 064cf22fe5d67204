"""How the cells of each mapped column are read: the readers that a plan asks for.

A reader gives a value, None for a blank cell, or `Bad` with the reason why the cell cannot be used; `LeftOut` where its
row is to be taken without it.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from lianyi.events.intake.limits import AHEAD, NAME_CHARACTERS, BadEvent, check_name
from lianyi.events.schemas import Claim
from lianyi.kernel import text
from lianyi.kernel.sentences import Sentence
from lianyi.people.identity.normalise import KINDS, normalise
from lianyi.people.imports import numbers
from lianyi.people.imports.cells import Bad, LeftOut, Read, shown, tidy
from lianyi.people.imports.mapping import Amount, Consent, Identity, Moment, Tag, Value
from lianyi.people.imports.moments import date_reader, moment_reader
from lianyi.people.imports.plan import zone_of

_YES = ["1", "y", "yes", "true", "t", "on", "是", "同意", "已同意", "订阅", "已订阅", "授权", "已授权"]
_NO = ["0", "n", "no", "false", "f", "off", "否", "不同意", "拒绝", "已拒绝", "退订", "已退订", "未授权"]
_LONGEST_IDENTITY = 256
_LONGEST_ORDER = 100


class Who(NamedTuple):
    """An identity as a cell states it, and the one form it is known by; None where it is no identity."""

    claim: Claim
    known: Claim | None
    alone: list[Claim]  # the claim as the only one of its row


def identity(kind: str, spec: Identity, scope: str, region: str) -> Read:
    """Reads a cell as a `Who`. What is stated is kept as it stands, so that an id never depends on how it is read."""
    strong = KINDS[kind].strong_possible and (spec.verified or kind not in ("phone", "email"))

    def read(cell: Any) -> Who | Bad | None:
        value = tidy(cell)
        if value is None or isinstance(value, Bad):
            return value
        if len(value) > _LONGEST_IDENTITY:
            return Bad(
                "identity.long",
                Sentence("{cell!r} has more than {most} characters.", cell=shown(value), most=_LONGEST_IDENTITY),
            )
        claim = Claim(kind, scope, value, strong)
        return Who(claim, normalise(claim, region), [claim])

    return read


def moment(spec: Moment | Value, now: int | None) -> Read:
    """Reads a cell as µs; with `now`, one that lies before 1970 or ahead of it is refused."""
    assert spec.form is not None
    read = moment_reader(spec.form, zone_of(spec.zone))
    return read if now is None else _lived(read, now)


def _lived(read: Callable[[Any], int | Bad | None], now: int) -> Read:
    def check(cell: Any) -> int | Bad | None:
        at = read(cell)
        if type(at) is int:
            if at <= 0:
                return Bad("time.range", Sentence("{cell!r} lies before 1970.", cell=shown(cell)))
            if at > now + AHEAD:
                return Bad("time.future", Sentence("{cell!r} lies in the future.", cell=shown(cell)))
        return at

    return check


def event_name(cell: Any) -> str | Bad | None:
    """Reads a cell as the name of an event; names with a dot are our own."""
    name = tidy(cell)
    if isinstance(name, str):
        try:
            check_name(name)
        except BadEvent as bad:
            if bad.code == "name.reserved":
                return Bad(bad.code, Sentence("{cell!r}: names with a dot are Lianyi's own.", cell=shown(name)))
            most = NAME_CHARACTERS
            return Bad(
                bad.code,
                Sentence("{cell!r} is longer than a name may be ({most} characters).", cell=shown(name), most=most),
            )
    return name


def order_number(cell: Any) -> str | Bad | None:
    """Reads a cell as the number of an order."""
    number = tidy(cell)
    if isinstance(number, str) and len(number) > _LONGEST_ORDER:
        return Bad(
            "order.long", Sentence("{cell!r} has more than {most} characters.", cell=shown(number), most=_LONGEST_ORDER)
        )
    return number


def currency(cell: Any) -> str | Bad | None:
    """Reads a cell as an ISO 4217 code."""
    code = tidy(cell)
    if isinstance(code, str):
        code = _CURRENCIES.get(code, code.upper())
        if not (len(code) == 3 and code.isascii() and code.isalpha()):
            return Bad("currency.invalid", Sentence("{cell!r} is no ISO currency code, e.g. CNY.", cell=shown(cell)))
    return code


_CURRENCIES = {"¥": "CNY", "￥": "CNY", "元": "CNY", "人民币": "CNY", "RMB": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


def amount(spec: Amount) -> Read:
    """Reads a cell as a plain decimal string, money-sized."""
    mark = spec.decimal or "."
    return lambda cell: numbers.amount(cell, mark)


def quantity(spec: Amount) -> Read:
    """Reads a cell as how many."""
    mark = spec.decimal or "."
    return lambda cell: numbers.quantity(cell, mark)


def value(spec: Value) -> Read:
    """Reads a cell as a trait or property."""
    read = _typed(spec)
    if spec.otherwise == "refuse":
        return read

    def forgiving(cell: Any) -> Any:
        found = read(cell)
        if type(found) is not Bad:
            return found
        kept = tidy(cell) if spec.otherwise == "text" else found
        return LeftOut(kept.code, kept.reason) if type(kept) is Bad else kept

    return forgiving


def _typed(spec: Value) -> Read:
    match spec.type:
        case "number":
            mark = spec.decimal or "."
            return lambda cell: numbers.number(cell, mark)
        case "boolean":
            return boolean(_YES, _NO)
        case "date":
            assert spec.form is not None
            return date_reader(spec.form)
        case "time":
            return moment(spec, None)
        case "list":
            return parts(spec.split or ",;，；、|")
        case "text":
            return tidy
        case "":
            return natural


def natural(cell: Any) -> Any:
    """A cell as the kind of file it comes in has it: numbers and truth of typed files, text of all others."""
    if isinstance(cell, bool) or (isinstance(cell, int) and abs(cell) < 2**53):
        return cell
    if isinstance(cell, float | Decimal):
        found = numbers.number(cell, ".")
        return tidy(cell) if isinstance(found, Bad) else found
    if isinstance(cell, list) and all(isinstance(part, str | int) for part in cell):
        return [kept for part in cell if isinstance(kept := tidy(part), str)] or None
    return tidy(cell)


def boolean(yes: list[str], no: list[str]) -> Read:
    """Reads a cell as True or False, by the words for each."""
    words = {text.clean(word).casefold(): True for word in yes} | {text.clean(word).casefold(): False for word in no}

    def read(cell: Any) -> bool | Bad | None:
        word = tidy(cell)
        if word is None or isinstance(word, Bad):
            return word
        found = words.get(text.clean(word).casefold())
        return (
            Bad("boolean.unreadable", Sentence("{cell!r} is neither yes nor no.", cell=shown(cell)))
            if found is None
            else found
        )

    return read


def consent(spec: Consent) -> Read:
    """Reads a cell as whether consent was given (True) or withdrawn (False)."""
    return boolean(_YES if spec.given is None else spec.given, _NO if spec.withdrawn is None else spec.withdrawn)


def parts(split: str) -> Read:
    """Reads a cell as a list of texts; each character of `split` separates them. Without one, the cell is one text."""
    separators = str.maketrans(dict.fromkeys(split, "\x00"))

    def read(cell: Any) -> list[str] | Bad | None:
        found = cell if isinstance(cell, list) else [tidy(cell)]
        texts: list[str] = []
        for one in found:
            whole = tidy(one)
            if isinstance(whole, Bad):
                return whole
            texts.extend(part for piece in (whole or "").translate(separators).split("\x00") if (part := piece.strip()))
        kept: list[str] = list(dict.fromkeys(texts))
        return kept or None

    return read


def tags(spec: Tag) -> Read:
    """Reads a cell as tags of at most 100 characters."""
    read: Read = parts(spec.split)

    def short(cell: Any) -> list[str] | Bad | None:
        found: list[str] | Bad | None = read(cell)
        if isinstance(found, list) and any(len(tag) > 100 for tag in found):
            return Bad("tag.long", Sentence("{cell!r} is longer than a tag may be (100 characters).", cell=shown(cell)))
        return found

    return short


def source_part(cell: Any) -> str | Bad | None:
    """Reads a cell as a part of a source, at most 200 characters."""
    part = tidy(cell)
    return part[:200] if isinstance(part, str) else part
