"""From rows to events: a pure function of the cells, block by block.

Each event carries its content, the bytes that its id is a digest of: what is stated, whom it is about, when and by
which system; never the file's name, the row's place, or how an identity happens to be normalised today.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lianyi.events.intake.limits import EVENT_BYTES
from lianyi.events.schemas import Claim
from lianyi.kernel.sentences import Sentence
from lianyi.people.imports import readers
from lianyi.people.imports.cells import tidy
from lianyi.people.imports.fields import Field, FieldMaker, nobody, order_kinds
from lianyi.people.imports.mapping import EventsMapping, OrdersMapping, PeopleMapping, SourceSpec, Text
from lianyi.people.imports.plan import Plan
from lianyi.people.imports.tables import Block, Problem, RefusedRow

_VERSION = 1  # of the content: it may never change for what was imported once
_ROOM = EVENT_BYTES - 500
_AT_ONCE = 4_000  # rows: their cells and events stay in the processor's memory
encode_lines = msgspec.json.Encoder().encode_lines


class Draft(NamedTuple):
    """An event without its id. `at` is None where the file names no time; `subject` is what it is counted by."""

    number: int
    content: bytes
    name: str
    at: int | None
    who: list[Claim]
    traits: dict[str, Any] | None
    properties: dict[str, Any]
    source: tuple[str, str, str, str] | None
    subject: Any  # the order's number, or the identities in the one form they are known by
    more: list[tuple[str, dict[str, Any]]]  # further events of the row: name and properties


class Shaped(NamedTuple):
    """What became of a block: events, refused rows and those taken without a cell, each in order of the file."""

    drafts: list[Draft]
    refused: list[RefusedRow]
    rows: int  # in all
    ignored: Mapping[str, int]  # column → cells that identify nobody in rows that were taken
    lacking: list[RefusedRow]  # rows that were taken, with the cells that were left out


class Shaper:
    """Shapes the blocks of one file by one plan. `now` (µs) is when the import began."""

    def __init__(self, plan: Plan, columns: list[str], *, region: str, currency: str, now: int) -> None:
        mapping = plan.mapping
        make = FieldMaker(plan, columns)
        self.origin = f"import:{mapping.system}"
        self._mapping = mapping
        self._typed = mapping.file.delimiter is None  # text with delimiters has nothing but text
        self._who = make.who(mapping, region)
        self._time = None
        if mapping.time is not None:
            read = readers.moment(mapping.time, now)  # type: ignore[arg-type]
            self._time = make.of(
                "time", mapping.time, read, "" if isinstance(mapping, PeopleMapping) else "time.missing"
            )
        self._source = _source_fields(make, mapping.source)
        self._traits = make.values(mapping.traits)
        self._properties: list[Field] = []
        self._needs_somebody = not isinstance(mapping, OrdersMapping)
        match mapping:
            case PeopleMapping():
                self._tags = [make.of(f"tag {place}", tag, readers.tags(tag)) for place, tag in enumerate(mapping.tags)]
                self._consents = [
                    make.of(f"consent {place}", one, readers.consent(one)) for place, one in enumerate(mapping.consent)
                ]
            case EventsMapping():
                self._event = make.of("event", mapping.event, readers.event_name, "event.missing")
                self._properties = make.values(mapping.properties)
            case OrdersMapping():
                self._properties = _order_fields(make, mapping, currency)

    def shape(self, block: Block) -> Shaped:
        """The events of a block, and its refused rows."""
        drafts: list[Draft] = []
        refused = list(block.refused)
        ignored: Counter[str] = Counter()
        lacking: list[RefusedRow] = []
        for start in range(0, len(block.cells), _AT_ONCE):
            cells, numbers = block.cells[start : start + _AT_ONCE], block.numbers[start : start + _AT_ONCE]
            drafts += self._shape(cells, numbers, refused, ignored, lacking)
        refused.sort(key=lambda row: row.number)
        return Shaped(drafts, refused, len(block.cells) + len(block.refused), ignored, lacking)

    def read(self, cells: list[Sequence[Any]]) -> list[tuple[Field, list[Any]]]:
        """Each field with what it reads in these rows, for people to look at; nothing is refused yet."""
        across: list[Sequence[Any]] = list(zip(*cells, strict=True))
        return [(field, field.read(across, len(cells), typed=self._typed)) for field in self._fields()]

    def _shape(
        self,
        cells: list[Sequence[Any]],
        numbers: Sequence[int],
        refused: list[RefusedRow],
        ignored: Counter[str],
        lacking: list[RefusedRow],
    ) -> list[Draft]:
        fields = self._fields()
        across: list[Sequence[Any]] = list(zip(*cells, strict=True))
        columns = [field.read(across, len(cells), typed=self._typed) for field in fields]
        bad = self._problems(fields, columns)
        if bad:
            refused += [RefusedRow(numbers[row], cells[row], bad[row]) for row in sorted(bad)]
            keep = [row for row in range(len(cells)) if row not in bad]
            numbers = [numbers[row] for row in keep]
            cells = [cells[row] for row in keep]
            columns = [[column[row] for row in keep] for column in columns]
        ignored.update(self._ignored(columns, fields))
        left_out = _by_row(field.take_left_out(values) for field, values in zip(fields, columns, strict=True))
        drafts = self._drafts(numbers, columns)
        large = {place for place, draft in enumerate(drafts) if len(draft.content) > _ROOM}
        if large:
            problem = Problem(
                "", "row.large", Sentence("The row makes an event of more than {most:,} bytes.", most=EVENT_BYTES)
            )
            refused += [RefusedRow(numbers[place], cells[place], [problem]) for place in sorted(large)]
        lacking += [RefusedRow(numbers[row], cells[row], left_out[row]) for row in sorted(left_out.keys() - large)]
        return [draft for place, draft in enumerate(drafts) if place not in large] if large else drafts

    def _fields(self) -> list[Field]:
        time = [] if self._time is None else [self._time]
        fields = [*self._who, *time, *self._source, *self._traits, *self._properties]
        if isinstance(self._mapping, PeopleMapping):
            return [*fields, *self._tags, *self._consents]
        return [*fields, self._event] if isinstance(self._mapping, EventsMapping) else fields

    def _problems(self, fields: list[Field], columns: list[list[Any]]) -> dict[int, list[Problem]]:
        found = _by_row(field.problems(values) for field, values in zip(fields, columns, strict=True))
        if self._needs_somebody:
            who = columns[: len(self._who)]
            for row, names in enumerate(zip(*who, strict=True)):
                if not any(type(name) is readers.Who and name.known for name in names) and row not in found:
                    found[row] = self._nobody(names)
        return found

    def _nobody(self, values: Sequence[Any]) -> list[Problem]:
        named = zip(self._who, values, strict=True)
        problems = [nobody(field.column, value.claim.value) for field, value in named if value is not None]
        columns = [field.column for field in self._who]
        return problems or [
            Problem("", "person.nobody", Sentence("The row names nobody: {columns} blank.", columns=columns))
        ]

    def _ignored(self, columns: list[list[Any]], fields: list[Field]) -> dict[str, int]:
        found: dict[str, int] = {}
        for field, values in zip(fields[: len(self._who)], columns, strict=False):
            if any(who.known is None for who in _different(values)):
                found[field.column] = sum(value is not None and value.known is None for value in values)
        return found

    def _drafts(self, numbers: Sequence[int], columns: list[list[Any]]) -> list[Draft]:
        if not numbers:
            return []
        parts = iter(columns)
        count = len(numbers)
        whos = _rows([next(parts) for _ in self._who], count)
        times = next(parts) if self._time is not None else [None] * count
        sources = _sources([next(parts) for _ in self._source], count)
        traits = _dicts([field.name for field in self._traits], [next(parts) for _ in self._traits], count)
        values = [next(parts) for _ in self._properties]
        mapping = self._mapping
        if isinstance(mapping, PeopleMapping):
            tags = _rows([next(parts) for _ in self._tags], count)
            consents = _rows([next(parts) for _ in self._consents], count)
            more = list(map(self._more, tags, consents)) if self._tags or self._consents else [[]] * count
            return self._people(numbers, whos, times, traits, sources, more)
        names = [field.name for field in self._properties]
        if isinstance(mapping, EventsMapping):
            properties, events = _dicts(names, values, count), next(parts)
        else:
            properties, events = _orders(mapping, names, values, count)
        return self._happened(numbers, events, whos, times, traits, properties, sources)

    def _people(
        self, numbers: Sequence[int], whos: Any, times: Any, traits: Any, sources: Any, more: Any
    ) -> list[Draft]:
        known = [[one.known for one in who if one is not None and one.known is not None] for who in whos]
        nothing: list[dict[str, Any]] = [{}] * len(numbers)
        names = ["person.identified"] * len(numbers)
        return self._stated(numbers, names, whos, times, traits, nothing, sources, known, more)

    def _happened(
        self, numbers: Sequence[int], names: Any, whos: Any, times: Any, traits: Any, properties: Any, sources: Any
    ) -> list[Draft]:
        about = [said or None for said in traits] if self._traits else [None] * len(numbers)
        orders = [said.get("order") for said in properties]
        return self._stated(numbers, names, whos, times, about, properties, sources, orders, [[]] * len(numbers))

    def _stated(
        self,
        numbers: Any,
        names: Any,
        whos: Any,
        times: Any,
        traits: Any,
        said: Any,
        sources: Any,
        subjects: Any,
        more: Any,
    ) -> list[Draft]:
        """The drafts. Contents are encoded all at once; JSON has no line ends inside."""
        if len(self._who) == 1:
            nobody: list[Claim] = []
            claims = [nobody if who is None else who.alone for (who,) in whos]
        else:
            claims = [[one.claim for one in who if one is not None] for who in whos]
        origins = [self.origin] * len(numbers)
        versions = [_VERSION] * len(numbers)
        stated = zip(versions, names, times, claims, origins, traits, said, sources, more, strict=True)
        contents = encode_lines(list(stated)).split(b"\n")
        contents.pop()
        parts = zip(numbers, contents, names, times, claims, traits, said, sources, subjects, more, strict=True)
        return list(map(Draft._make, parts))

    def _more(self, tags: Sequence[Any], consents: Sequence[Any]) -> list[tuple[str, dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any]]] = []
        mapping = self._mapping
        assert isinstance(mapping, PeopleMapping)
        for tag_spec, names in zip(mapping.tags, tags, strict=True):
            found += [("tag.added", {"tag": name, "dimension": tag_spec.dimension}) for name in names or ()]
        for spec, given in zip(mapping.consent, consents, strict=True):
            if given is not None:
                said = {
                    "channel": spec.channel,
                    "purpose": spec.purpose,
                    "how": spec.how or "import",
                    "proof": spec.proof,
                }
                found.append(("consent.given" if given else "consent.withdrawn", said))
        return found


def _by_row(found: Iterable[list[tuple[int, Problem]]]) -> dict[int, list[Problem]]:
    rows: dict[int, list[Problem]] = {}
    for row, problem in (one for part in found for one in part):
        rows.setdefault(row, []).append(problem)
    return rows


def _different(whos: list[Any]) -> Any:
    return {id(who): who for who in whos if who is not None}.values()


def _source_fields(make: FieldMaker, spec: SourceSpec | None) -> list[Field]:
    if spec is None:
        return []
    parts = ("channel", "medium", "campaign", "code")
    given = [(part, getattr(spec, part)) for part in parts]
    return [make.of(part, Text(value="") if value is None else value, readers.source_part) for part, value in given]


def _order_fields(make: FieldMaker, mapping: OrdersMapping, currency: str) -> list[Field]:
    named: dict[str, Field] = {"order": make.of("order", mapping.order, readers.order_number, "order.missing")}
    for name, spec in (("sku", mapping.sku), ("name", mapping.name)):
        if spec is not None:
            named[name] = make.of(name, spec, tidy)
    if mapping.quantity is not None:
        read = readers.quantity(mapping.quantity)  # type: ignore[arg-type]
        named["quantity"] = make.of("quantity", mapping.quantity, read, "quantity.missing")
    for name, amount in (("price", mapping.price), ("total", mapping.total)):
        if amount is not None:
            read = readers.amount(amount)  # type: ignore[arg-type]
            named[name] = make.of(name, amount, read, f"{name}.missing")
    named["currency"] = make.of(
        "currency", mapping.currency or Text(value=currency), readers.currency, "currency.missing"
    )
    named.update((field.name, field) for field in make.values(mapping.properties))
    return [named[name] for name in sorted(named)]


def _orders(
    mapping: OrdersMapping, names: list[str], columns: list[list[Any]], count: int
) -> tuple[list[dict[str, Any]], list[str]]:
    """What is said of each order, and the names of the events that say it."""
    if mapping.price is not None:
        if "quantity" not in names:
            names, columns = [*names, "quantity"], [*columns, [1] * count]
        signs, event = columns[names.index("quantity")], "order.line"
    else:
        signs, event = columns[names.index("total")], "order.placed"
    kinds = order_kinds(mapping, columns[names.index("order")], signs)
    said = _dicts([*names, "kind"], [*columns, kinds], count)
    if mapping.total is not None:
        for one in said:
            product = {name: one.pop(name) for name in ("sku", "name", "quantity") if name in one}
            if product:
                one["products"] = [product]
    return said, [event] * count


def _rows(columns: list[list[Any]], count: int) -> list[Any]:
    return list(zip(*columns, strict=True)) if columns else [()] * count


def _dicts(names: list[str], columns: list[list[Any]], count: int) -> list[dict[str, Any]]:
    """A dictionary for each row; blank cells are absent, since null would take a trait away."""
    if not names:
        return [{} for _ in range(count)]
    found = [dict(zip(names, row)) for row in zip(*columns, strict=True)]  # noqa: B905 - checked once, not for each row
    for name, column in zip(names, columns, strict=True):
        if None in column:
            for said, value in zip(found, column, strict=True):
                if value is None:
                    del said[name]
    return found


def _sources(columns: list[list[Any]], count: int) -> list[tuple[str, str, str, str] | None]:
    if not columns:
        return [None] * count
    return [
        (channel.lower(), (medium or "").lower(), campaign or "", code or "") if channel else None
        for channel, medium, campaign, code in zip(*columns, strict=True)
    ]
