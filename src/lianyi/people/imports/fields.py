"""The fields of an event, each a column of values read from a column of cells."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.identity.normalise import KINDS
from lianyi.people.imports import readers
from lianyi.people.imports.cells import Bad, LeftOut, Memo, Read, shown
from lianyi.people.imports.mapping import Identity, Mapping, OrdersMapping, Text
from lianyi.people.imports.plan import Plan
from lianyi.people.imports.tables import Problem


class Field(NamedTuple):
    """One column as one field of an event, or one value for every row (`place` is None).

    `needed` is the code of the refusal when the cell is blank; empty where it may be.
    """

    name: str
    column: str
    place: int | None
    memo: Memo
    value: Any = None
    needed: str = ""

    def read(self, columns: Sequence[Sequence[Any]], count: int, *, typed: bool) -> list[Any]:
        """The values of `count` rows, whose cells are given column by column."""
        if self.place is None:
            return [self.value] * count
        return self.memo.column(columns[self.place], typed=typed)

    def problems(self, values: list[Any]) -> list[tuple[int, Problem]]:
        """The rows whose cell cannot be used."""
        found = []
        if self.memo.has_bad:
            found = [
                (row, Problem(self.column, value.code, value.reason))
                for row, value in enumerate(values)
                if type(value) is Bad
            ]
        if self.needed and None in values:
            blank = Problem(self.column, self.needed, Sentence("The cell is blank."))
            found += [(row, blank) for row, value in enumerate(values) if value is None]
        return found

    def take_left_out(self, values: list[Any]) -> list[tuple[int, Problem]]:
        """The rows whose cell is left out; among `values` it is as if it were blank."""
        if not self.memo.has_left_out:
            return []
        rows = [row for row, value in enumerate(values) if type(value) is LeftOut]
        found = [(row, Problem(self.column, values[row].code, values[row].reason)) for row in rows]
        for row in rows:
            values[row] = None
        return found


class FieldMaker:
    """Makes fields from the specifications of a plan."""

    def __init__(self, plan: Plan, columns: list[str]) -> None:
        self._plan = plan
        self._columns = columns

    def of(self, name: str, spec: Any, read: Read, needed: str = "") -> Field:
        """The field `name` that `spec` describes."""
        if isinstance(spec, Text) and spec.column is None:
            value = read(spec.value)
            if type(value) is Bad:
                raise _bad_constant(name, value)
            return Field(name, name, None, Memo(read), value, needed)
        place = self._plan.places[spec.column]
        return Field(name, self._columns[place] or str(place + 1), place, Memo(read), None, needed)

    def values(self, specs: dict[str, Any]) -> list[Field]:
        """Traits or properties, in the order of their names, so that the order in a mapping makes no difference."""
        return [self.of(name, specs[name], readers.value(specs[name])) for name in sorted(specs)]

    def who(self, mapping: Mapping, region: str) -> list[Field]:
        """Identities, the strongest first: an event belongs to the first that it has."""
        found: list[tuple[bool, int, Field]] = []
        for kind, spec in _identities(mapping):
            if kind not in KINDS:
                raise _unknown_kind(kind)
            read = readers.identity(kind, spec, _scope(kind, spec, mapping.system), region)
            field = self.of(kind, spec, read)
            strong = KINDS[kind].strong_possible and (spec.verified or kind not in ("phone", "email"))
            found.append((not strong, list(KINDS).index(kind), field))
        found.sort(key=lambda entry: entry[:2])
        return [field for _, _, field in found]


def _identities(mapping: Mapping) -> list[tuple[str, Identity]]:
    found: list[tuple[str, Identity]] = []
    for kind in ("crm_id", "user_id", "phone", "email", "wechat_id"):
        spec: Any = getattr(mapping, kind)
        found += [(kind, one) for one in (spec if isinstance(spec, list) else [spec]) if one is not None]
    return found + [(identity.kind, identity) for identity in mapping.identities]


def _scope(kind: str, spec: Identity, system: str) -> str:
    match KINDS[kind].scoped_by:
        case "system":
            return spec.scope or system
        case "group":
            return spec.scope or "default"
        case "account":
            return spec.scope
        case "workspace":
            return ""


def _unknown_kind(kind: str) -> Exception:
    return Refused(
        "mapping.identity", "{kind!r} is no kind of identity.", "There are: {names}.", kind=kind, names=list(KINDS)
    )


def _bad_constant(name: str, bad: Bad) -> Exception:
    return Refused(
        "mapping.value",
        "The value of {name} cannot be used: {reason}",
        "Correct it in the mapping.",
        name=name,
        reason=bad.reason,
    )


def _is_negative(many: int | str) -> bool:
    return many < 0 if isinstance(many, int) else many.startswith("-")


def order_kinds(mapping: OrdersMapping, orders: list[str], quantities: list[int | str]) -> list[str]:
    """What each line or order is: by the longest prefix of its number that means something, else by its sign."""
    prefixes = sorted(mapping.means, key=lambda prefix: -len(prefix.prefix))
    by_number: dict[str, str | None] = {}
    if prefixes:
        for number in set(orders):
            by_number[number] = next((one.means for one in prefixes if number.startswith(one.prefix)), None)
    below = mapping.negative
    signs: list[str] = [below if _is_negative(many) else "sale" for many in quantities]
    if not any(by_number.values()):
        return signs
    return [by_number[number] or sign for number, sign in zip(orders, signs, strict=True)]


def nobody(column: str, value: Any) -> Problem:
    """A cell that should identify somebody and identifies nobody."""
    return Problem(column, "identity.invalid", Sentence("{cell!r} identifies nobody.", cell=shown(value)))
