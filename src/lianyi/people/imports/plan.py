"""A plan: a mapping in which nothing is left to be detected, for one file.

Times and numbers are looked at over the first rows, and over the whole column where these leave room for two readings.
What then still reads two ways is refused with the question to answer in the mapping.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from lianyi.foundation.workspaces.zones import zone_names
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.people.imports.mapping import (
    Amount,
    EventsMapping,
    Mapping,
    Moment,
    OrdersMapping,
    PeopleMapping,
    Value,
    explicit,
    specs_of,
)
from lianyi.people.imports.moments import FormEvidence
from lianyi.people.imports.numbers import MarkEvidence
from lianyi.people.imports.tables import FileSpec, Table, first_of

SYSTEMS: dict[type[Any], str] = {PeopleMapping: "crm", OrdersMapping: "shop", EventsMapping: "app"}
RESERVED = frozenset({"order", "sku", "name", "quantity", "price", "total", "currency", "kind", "products"})


class Plan(NamedTuple):
    """How one file is read and what its columns mean, whole."""

    mapping: Mapping
    places: dict[str | int, int]  # of each column that the mapping names, from 0


class _Column(NamedTuple):
    """A column to be looked at."""

    place: int
    name: str
    evidence: FormEvidence | MarkEvidence


def make_plan(table: Table, mapping: Mapping, *, zone: str) -> Plan:
    """The plan of `mapping` for `table`; `zone` is the workspace's.

    Refuses columns that are not there or that read two ways.
    """
    mapping = explicit(mapping)
    _check(mapping)
    named = {part.column for part in specs_of(mapping) if part.column is not None}
    places = {column: place_of(table.columns, column) for column in named}
    spec = mapping.file
    found = _detect(table, mapping, places)
    settled = _Settled(found, places, spec.zone or zone, spec.decimal)
    changes: dict[str, Any] = {
        name: settled.of(getattr(mapping, name)) for name in mapping.__struct_fields__ if name not in ("file", "system")
    }
    reading = table.reading
    delimited = reading.kind == "CSV"
    file = FileSpec(
        encoding=reading.encoding or None,
        delimiter=reading.delimiter or None,
        header=reading.header if delimited or reading.kind == "XLSX" else None,
        columns=spec.columns,
        sheet=reading.sheet or None,
    )
    changes["file"] = file
    changes["system"] = mapping.system or SYSTEMS[type(mapping)]
    return Plan(msgspec.structs.replace(mapping, **changes), places)


def place_of(columns: list[str], column: str | int) -> int:
    """Where a column stands, from 0. Refuses one that is not there, and a name that several columns have."""
    if isinstance(column, int):
        if not 1 <= column <= len(columns):
            raise Refused(
                "mapping.column", "There is no column {column}; there are {count}.", column=column, count=len(columns)
            )
        return column - 1
    name = clean(column)
    count = columns.count(name)
    if count == 1:
        return columns.index(name)
    if count > 1:
        where = [str(place) for place, one in enumerate(columns, 1) if one == name]
        raise Refused(
            "header.twice",
            "Columns {places} have the same name {name!r}.",
            "Name the one that is meant by its place.",
            places=where,
            name=name,
        )
    raise Refused(
        "mapping.column",
        "There is no column {name!r}.",
        "The columns are: {names}.",
        name=name,
        names=first_of(columns),
    )


def _check(mapping: Mapping) -> None:
    if isinstance(mapping, OrdersMapping):
        reserved = RESERVED - {"total"} if mapping.price is not None else RESERVED
        for name in mapping.properties:
            if name in reserved:
                raise Refused(
                    "mapping.property", "{name!r} is a word of orders.", "Give that property another name.", name=name
                )
    for name in [*mapping.traits, *getattr(mapping, "properties", {})]:
        if not name.strip() or len(name) > 100:
            raise Refused(
                "mapping.name", "{name!r} is no name of a trait.", "Write 1 to 100 characters.", name=name[:100]
            )
    for part in [mapping.file, *specs_of(mapping)]:
        zone = getattr(part, "zone", None)
        if zone is not None and zone not in zone_names():
            raise Refused(
                "mapping.zone", "{zone!r} is no time zone.", "Write an IANA name such as Asia/Shanghai.", zone=zone
            )
    if isinstance(mapping, EventsMapping | OrdersMapping) and mapping.time is None:
        raise Refused("mapping.needed", "The mapping does not say which column is the time.", "Add `time:`.")
    who = (mapping.crm_id, mapping.user_id, mapping.phone, mapping.email, mapping.wechat_id, *mapping.identities)
    if not any(who) and not isinstance(mapping, OrdersMapping):
        raise Refused("mapping.needed", "The mapping does not say which column names the person.", "Add e.g. `phone:`.")
    for identity in mapping.identities:
        if not identity.kind:
            raise Refused("mapping.identity", "An entry of `identities` has no kind.", "Add `kind:`, e.g. unionid.")


def _detect(table: Table, mapping: Mapping, places: dict[str | int, int]) -> dict[tuple[int, str], Any]:
    """For each column of times or numbers whose form is not given, what it is."""
    columns = list(_undetermined(mapping, places, table.columns))
    if columns:
        blocks = table.blocks()
        _look(columns, islice(blocks, 1))
        doubtful = [column for column in columns if _is_doubtful(column.evidence)]
        if doubtful:
            _look(doubtful, blocks)
        blocks.close()  # type: ignore[attr-defined]
    return {(column.place, type(column.evidence).__name__): _decided(column) for column in columns}


def _is_doubtful(evidence: FormEvidence | MarkEvidence) -> bool:
    """Whether a look at the first rows is not enough: days and months may be swapped further down."""
    return evidence.is_open if isinstance(evidence, MarkEvidence) else evidence.either is not None


def _look(columns: list[_Column], blocks: Iterator[Any]) -> None:
    for block in blocks:
        for column in columns:
            column.evidence.add(row[column.place] for row in block.cells)


def _undetermined(mapping: Mapping, places: dict[str | int, int], names: list[str]) -> Iterator[_Column]:
    times = {
        places[part.column]
        for part in specs_of(mapping)
        if (isinstance(part, Moment) or _is_time(part)) and part.form is None
    }
    numbers = {
        places[part.column]
        for part in specs_of(mapping)
        if (isinstance(part, Amount) or (isinstance(part, Value) and part.type == "number")) and part.decimal is None
    }
    yield from (_Column(place, names[place], FormEvidence()) for place in sorted(times))
    if mapping.file.decimal is None:
        yield from (_Column(place, names[place], MarkEvidence()) for place in sorted(numbers))


def _is_time(part: Any) -> bool:
    return isinstance(part, Value) and part.type in ("date", "time")


def _decided(column: _Column) -> Any:
    evidence = column.evidence
    if isinstance(evidence, MarkEvidence):
        if evidence.is_open:
            raise Refused(
                "number.question",
                "Is {either!r} in the column {name!r} in thousands, or has it three decimals?",
                'Say `decimal: "."` or `decimal: ","` in the mapping.',
                either=evidence.either,
                name=column.name,
            )
        return evidence.mark()
    if evidence.is_open:
        raise Refused(
            "date.question",
            "Which part of {either!r} in the column {name!r} is the day?",
            "Say `form: D/M/Y`, `M/D/Y` or `YY/M/D` in the mapping.",
            either=evidence.either,
            name=column.name,
        )
    if evidence.is_mixed:
        raise Refused(
            "date.mixed",
            "The column {name!r} has days before months in some rows, and months before days in others.",
            "Split the file, or say `form:` in the mapping; rows that do not fit it will be refused.",
            name=column.name,
        )
    return evidence.form() or "written"


class _Settled(NamedTuple):
    """Fills what was detected into the parts of a mapping."""

    found: dict[tuple[int, str], Any]
    places: dict[str | int, int]
    zone: str
    decimal: str | None

    def of(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.of(part) for key, part in value.items()}
        if isinstance(value, Moment) or _is_time(value):
            form = value.form or self.found[self.places[value.column], "FormEvidence"]
            timed = isinstance(value, Moment) or value.type == "time"
            return msgspec.structs.replace(value, form=form, zone=value.zone or self.zone if timed else None)
        if isinstance(value, Amount) or (isinstance(value, Value) and value.type == "number"):
            mark = value.decimal or self.decimal or self.found[self.places[value.column], "MarkEvidence"]
            return msgspec.structs.replace(value, decimal=mark)
        return value


def zone_of(name: str | None) -> ZoneInfo:
    """The zone that a plan names."""
    assert name is not None
    return ZoneInfo(name)
