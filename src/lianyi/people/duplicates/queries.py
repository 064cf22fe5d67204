"""Reads: everybody as records to compare, and the suggestions with what was answered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from lianyi.people.duplicates import cleaning
from lianyi.people.duplicates.models import DuplicateSearch, DuplicateSuggestion
from lianyi.people.duplicates.schemas import Pair, Reason, Record, Search, Skipped, State
from lianyi.people.identity import queries as identity
from lianyi.people.profiles import queries as profiles

_AT_ONCE = 10_000
_PAGE = 200
MOST_READ = 2_000  # open pairs that a call looks through for those that are still to be asked
_BEYOND = 2**31

# Which traits tell each part of a record; the first that is known counts.
_TOLD_BY: dict[str, tuple[str, ...]] = {
    "given_name": ("first_name",),
    "surname": ("last_name",),
    "full_name": ("name",),
    "birth_date": ("birthday",),
    "street": ("street", "address"),
    "street_2": ("address_2", "street_2", "address"),
    "house_number": ("house_number", "street_number"),
    "city": ("city", "district"),
    "postcode": ("postal_code",),
    "region": ("province",),
    "phone": ("phone",),
    "email": ("email",),
}
_IDS = ("wechat_id", "username", "id_number")
_TRAITS = tuple(dict.fromkeys([*(name for names in _TOLD_BY.values() for name in names), *_IDS]))


def records_of(workspace: int) -> Any:
    """An Arrow table of Records, one for each person of whom something comparable is known, by the person's number."""
    import pyarrow as pa

    parts = [cleaning.arrow_of(())]
    for persons in _persons(workspace):
        traits = dict(profiles.trait_values(workspace, _TRAITS, persons))
        reached = _phones_and_emails(workspace, persons)
        records = (record_of(person, traits.get(person, {}), reached.get(person, {})) for person in persons)
        parts.append(cleaning.arrow_of([record for record in records if record is not None]))
    return pa.concat_tables(parts)


def record_of(person: int, traits: Mapping[str, Any], identities: Mapping[str, str]) -> Record | None:
    """The record of one person by its traits, and its identities of the kinds phone and email; None without any."""
    told = {**{name: str(value) for name, value in traits.items()}, **identities}
    parts: dict[str, str] = {}
    for part, names in _TOLD_BY.items():
        said = next((told[name] for name in names if name in told), None)
        if said is not None and not (part == "street_2" and said == parts.get("street")):
            parts[part] = said
    ids = tuple(f"{name}:{told[name]}" for name in _IDS if name in told)
    return Record(person, ids=ids, **parts) if parts or ids else None


def suggestions(
    workspace: int, limit: int = 50, *, state: State = "open", after: tuple[float, int, int] | None = None
) -> list[Pair]:
    """The pairs of this state, the surest first. Of the open ones, not those between people who were merged, kept apart
    or erased since; a call reads at most MOST_READ of them, so the list may end before its end: see `further`.

    `after` is (probability, a, b) of the last one of the page that came before this one.
    """
    return page(workspace, limit, state=state, after=after)[0]


def page(
    workspace: int, limit: int = 50, *, state: State = "open", after: tuple[float, int, int] | None = None
) -> tuple[list[Pair], tuple[float, int, int] | None]:
    """The same, and behind which place the list goes on; None at its end."""
    shown: list[Pair] = []
    seen: set[tuple[int, int]] = set()
    for _ in range(MOST_READ // _PAGE):
        rows = list(_rows(workspace, state, after)[:_PAGE])
        for row, pair in _alive(workspace, rows, state):
            after = (row.probability, row.a, row.b)
            if pair is None or (state == "open" and (pair.person_a, pair.person_b) in seen):
                continue
            if len(shown) == limit:
                return shown, shown[-1].place
            seen.add((pair.person_a, pair.person_b))
            shown.append(pair)
        if len(rows) < _PAGE:
            return shown, None
    return shown, after


def pair_of(workspace: int, a: int, b: int) -> Pair | None:
    """The suggestion about identities `a` and `b`, whatever became of it."""
    if not (0 < a < _BEYOND and 0 < b < _BEYOND):
        return None
    row = DuplicateSuggestion.objects.filter(workspace=workspace, a=min(a, b), b=max(a, b)).first()
    return None if row is None else _pairs(workspace, [row])[0]


def open_pairs_of(workspace: int, person: int, limit: int = 5) -> list[Pair]:
    """Some open pairs that this person is one half of, the surest first."""
    numbers = identity.numbers_of(workspace, person)
    rows = DuplicateSuggestion.objects.filter(workspace=workspace, answered=None)
    found = [*rows.filter(a__in=numbers)[:_PAGE], *rows.filter(b__in=numbers)[:_PAGE]]
    found = sorted({(row.a, row.b): row for row in found}.values(), key=lambda row: (-row.probability, row.a, row.b))
    return [pair for _, pair in _alive(workspace, found, "open") if pair is not None][:limit]


def _alive(
    workspace: int, rows: list[DuplicateSuggestion], state: State
) -> Iterator[tuple[DuplicateSuggestion, Pair | None]]:
    """Each row with its pair; None in the place of an open one that there is nothing to ask about any more."""
    pairs = _pairs(workspace, rows)
    apart = identity.kept_apart_among(workspace, [(one.person_a, one.person_b) for one in pairs])
    for row, pair in zip(rows, pairs, strict=True):
        gone = not pair.person_a or pair.person_a == pair.person_b or (pair.person_a, pair.person_b) in apart
        yield row, None if state in ("open", "later") and gone else pair


def _pairs(workspace: int, rows: Sequence[DuplicateSuggestion]) -> list[Pair]:
    behind = persons_behind(workspace, [(row.a, row.b) for row in rows])
    return [
        Pair(
            row.a,
            row.b,
            min(a, b),
            max(a, b),
            row.probability,
            tuple(Reason(one["field"], one["level"], one["bits"]) for one in row.reasons),
            row.found_at,
            row.answered or "open",  # type: ignore[arg-type]
            row.answered_at,
            row.actor,
            bytes(row.decision).hex() if row.decision is not None else "",
        )
        for row, (a, b) in zip(rows, behind, strict=True)
    ]


def last_search(workspace: int) -> Search | None:
    """When everybody was compared last, and what was left out; None before the first time."""
    row = DuplicateSearch.objects.filter(workspace=workspace).first()
    if row is None:
        return None
    suggested = DuplicateSuggestion.objects.filter(workspace=workspace).count()
    skipped = tuple(Skipped(**one) for one in row.skipped)
    return Search(row.found_at, row.people, row.compared, skipped, suggested)


def persons_behind(workspace: int, pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The persons that both identities of each pair belong to now; 0 for nobody."""
    person = identity.persons_of(workspace, {number for pair in pairs for number in pair})
    return [(person.get(a, 0), person.get(b, 0)) for a, b in pairs]


def _rows(workspace: int, state: State, after: tuple[float, int, int] | None) -> QuerySet[DuplicateSuggestion]:
    answered = None if state == "open" else state
    rows = DuplicateSuggestion.objects.filter(workspace=workspace, answered=answered)
    return (rows.filter(_behind(*after)) if after else rows).order_by("-probability", "a", "b")


def _behind(probability: float, a: int, b: int) -> Q:
    """The first condition alone would do for order; with it the index is walked from there."""
    less = Q(probability__lt=probability) | Q(a__gt=a) | Q(a=a, b__gt=b)
    return Q(probability__lte=probability) & less


def _persons(workspace: int) -> Iterator[list[int]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT number FROM identity WHERE workspace = %s AND number > %s AND person = number "
                "ORDER BY number LIMIT %s",
                [workspace, after, _AT_ONCE],
            )
            some = [row[0] for row in cursor.fetchall()]
        if not some:
            return
        yield some
        after = some[-1]


def _phones_and_emails(workspace: int, persons: Sequence[int]) -> dict[int, dict[str, str]]:
    """The first phone and the first e-mail address among each person's identities, vouched ones before others."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (person, kind) person, kind, value FROM identity
            WHERE workspace = %(ws)s AND kind IN ('phone', 'email') AND (number = ANY(%(persons)s)
                OR (person = ANY(%(persons)s) AND person < number))
            ORDER BY person, kind, strong DESC, number
            """,
            {"ws": workspace, "persons": list(persons)},
        )
        found: dict[int, dict[str, str]] = {}
        for person, kind, value in cursor.fetchall():
            found.setdefault(person, {})[kind] = value
    return found
