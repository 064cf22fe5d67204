"""What each column of a file is taken as, one word a column: how a page shows a mapping, and how it changes it.

A word is a field of mappings (`phone`, `time`, `price`), or one of a family: `identity:KIND`, `source:PART`,
`trait:NAME`, `property:NAME`, `consent:CHANNEL`; without a name a trait or property is called like its column. The
empty word leaves the column out. Mappings are plain data here (`fields`), since a page shows incomplete ones too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from lianyi.kernel.errors import Refused
from lianyi.people.imports.headers import KNOWN_TRAITS, missing_of
from lianyi.people.imports.mapping import KINDS
from lianyi.people.imports.mapping import Mapping as Settled

Fields = dict[str, Any]

WHO = ("crm_id", "user_id", "phone", "email", "wechat_id")
_IDENTITIES = tuple(f"identity:{kind}" for kind in ("unionid", "member", "cookie", "device"))
_SOURCE = tuple(f"source:{part}" for part in ("channel", "medium", "campaign", "code"))
_CONSENTS = tuple(f"consent:{channel}" for channel in ("sms", "email", "wechat"))
_ORDERS = ("order", "time", "sku", "name", "quantity", "price", "total", "currency")
_SEVERAL = frozenset({"phone", "email", "tags", *_CONSENTS, *_IDENTITIES})
_ASIDE = frozenset({"kind", "system", "file", "means", "negative"})  # of a mapping, but of no column
_SPLIT = ",;，；、|"


def choices(kind: str) -> list[str]:
    """The words for columns of files of this kind, in the order in which a page offers them."""
    who = [*WHO, *_IDENTITIES]
    match kind:
        case "people":
            return [*who, *(f"trait:{name}" for name in KNOWN_TRAITS), "trait:", "tags", *_CONSENTS, *_SOURCE, "time"]
        case "events":
            return ["event", "time", *who, "property:", "trait:", *_SOURCE]
        case _:
            return [*_ORDERS, *who, "property:", *_SOURCE]


def targets_of(columns: Sequence[str], fields: Fields) -> list[str]:
    """The word for each column."""
    found = [""] * len(columns)
    for target, spec in _specs(fields):
        place = _place(columns, spec["column"])
        if place is not None:
            family, _, name = target.partition(":")
            own = family in ("trait", "property") and name == columns[place]
            found[place] = f"{family}:" if own else target
    return found


def with_targets(kind: str, columns: Sequence[str], targets: Sequence[str], before: Fields) -> Fields:
    """The mapping with these words; what `before` says of a column whose word stays is kept.

    Refuses one word for two columns where a row can have but one.
    """
    known = {(target, _place(columns, spec["column"])): spec for target, spec in _specs(before)}
    fields: Fields = {name: before[name] for name in _ASIDE if name in before}
    fields["kind"] = kind
    taken: dict[str, str] = {}
    for place, target in enumerate(targets):
        if not target:
            continue
        family, _, name = target.partition(":")
        whole = f"{family}:{columns[place]}" if family in ("trait", "property") and not name else target
        if whole not in _SEVERAL and whole in taken:
            raise Refused(
                "mapping.twice_chosen",
                "The columns {one!r} and {other!r} are taken as the same thing.",
                "Leave one of them out, or take it as something else.",
                one=taken[whole],
                other=columns[place],
            )
        taken[whole] = columns[place]
        spec = known.get((whole, place)) or _fresh(whole, _named(columns, place))
        _put(fields, whole, spec)
    return fields


def settled(fields: Fields, kind: str) -> Settled:
    """The mapping itself. Refuses one in which something is missing."""
    missing = missing_of(kind, fields)
    if missing:
        raise _needed(missing[0])
    if kind == "orders" and fields.get("price") and fields.get("total"):
        raise Refused(
            "mapping.price_and_total",
            "A row has either the price of a line or the total of an order.",
            "Take one of the two columns as a property.",
        )
    if fields.get("source") and not fields["source"].get("channel"):
        raise Refused(
            "mapping.channel",
            "A source needs its channel.",
            "Choose the column of the channel, or leave the other parts of the source out.",
        )
    try:
        mapping: Settled = msgspec.convert({**fields, "kind": kind}, KINDS[kind])
    except msgspec.ValidationError:
        raise Refused("mapping.unfit", "This mapping does not fit together.", "Choose the columns again.") from None
    return mapping


def plain(mapping: Settled) -> Fields:
    """A mapping as plain data."""
    found: Fields = msgspec.to_builtins(mapping)
    return found


def _needed(choice: tuple[str, ...]) -> Refused:
    match choice[0]:
        case "time":
            return Refused("mapping.needed", "No column says when it happened.", "Choose the column of the time.")
        case "event":
            return Refused("mapping.needed", "No column says what happened.", "Choose the column of the event's name.")
        case "order":
            return Refused("mapping.needed", "No column has the order's number.", "Choose it.")
        case "price":
            return Refused("mapping.needed", "No column says what was paid.", "Choose a price or a total.")
        case _:
            return Refused(
                "mapping.needed",
                "No column says who it is.",
                "Choose one with a phone, an e-mail address, or an id.",
            )


def _specs(fields: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part of a mapping that reads a column, with its word."""
    for name, value in fields.items():
        if name in _ASIDE:
            continue
        if name in ("traits", "properties"):
            family = "trait" if name == "traits" else "property"
            parts = [(f"{family}:{key}", one) for key, one in value.items()]
        elif name == "source":
            parts = [(f"source:{part}", one) for part, one in (value or {}).items()]
        elif name == "identities":
            parts = [(f"identity:{one['kind']}", one) for one in value]
        elif name == "consent":
            parts = [(f"consent:{one['channel']}", one) for one in value]
        else:
            parts = [(name, one) for one in (value if isinstance(value, list) else [value])]
        for target, one in parts:
            spec = {"column": one} if isinstance(one, str | int) else one
            if isinstance(spec, dict) and spec.get("column") is not None:
                yield target, spec


def _place(columns: Sequence[str], column: str | int) -> int | None:
    if isinstance(column, int):
        return column - 1 if 0 < column <= len(columns) else None
    return columns.index(column) if columns.count(column) == 1 else None


def _named(columns: Sequence[str], place: int) -> str | int:
    name = columns[place]
    return name if name and columns.count(name) == 1 else place + 1


def _fresh(target: str, column: str | int) -> dict[str, Any]:
    family, _, name = target.partition(":")
    match family:
        case "identity":
            return {"column": column, "kind": name, "scope": "" if name == "unionid" else "default"}
        case "consent":
            return {"column": column, "channel": name}
        case "tags":
            return {"column": column, "split": _SPLIT}
        case "trait" if name == "birthday":
            return {"column": column, "type": "date", "otherwise": "leave_out"}
        case _:
            return {"column": column}


def _put(fields: Fields, target: str, spec: dict[str, Any]) -> None:
    family, _, name = target.partition(":")
    match family:
        case "trait" | "property":
            fields.setdefault("traits" if family == "trait" else "properties", {})[name] = spec
        case "source":
            fields.setdefault("source", {})[name] = spec
        case "identity":
            fields.setdefault("identities", []).append(spec)
        case "consent" | "tags":
            fields.setdefault(family, []).append(spec)
        case "phone" | "email" if family in fields:
            fields[family] = [*_listed(fields[family]), spec]
        case _:
            fields[family] = spec


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
