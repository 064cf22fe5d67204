"""A mapping: what the columns of a file mean. It is data, so it can be shown, written down, edited and used again.

    kind: people
    system: crm                       # whose ids these are; every fact states import:crm as its origin
    crm_id: 会员号                     # a column, by its name or its place (1 is the first)
    phone: {column: 手机, verified: true}
    traits:
      name: 姓名
      birth_date: {column: 生日, type: date, form: YYYYMMDD}
    tags: [{column: 标签, split: "、"}]

What is left out is detected (encoding, delimiter, forms of dates and numbers) or absent. A word that means nothing here
is an error that names its line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from lianyi.kernel.errors import Refused, why
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports.moments import Form
from lianyi.people.imports.tables import FileSpec
from lianyi.people.imports.yamls import load, place_of

Mark = Literal[".", ","]
OrderKind = Literal["sale", "return", "adjustment"]

_EITHER = Sentence("give either `column` or `value`")
_PRICE_OR_TOTAL = Sentence("give `price` where a row is a line of an order, or `total` where it is a whole order")
_OWN = {str(one): one for one in (_EITHER, _PRICE_OR_TOTAL)}  # what a mapping says of itself


class _Spec(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Strict: a field that is not declared is an error."""


class Text(_Spec):
    """A column as text, or one value for every row."""

    column: str | int | None = None
    value: str | None = None

    def __post_init__(self) -> None:
        if (self.column is None) == (self.value is None):
            raise ValueError(str(_EITHER))


class Identity(_Spec):
    """A column that identifies people. Without `verified` a phone or an address is only a hint (weak)."""

    column: str | int
    kind: str = ""  # where it is one of `identities`
    scope: str = ""
    verified: bool = False


class Moment(_Spec):
    """A column of times. `zone` is that of times that name no offset; the workspace's by default."""

    column: str | int
    form: Form | None = None
    zone: str | None = None


class Amount(_Spec):
    """A column of numbers; `decimal` is their decimal mark."""

    column: str | int
    decimal: Mark | None = None


class Value(_Spec):
    """A column as a trait or property. Typed files keep their types; text stays text unless `type` says otherwise.

    `otherwise` is for a cell that is not of the type: refuse the row, keep the text, or leave the cell out.
    """

    column: str | int
    type: Literal["", "text", "number", "boolean", "date", "time", "list"] = ""
    form: Form | None = None
    zone: str | None = None
    decimal: Mark | None = None
    split: str = ""
    otherwise: Literal["refuse", "text", "leave_out"] = "refuse"


class Tag(_Spec):
    """A column of tags, several in one cell where `split` names what is between them."""

    column: str | int
    split: str = ""
    dimension: Literal["attribute", "behaviour", "state", "preference"] = "attribute"


class Consent(_Spec):
    """A column that says whether a person agreed to be addressed over a channel for a purpose."""

    column: str | int
    channel: str
    purpose: str = "marketing"
    how: str = ""
    proof: str = ""
    given: list[str] | None = None  # the words that say so; by default those of English and Chinese
    withdrawn: list[str] | None = None


class SourceSpec(_Spec):
    """Where the touch came from."""

    channel: str | int | Text
    medium: str | int | Text | None = None
    campaign: str | int | Text | None = None
    code: str | int | Text | None = None


class Prefix(_Spec):
    """Order numbers that begin with `prefix` are returns or adjustments."""

    prefix: str
    means: OrderKind


IdentitySpec = str | int | Identity
MomentSpec = str | int | Moment
AmountSpec = str | int | Amount
TextSpec = str | int | Text
ValueSpec = str | int | Value


class _Mapping(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    file: FileSpec = msgspec.field(default_factory=FileSpec)
    system: str = ""
    crm_id: IdentitySpec | None = None
    user_id: IdentitySpec | None = None
    phone: IdentitySpec | list[IdentitySpec] | None = None
    email: IdentitySpec | list[IdentitySpec] | None = None
    wechat_id: IdentitySpec | None = None
    identities: list[Identity] = []
    time: MomentSpec | None = None
    source: SourceSpec | None = None
    traits: dict[str, ValueSpec] = {}


class PeopleMapping(_Mapping, tag="people"):
    """A row is a person as a system knows them."""

    tags: list[Tag] = []
    consent: list[Consent] = []


class EventsMapping(_Mapping, tag="events"):
    """A row is something that somebody did."""

    event: TextSpec
    properties: dict[str, ValueSpec] = {}


class OrdersMapping(_Mapping, tag="orders"):
    """A row is a line of an order (`price`), or a whole order (`total`)."""

    order: TextSpec
    price: AmountSpec | None = None
    quantity: AmountSpec | None = None
    total: AmountSpec | None = None
    sku: TextSpec | None = None
    name: TextSpec | None = None
    currency: TextSpec | None = None
    means: list[Prefix] = []
    negative: Literal["sale", "return"] = "return"  # what a negative quantity is without a prefix
    properties: dict[str, ValueSpec] = {}

    def __post_init__(self) -> None:
        if (self.price is None) == (self.total is None):
            raise ValueError(str(_PRICE_OR_TOTAL))


Mapping = PeopleMapping | EventsMapping | OrdersMapping
KINDS: dict[str, type[Mapping]] = {"people": PeopleMapping, "events": EventsMapping, "orders": OrdersMapping}


def read_mapping(path: Path, kind: str) -> Mapping:
    """The mapping in a YAML file. Refuses what it does not know, at its line, and a mapping of another kind."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refused("mapping.missing", "{file!r} cannot be read: {why}.", file=path.name, why=why(error)) from None
    except UnicodeDecodeError:
        raise Refused("mapping.encoding", "{file!r} is not UTF-8.", "Save it as UTF-8.", file=path.name) from None
    return parse_mapping(text, kind, path.name)


def parse_mapping(text: str, kind: str, name: str = "mapping") -> Mapping:
    """The same from a text."""
    tree, found = load(text, name)
    if not isinstance(found, dict):
        raise Refused(
            "mapping.shape", "{name} is no mapping.", "Begin with `kind: people`, `events` or `orders`.", name=name
        )
    if found.setdefault("kind", kind) != kind:
        raise Refused(
            "mapping.kind",
            "{name} maps {found!r}, not {kind}.",
            "Run `lianyi import {found}`.",
            name=name,
            found=str(found["kind"]),
            kind=kind,
        )
    try:
        mapping: Mapping = msgspec.convert(found, Mapping)
        return mapping
    except msgspec.ValidationError as error:
        line, sentence = place_of(tree, str(error), _OWN)
        raise Refused(
            "mapping.invalid",
            "{name}, line {line}: {sentence}.",
            "Correct that line.",
            name=name,
            line=line,
            sentence=sentence,
        ) from None


def write_mapping(mapping: Mapping) -> str:
    """The mapping as a YAML text that `parse_mapping` reads back to the same."""
    fields: dict[str, Any] = msgspec.to_builtins(mapping)
    plain = {name: _short(name, fields[name]) for name in sorted(fields, key=_place) if fields[name] not in ({}, [])}
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=110)


_ORDER = [
    "kind",
    "system",
    "crm_id",
    "user_id",
    "phone",
    "email",
    "wechat_id",
    "identities",
    "event",
    "order",
    "time",
    "sku",
    "name",
    "quantity",
    "price",
    "total",
    "currency",
    "means",
    "negative",
    "traits",
    "tags",
    "consent",
    "properties",
    "source",
    "file",
]


def _place(name: str) -> int:
    return _ORDER.index(name)


def _short(name: str, value: Any) -> Any:
    """`{column: x}` is written as `x` wherever that reads back to the same."""
    if isinstance(value, dict):
        if list(value) == ["column"]:
            return value["column"]
        return {key: _short(key, part) for key, part in value.items()}
    if isinstance(value, list) and name in ("phone", "email"):
        return [_short("", part) for part in value]
    return value


_SPECS: dict[str, Any] = {
    **dict.fromkeys(("crm_id", "user_id", "phone", "email", "wechat_id"), Identity),
    **dict.fromkeys(("event", "order", "sku", "name", "currency", "channel", "medium", "campaign", "code"), Text),
    **dict.fromkeys(("price", "quantity", "total"), Amount),
    "time": Moment,
}


def explicit(mapping: Mapping) -> Mapping:
    """The same mapping with every bare column written as the specification that it stands for."""
    changes: dict[str, Any] = {}
    for name in mapping.__struct_fields__:
        value = getattr(mapping, name)
        if name in ("traits", "properties"):
            changes[name] = {key: _spec(Value, part) for key, part in value.items()}
        elif isinstance(value, SourceSpec):
            changes[name] = SourceSpec(**{part: _spec(Text, getattr(value, part)) for part in value.__struct_fields__})
        elif name in _SPECS and isinstance(value, list):
            changes[name] = [_spec(_SPECS[name], part) for part in value]
        elif name in _SPECS:
            changes[name] = _spec(_SPECS[name], value)
    settled: Mapping = msgspec.structs.replace(mapping, **changes)
    return settled


def _spec(spec: Any, value: Any) -> Any:
    return spec(column=value) if isinstance(value, str | int) else value


def specs_of(value: Any) -> Iterator[Any]:
    """Every specification of a column inside an explicit mapping, or inside a part of it."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from specs_of(part)
    elif isinstance(value, msgspec.Struct):
        if "column" in value.__struct_fields__:
            yield value
        else:
            for name in value.__struct_fields__:
                yield from specs_of(getattr(value, name))
