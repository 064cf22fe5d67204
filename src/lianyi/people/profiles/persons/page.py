"""One person, whole: what the 360° page shows and what an export hands over."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianyi.kernel.clock import from_micros
from lianyi.kernel.money import plain as written
from lianyi.people.identity import queries as identity
from lianyi.people.profiles.consents import storing as consents
from lianyi.people.profiles.consents.facts import ConsentFact, current
from lianyi.people.profiles.dictionaries import ORIGINS, TAGS, source_names
from lianyi.people.profiles.lifecycle import storing as lifecycle
from lianyi.people.profiles.lifecycle.rules import rule_of
from lianyi.people.profiles.lifecycle.stages import Facts, history
from lianyi.people.profiles.orders import storing as orders
from lianyi.people.profiles.orders.facts import net, total
from lianyi.people.profiles.persons.listing import people
from lianyi.people.profiles.persons.members import Members
from lianyi.people.profiles.schemas import (
    ConsentShown,
    OrderShown,
    PersonPage,
    PersonUnknown,
    Said,
    SourceSeen,
    StageShown,
    TagShown,
    TraitShown,
)
from lianyi.people.profiles.tags import storing as tags
from lianyi.people.profiles.tags.facts import TagFact, holds, merge
from lianyi.people.profiles.touches import storing as touches
from lianyi.people.profiles.traits.catalogue import Catalogue, Trait
from lianyi.people.profiles.traits.facts import EVERY_TRAIT, Candidate, pick, statements
from lianyi.people.profiles.traits.storing import candidates
from lianyi.people.profiles.traits.trust import trust_of
from lianyi.people.profiles.traits.values import decoded


@dataclass(frozen=True)
class _Person:
    workspace: int
    number: int
    identities: list[int]


def person_page(workspace: int, person: int, now: int) -> PersonPage:
    """Everything but the events, as of the moment `now`. Refuses a number that is nobody's."""
    known = identity.identities_of(workspace, person)
    rows = people(workspace, [person]) if known else []
    if not rows:
        raise PersonUnknown(person)
    whole = _Person(workspace, person, [one.number for one in known])
    ledger = consents.ledger(workspace, whole.identities)
    return PersonPage(
        row=rows[0],
        identities=tuple(known),
        traits=_traits(whole),
        tags=_tags(whole, now),
        consents=tuple(_consent(fact) for _, fact in sorted(current(ledger).items())),
        consent_history=tuple(map(_consent, ledger)),
        touches=_touches(whole),
        orders=_orders(whole),
        stages=_stages(whole),
    )


def _traits(person: _Person) -> tuple[TraitShown, ...]:
    by_identity = candidates(person.workspace, person.identities, trust_of(person.workspace))
    said: dict[int, list[tuple[int, Candidate]]] = {}
    for number, traits in by_identity.items():
        for trait, facts in traits.items():
            said.setdefault(trait, []).extend((number, fact) for fact in facts)
    catalogue = Catalogue(person.workspace)
    cleared = said.pop(EVERY_TRAIT, [])
    shown = [_trait(catalogue.by_id[trait], facts, cleared) for trait, facts in said.items()]
    return tuple(sorted((one for one in shown if one is not None), key=lambda one: one.name))


def _trait(trait: Trait, facts: list[tuple[int, Candidate]], cleared: list[tuple[int, Candidate]]) -> TraitShown | None:
    picked = pick([candidate for _, candidate in (*facts, *cleared)], trait.strategy)
    if picked is None:
        return None
    return TraitShown(
        name=trait.name,
        kind=trait.kind.value,
        label_zh=trait.label_zh,
        label_en=trait.label_en,
        sensitive=trait.sensitive,
        value=decoded(picked.value),
        at=picked.at,
        origin=picked.origin,
        history=tuple(sorted(_history((*facts, *cleared)), key=lambda one: (-one.at, one.origin, one.identity))),
    )


def _history(facts: Sequence[tuple[int, Candidate]]) -> list[Said]:
    return [
        Said(None if value is None else decoded(value), at, candidate.origin, number)
        for number, candidate in facts
        for at, value in statements(candidate)
    ]


def _tags(person: _Person, now: int) -> tuple[TagShown, ...]:
    merged: dict[int, TagFact] = {}
    for (_, tag), fact in tags.of_identities(person.workspace, person.identities).items():
        merged[tag] = merge(merged[tag], fact) if tag in merged else fact
    names = TAGS.names(person.workspace, sorted(merged))
    origins = ORIGINS.names(person.workspace, sorted({fact.origin for fact in merged.values() if fact.origin}))
    return tuple(
        TagShown(
            dimension=names[tag][0],
            name=names[tag][1],
            added_at=fact.added_at,
            origin=origins.get(fact.origin or 0, ("",))[0],
            event=(fact.event or b"").hex(),
            expires_at=fact.expires_at,
        )
        for tag, fact in sorted(merged.items(), key=lambda one: names[one[0]])
        if fact.added_at is not None and holds(fact, now)
    )


def _consent(fact: ConsentFact) -> ConsentShown:
    return ConsentShown(
        fact.channel, fact.purpose, fact.given, fact.at, fact.how, fact.proof, fact.origin, fact.event.hex()
    )


def _touches(person: _Person) -> tuple[SourceSeen, ...]:
    path = touches.of_identities(person.workspace, person.identities)
    names = source_names(person.workspace, sorted({touch.source for touch in path}))
    return tuple(SourceSeen.of(names[touch.source], touch.at) for touch in path)


def _orders(person: _Person) -> tuple[OrderShown, ...]:
    return tuple(_order(order) for order in reversed(orders.of_identities(person.workspace, person.identities)))


def _order(order: orders.Order) -> OrderShown:
    fact = order.fact
    if fact.cancelled:
        state = "cancelled"
    elif fact.placed_at is not None:
        state = "placed"
    else:
        state = "adjustment" if fact.adjustments else "returned"
    unknown = fact.stated is None and not fact.lines
    return OrderShown(
        system=fact.system,
        number=fact.number,
        placed_at=fact.placed_at if fact.placed_at is not None else fact.first_at,
        lines=fact.lines or fact.stated_lines,
        quantity=(fact.quantity if fact.lines else fact.stated_quantity) - fact.returned,
        total=total(fact),
        net=None if unknown and not fact.cancelled else net(fact),
        currency=fact.currency,
        state=state,
    )


def _stages(person: _Person) -> tuple[StageShown, ...]:
    group = Members(person.identities, [person.number] * len(person.identities))
    facts = lifecycle.facts_of(person.workspace, group).get(person.number, Facts())
    changes = history(facts, rule_of(person.workspace).days_until_dormant)
    return tuple(StageShown(change.stage.value, change.at, change.reason) for change in changes)


def export_person(workspace: int, person: int, now: int) -> dict[str, Any]:
    """Everything this room knows of a person, in types that JSON has: moments are ISO 8601, amounts are texts."""
    page = person_page(workspace, person, now)
    return {
        "person": page.row.number,
        "name": page.row.name,
        "stage": page.row.stage,
        "first_seen_at": _iso(page.row.first_seen_at),
        "last_seen_on": page.row.last_seen_on.isoformat() if page.row.last_seen_on else None,
        "identities": [_plain(one) for one in page.identities],
        "traits": [{**_plain(trait), "history": [_plain(one) for one in trait.history]} for trait in page.traits],
        "tags": [_plain(tag) for tag in page.tags],
        "consents": [_plain(consent) for consent in page.consent_history],
        "touches": [_plain(touch) for touch in page.touches],
        "orders": [_plain(order) for order in page.orders],
        "stages": [_plain(stage) for stage in page.stages],
    }


def _plain(shown: Any) -> dict[str, Any]:
    """A named tuple as JSON has it: what ends in `at` is a moment, and an amount is a text."""
    plain: dict[str, Any] = {}
    for name, value in shown._asdict().items():
        if (name == "at" or name.endswith("_at")) and isinstance(value, int):
            plain[name] = _iso(value)
        elif isinstance(value, Decimal):
            plain[name] = written(value)
        else:
            plain[name] = value
    return plain


def _iso(at: int | None) -> str | None:
    return None if at is None else from_micros(at).isoformat().replace("+00:00", "Z")
