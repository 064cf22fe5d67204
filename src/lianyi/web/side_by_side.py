"""Two people side by side: what is known of both, line by line, and whether it agrees."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles.queries import person_page
from lianyi.people.profiles.schemas import PersonPage, PersonRow, PersonUnknown
from lianyi.web.templatetags.shown import kind_name, told, trait_label

Mark = Literal["same", "differs", "one", ""]
_VALUES = 6  # of one kind that are shown of a person
_LINES = 60  # of traits
_TAGS = 30  # of a person


@dataclass(frozen=True)
class Line:
    """One thing about both; `more` counts values that are left out."""

    label: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    mark: Mark
    more_left: int = 0
    more_right: int = 0


@dataclass(frozen=True)
class Sides:
    """Both people, and what is compared of them. `right` is None when they are one person by now."""

    left: PersonRow
    right: PersonRow | None
    identities: tuple[Line, ...] = ()
    traits: tuple[Line, ...] = ()
    traits_left_out: int = 0
    tags: tuple[Line, ...] = ()
    together: bool = False  # they are one person by now

    @property
    def parts(self) -> list[tuple[str, tuple[Line, ...], int]]:
        """The parts of the table: heading, lines, and how many more there are."""
        parts = [
            (_("Identities"), self.identities, 0),
            (_("Traits"), self.traits, self.traits_left_out),
            (_("Tags"), self.tags, 0),
        ]
        return [one for one in parts if one[1]]


def side_by_side(workspace: int, left: int, right: int) -> Sides | None:
    """What is known of persons `left` and `right`; None where the first is nobody, and one side where the second is."""
    one, other = _page(workspace, left), _page(workspace, right) if right != left else None
    if one is None or other is None:
        there = one or other
        return None if there is None else Sides(there.row, None, together=left == right)
    identities = tuple(_identities(one, other))
    traits = _traits(one, other)
    return Sides(
        left=one.row,
        right=other.row,
        identities=identities,
        traits=tuple(traits[:_LINES]),
        traits_left_out=max(0, len(traits) - _LINES),
        tags=tuple(_tags(one, other)),
    )


def _page(workspace: int, number: int) -> PersonPage | None:
    try:
        return person_page(workspace, number, to_micros(system_clock())) if number else None
    except PersonUnknown:
        return None


def _identities(one: PersonPage, other: PersonPage) -> Iterable[Line]:
    """By kind: no two people ever have the same, so where both have one, they differ."""
    left, right = (_grouped(page.identities, lambda each: (each.kind, each.scope)) for page in (one, other))
    for kind, scope in sorted({*left, *right}):
        mine, theirs = ([each.value for each in side.get((kind, scope), [])] for side in (left, right))
        label = kind_name(kind) if scope in ("", "default") else f"{kind_name(kind)} · {scope}"
        yield _line(label, mine, theirs, "differs" if mine and theirs else "one")


def _traits(one: PersonPage, other: PersonPage) -> list[Line]:
    """What both have comes first; not what stands among the identities."""
    told_already = {each.kind for page in (one, other) for each in page.identities}
    left, right = (
        {trait.name: trait for trait in page.traits if trait.name not in told_already} for page in (one, other)
    )
    lines = []
    for name in sorted({*left, *right}):
        mine, theirs = left.get(name), right.get(name)
        mark: Mark = "one"
        if mine is not None and theirs is not None:
            mark = "same" if _alike(mine.value, theirs.value) else "differs"
        left_values, right_values = ([] if each is None else [told(each.value)] for each in (mine, theirs))
        lines.append(_line(trait_label(mine or theirs), left_values, right_values, mark))
    return sorted(lines, key=lambda line: line.mark == "one")


def _tags(one: PersonPage, other: PersonPage) -> Iterable[Line]:
    left, right = ([tag.name for tag in page.tags] for page in (one, other))
    both = [name for name in left if name in right]
    if both:
        yield _line(_("Both have"), both, both, "same", _TAGS)
    mine, theirs = ([name for name in side if name not in both] for side in (left, right))
    if mine or theirs:
        yield _line(_("Only one has"), mine, theirs, "one", _TAGS)


def _alike(one: Any, other: Any) -> bool:
    return one == other or told(one).strip().casefold() == told(other).strip().casefold()


def _grouped(things: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for one in things:
        groups.setdefault(key(one), []).append(one)
    return groups


def _line(label: str, left: list[str], right: list[str], mark: Mark, most: int = _VALUES) -> Line:
    return Line(
        str(label),
        tuple(left[:most]),
        tuple(right[:most]),
        mark,
        max(0, len(left) - most),
        max(0, len(right) - most),
    )
