"""The trait catalogue of a workspace: what each trait is called, its type, and which of several values it shows.

A trait that nobody declared is registered by its first value, with the type that the value has; a standard one has its
standard type. At most TRAITS of them: what comes beyond is refused, so that a sender who makes up names cannot fill
the workspace.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from lianyi.people.profiles.traits.facts import Mode, Strategy
from lianyi.people.profiles.traits.standard import NAME_CHARACTERS, STANDARD
from lianyi.people.profiles.traits.values import TYPES, TraitType, Unfit, canonical, infer

TRAITS = 500

_COLUMNS = "id, name, kind, strategy, label_zh, label_en, sensitive"


@dataclass(frozen=True, slots=True)
class Trait:
    """One line of the catalogue. `id` stands for the name in the rows of facts."""

    id: int
    name: str
    kind: TraitType
    strategy: Strategy
    label_zh: str
    label_en: str
    sensitive: bool


class Catalogue:
    """The traits of one workspace as they stand, and those that a batch adds."""

    def __init__(self, workspace: int) -> None:
        self._workspace = workspace
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {_COLUMNS} FROM trait WHERE workspace = %s ORDER BY id", [workspace])
            self.by_name = {trait.name: trait for trait in map(_trait, cursor.fetchall())}
        self.by_id = {trait.id: trait for trait in self.by_name.values()}
        self._fresh: dict[int, Trait] = {}

    def fit(self, name: str, value: Any, mode: Mode) -> tuple[Trait, str | None]:
        """The trait `name` and `value` as its canonical JSON (null for a removal). Registers a new trait, by a removal
        too: a value that was said before may come after it. Raises Unfit.
        """
        trait = self.by_name.get(name)
        if value is None:
            return trait or self._register(self.new(name), name, TraitType.UNKNOWN), None
        typed = trait is not None and trait.kind is not TraitType.UNKNOWN
        kind = trait.kind if trait is not None and typed else _kind_of(name, value, mode)
        needed = _NEEDED.get(mode, kind)
        if kind is not needed:
            raise Unfit(
                "trait.type",
                "{name} is a {kind}: it cannot be added to as a {needed}.",
                name=name,
                kind=TYPES[kind],
                needed=TYPES[needed],
            )
        text = canonical(value, kind)
        if trait is None or not typed:
            trait = self._register(self.new(name) if trait is None else trait.id, name, kind)
        return trait, text

    def save(self) -> None:
        """Writes what was registered."""
        for trait in self._fresh.values():
            self.declare(trait)
        self._fresh.clear()

    def declare(self, trait: Trait) -> None:
        """Puts `trait` into the catalogue, in the place of one of its name."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO trait (workspace, {_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (workspace, id) DO UPDATE SET kind = excluded.kind, strategy = excluded.strategy, "
                "label_zh = excluded.label_zh, label_en = excluded.label_en, sensitive = excluded.sensitive",
                [
                    self._workspace,
                    trait.id,
                    trait.name,
                    trait.kind.value,
                    trait.strategy.value,
                    trait.label_zh,
                    trait.label_en,
                    trait.sensitive,
                ],
            )
        self.by_name[trait.name] = self.by_id[trait.id] = trait

    def new(self, name: str) -> int:
        """The number that a new trait of this name gets. Raises Unfit when there can be none."""
        if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
            raise Unfit(
                "trait.name",
                "A trait needs a printable name of 1 to {most} characters.",
                most=NAME_CHARACTERS,
            )
        if len(self.by_name) >= TRAITS:
            raise Unfit("trait.full", "The workspace has {most} traits already.", most=TRAITS)
        return max(self.by_id, default=0) + 1

    def _register(self, number: int, name: str, kind: TraitType) -> Trait:
        label_zh, label_en, sensitive = STANDARD[name][1:] if name in STANDARD else ("", "", False)
        trait = Trait(number, name, kind, Strategy.LATEST, label_zh, label_en, sensitive)
        self.by_name[name] = self.by_id[number] = self._fresh[number] = trait
        return trait


_NEEDED = {Mode.ADDED: TraitType.NUMBER, Mode.APPENDED: TraitType.LIST}


def _kind_of(name: str, value: Any, mode: Mode) -> TraitType:
    """The type that a first value gives: of a standard trait, its own."""
    return STANDARD[name].kind if name in STANDARD else _NEEDED.get(mode) or infer(value)


def _trait(row: tuple[Any, ...]) -> Trait:
    number, name, kind, strategy, label_zh, label_en, sensitive = row
    return Trait(number, name, TraitType(kind), Strategy(strategy), label_zh, label_en, sensitive)
