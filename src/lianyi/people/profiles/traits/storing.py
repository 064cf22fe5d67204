"""Trait facts in the database: read off a batch, merged into what is stored, and collected for persons."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from lianyi.events.schemas import Batch, Event
from lianyi.people.identity.news import News
from lianyi.people.profiles.dictionaries import ORIGINS
from lianyi.people.profiles.schemas import Refusal
from lianyi.people.profiles.tables import FactTable
from lianyi.people.profiles.traits.catalogue import Catalogue
from lianyi.people.profiles.traits.facts import EVERY_TRAIT, Candidate, Fact, Mode, merge, said
from lianyi.people.profiles.traits.standard import stated
from lianyi.people.profiles.traits.trust import Trust
from lianyi.people.profiles.traits.values import Unfit

FACTS = FactTable(
    "trait_fact",
    {"identity": "int4", "trait": "int2", "origin": "int2", "mode": "int2"},
    {"value": "text", "at": "int8", "first": "text", "first_at": "int8", "removed_at": "int8"},
)

_MODES = {"trait.set_once": Mode.ONCE, "trait.incremented": Mode.ADDED, "trait.appended": Mode.APPENDED}
_CLEARED = "trait.cleared"

_FactKey = tuple[int, int, int, int]  # identity, trait, origin, mode


class Told(NamedTuple):
    """One thing that a batch says of a trait, before origins have numbers."""

    identity: int
    trait: int
    origin: str
    mode: Mode
    fact: Fact


def project(
    batch: Batch, places: Sequence[int], watched: Collection[str], changes: News
) -> tuple[set[int], list[Refusal]]:
    """Keeps the traits that the events at `places` state; the identities of which one of the traits `watched` was
    stated or removed, and what was refused.
    """
    catalogue = Catalogue(batch.workspace)
    told: list[Told] = []
    refused: list[Refusal] = []
    for place in places:
        told += _told(catalogue, batch.events[place], batch.numbers[place], refused)
    catalogue.save()
    origins = ORIGINS.numbers(batch.workspace, [(one.origin,) for one in told])
    news: dict[_FactKey, Fact] = {}
    for one in told:
        key = (one.identity, one.trait, origins.get((one.origin,), 0), one.mode.value)
        news[key] = merge(news[key], one.fact, one.mode) if key in news else one.fact
    _tell(changes, news)
    FACTS.fold(batch.workspace, news, lambda row: Fact(*row), lambda key, a, b: merge(a, b, Mode(key[3])))
    numbers = {EVERY_TRAIT, *(catalogue.by_name[name].id for name in watched if name in catalogue.by_name)}
    return {one.identity for one in told if one.trait in numbers}, refused


def candidates(
    workspace: int, identities: Sequence[int], trust: Trust, traits: Iterable[int] | None = None
) -> dict[int, dict[int, list[Candidate]]]:
    """By identity, by trait: what was said, ready to be picked from. Only of `traits`, where they are named."""
    wanted = None if traits is None else {*traits, EVERY_TRAIT}
    rows = FACTS.read_under(workspace, "identity", identities)
    names = ORIGINS.names(workspace, sorted({key[2] for key in rows}))
    found: dict[int, dict[int, list[Candidate]]] = {}
    for (identity, trait, origin, mode), row in rows.items():
        if wanted is None or trait in wanted:
            name = names.get(origin, ("",))[0]
            candidate = Candidate(trust.rank(name), name, Mode(mode), Fact(*row))
            found.setdefault(identity, {}).setdefault(trait, []).append(candidate)
    return found


def _tell(changes: News, news: Iterable[_FactKey]) -> None:
    by_trait: dict[int, set[int]] = {}
    for identity, trait, _, _ in news:
        by_trait.setdefault(trait, set()).add(identity)
    for trait, identities in by_trait.items():
        changes.of_identities(("trait", str(trait)), identities)


def _told(catalogue: Catalogue, event: Event, identity: int, refused: list[Refusal]) -> list[Told]:
    mode = _MODES.get(event.name, Mode.SAID)
    at, origin = event.occurred_at, event.origin
    if event.name == _CLEARED:
        return [Told(identity, EVERY_TRAIT, origin, mode, said(None, at))]
    told: list[Told] = []
    traits = event.traits
    if traits is None:
        group = event.properties.get("group")
        traits = {} if group is None else {"group_id": group}
    for name, value in stated(traits):
        try:
            trait, text = catalogue.fit(name, value, mode)
        except Unfit as unfit:
            refused.append(Refusal(event.position, unfit.code, f"{name[:100]}: {unfit.sentence}"))
            continue
        fact = said(text, at, mode)
        if fact != Fact():
            told.append(Told(identity, trait.id, origin, mode if text is not None else Mode.SAID, fact))
    return told
