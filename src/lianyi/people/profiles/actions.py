"""Writes to profiles by members and rooms.

What is said of a person is recorded as an own event and takes effect when the projector reads it, so that a replay
says it again. What a workspace sets up (the catalogue, the trust in origins, the lifecycle's rule) is a row, changed at
once, and the persons that look different by it are made anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, Record, record_own
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.profiles.consents.storing import PROOF_CHARACTERS, WORD_CHARACTERS
from lianyi.people.profiles.lifecycle import rules
from lianyi.people.profiles.lifecycle import storing as lifecycle
from lianyi.people.profiles.persons import rows
from lianyi.people.profiles.persons.members import claims_of, hold_still, members, persons_of
from lianyi.people.profiles.persons.naming import NAME_TRAITS
from lianyi.people.profiles.schemas import PersonUnknown
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.people.profiles.tags.storing import NAME_CHARACTERS
from lianyi.people.profiles.traits.catalogue import Catalogue, Trait
from lianyi.people.profiles.traits.facts import Mode, Strategy
from lianyi.people.profiles.traits.standard import our_name
from lianyi.people.profiles.traits.trust import DEFAULT
from lianyi.people.profiles.traits.values import TYPES, TraitType, Unfit


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def set_traits(workspace: int, person: int, traits: Mapping[str, Any], now: datetime) -> str:
    """States traits of a person; null removes. The event's id. Refuses a value that is not of its trait's type."""
    catalogue = Catalogue(workspace)
    ours = {our_name(name): value for name, value in traits.items()}
    for name, value in ours.items():
        try:
            catalogue.fit(name, value, Mode.SAID)
        except Unfit as unfit:
            raise Refused(unfit.code, "{name}: {why}", name=name, why=unfit.sentence) from None
    event = _record(workspace, person, "person.identified", {}, now, traits=ours)
    record_audit(workspace, "person.traits_set", {"person": person, "traits": sorted(ours), "event": event})
    return event


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def add_tag(
    workspace: int, person: int, dimension: Dimension, tag: str, now: datetime, *, expires_at: int | None = None
) -> str:
    """Gives a person a tag, until the moment `expires_at` (µs) if there is one. The event's id."""
    said = {"dimension": dimension.value, "tag": _tag(tag), "expires_at": expires_at}
    event = _record(workspace, person, "tag.added", said, now)
    record_audit(workspace, "person.tagged", {"person": person, **said, "event": event})
    return event


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def remove_tag(workspace: int, person: int, dimension: Dimension, tag: str, now: datetime) -> str:
    """Takes a tag off a person. The event's id."""
    said = {"dimension": dimension.value, "tag": _tag(tag)}
    event = _record(workspace, person, "tag.removed", said, now)
    record_audit(workspace, "person.untagged", {"person": person, **said, "event": event})
    return event


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def give_consent(
    workspace: int, person: int, channel: str, purpose: str, now: datetime, *, how: str, proof: str = ""
) -> str:
    """Writes down that a person consents. The event's id. Refuses a consent without a channel, purpose or how."""
    return _consent(workspace, person, "consent.given", channel, purpose, how, proof, now)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def withdraw_consent(
    workspace: int, person: int, channel: str, purpose: str, now: datetime, *, how: str, proof: str = ""
) -> str:
    """Writes down that a person consents no more. The event's id."""
    return _consent(workspace, person, "consent.withdrawn", channel, purpose, how, proof, now)


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def declare_trait(
    workspace: int,
    name: str,
    *,
    kind: TraitType,
    strategy: Strategy,
    label_zh: str = "",
    label_en: str = "",
    sensitive: bool = False,
) -> Trait:
    """Puts a trait into the catalogue, or changes how it is picked and shown. Refuses another type for a trait that
    is there: its values would not fit.
    """
    hold_still(workspace)
    catalogue = Catalogue(workspace)
    ours = our_name(name)
    before = catalogue.by_name.get(ours)
    if kind is TraitType.UNKNOWN or (before is not None and before.kind not in (kind, TraitType.UNKNOWN)):
        raise Refused(
            "trait.type",
            "{ours} cannot become a {kind}.",
            "Its values would not fit: choose another name.",
            ours=ours,
            kind=TYPES[kind],
        )
    try:
        number = before.id if before is not None else catalogue.new(ours)
    except Unfit as unfit:
        raise Refused(unfit.code, unfit.sentence) from None
    trait = Trait(number, ours, kind, strategy, label_zh, label_en, sensitive)
    catalogue.declare(trait)
    if before is not None and before.strategy is not strategy and ours in NAME_TRAITS:
        _rename(workspace, [number])
    detail = {"trait": ours, "kind": kind.value, "strategy": strategy.value, "sensitive": sensitive}
    record_audit(workspace, "trait.declared", detail)
    return trait


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def set_trust(workspace: int, origins: Sequence[str]) -> None:
    """Ranks origins of traits, the most trusted first. Refuses a rank that names an origin twice or none."""
    order = [origin.strip() for origin in origins]
    if not all(order) or len(set(order)) != len(order) or len(order) > 100:
        raise Refused(
            "trust.order", "Each origin stands once in the order.", "For example: {names}.", names=list(DEFAULT)
        )
    hold_still(workspace)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trust_order (workspace, origins) VALUES (%s, %s) "
            "ON CONFLICT (workspace) DO UPDATE SET origins = excluded.origins",
            [workspace, order],
        )
    catalogue = Catalogue(workspace)
    _rename(workspace, [catalogue.by_name[name].id for name in NAME_TRAITS if name in catalogue.by_name])
    record_audit(workspace, "trust.set", {"origins": order})


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def set_lifecycle_rule(
    workspace: int, signals: Sequence[str], days_until_dormant: int, now: datetime, record: Record = record_own
) -> bool:
    """Changes the rule and makes every standing anew by it. True when the signals are others than before: past events
    count by them only after a replay of `lifecycle`. Refuses a rule that no workspace can mean.
    """
    rule = rules.checked(signals, days_until_dormant)
    hold_still(workspace)
    before = rules.rule_of(workspace)
    rules.save(workspace, rule)
    if rule.days_until_dormant != before.days_until_dormant:
        lifecycle.assess(workspace, lifecycle.persons_with_standing(workspace), rule, record, to_micros(now))
    detail = {"signals": sorted(rule.signals), "days_until_dormant": rule.days_until_dormant}
    record_audit(workspace, "lifecycle.rule_set", detail)
    return rule.signals != before.signals


def record_dormancy(workspace: int, now: datetime, record: Record) -> int:
    """Records everybody whose silence has lasted long enough by `now` as dormant; how many. One transaction a
    thousand. To be called when the pipeline has nothing to read: an order on its way is no silence.
    """
    recorded = 0
    while True:
        with transaction.atomic():
            some = lifecycle.record_due(workspace, to_micros(now), record)
        recorded += some
        if some < EVENTS_IN_A_ROW:
            return recorded


def _rename(workspace: int, traits: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT identity FROM trait_fact WHERE workspace = %s AND trait = ANY(%s::int[])",
            [workspace, list(traits)],
        )
        identities = [row[0] for row in cursor.fetchall()]
    rows.remake(workspace, persons_of(workspace, identities))


def _consent(
    workspace: int, person: int, name: str, channel: str, purpose: str, how: str, proof: str, now: datetime
) -> str:
    said = {"channel": channel.strip().lower(), "purpose": purpose.strip().lower(), "how": how.strip(), "proof": proof}
    if not all(0 < len(said[part]) <= WORD_CHARACTERS for part in ("channel", "purpose", "how")):
        raise Refused("consent.invalid", "A consent needs a channel, a purpose and how it was given, in short words.")
    if len(proof) > PROOF_CHARACTERS:
        raise Refused(
            "consent.proof",
            "A proof has at most {most:,} characters.",
            "Give its address.",
            most=PROOF_CHARACTERS,
        )
    event = _record(workspace, person, name, said, now)
    record_audit(workspace, name, {"person": person, "channel": said["channel"], "purpose": said["purpose"]})
    return event


def _tag(tag: str) -> str:
    name = tag.replace("\x00", "").strip()
    if not 0 < len(name) <= NAME_CHARACTERS:
        raise Refused("tag.invalid", "A tag has 1 to {most} characters.", most=NAME_CHARACTERS)
    return name


def _record(
    workspace: int,
    person: int,
    name: str,
    said: dict[str, Any],
    now: datetime,
    traits: dict[str, Any] | None = None,
) -> str:
    if not members(workspace, [person]).numbers:
        raise PersonUnknown(person)
    at = to_micros(now)
    event_id = digest(name, str(workspace), str(person), repr(sorted((traits or said).items())), str(at)).hex()
    who = [claims_of(workspace, [person])[person]]
    record_own(workspace, [OwnEvent(event_id, name, at, who, current_actor().name, traits, said)])
    return event_id
