"""What may be known of people at a cut-off, as columns: traits, tags, the stage, sources, orders, what they did and how
lately, and for how long they are known.

Which there are is planned once, at the earlier cut-off, so that every table has the same columns. Sensitive traits are
no features, and a text counts by the values that many people share.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from lianyi.audience.learned.behaviour import WINDOWS, Behaviour
from lianyi.audience.learned.columns import Column, earliest, latest, ones, summed
from lianyi.audience.learned.schemas import Feature
from lianyi.foundation.workspaces.queries import currency_of, zone_of
from lianyi.kernel.clock import DAY, from_micros, to_micros
from lianyi.people.identity.queries import moved_map, owners
from lianyi.people.profiles import queries as profiles
from lianyi.people.profiles.queries import Stated, Trait, TraitType

Ints = npt.NDArray[np.int64]

MOST_EVENTS = 40
MOST_TRAITS = 60
MOST_TAGS = 60
MOST_VALUES = 12  # of a text
SHARED_BY = 20  # people, at least, before a value or a tag is looked at
_STAGES = ("intent", "first_purchase", "repeat", "dormant", "won_back")
_decode = msgspec.json.decode


@dataclass(frozen=True)
class Plan:
    """Which columns there are."""

    events: list[str]
    traits: list[Trait]
    values: dict[int, list[str]]  # of texts, by trait; canonical JSON
    tags: dict[int, str]
    channels: list[str]


class Past:
    """The workspace's people and what can be known of them at any moment."""

    def __init__(self, workspace: int) -> None:
        self.workspace = workspace
        self.zone, self.currency = zone_of(workspace), currency_of(workspace)
        self.behaviour = Behaviour(workspace)
        self._moved = moved_map(workspace)
        identities, at = profiles.first_seen_map(workspace)
        persons = self.owners(identities)
        self.persons, rows = earliest(persons, at)
        self.since = at[rows]
        self._channels = {number: source.channel for number, source in profiles.sources(workspace).items()}

    def owners(self, identities: Ints) -> Ints:
        """Whose identities these are; 0 for nobody's."""
        return owners(identities, self._moved)

    def known_at(self, cut: int) -> Ints:
        """The persons of whom anything was known before the moment, ascending."""
        return self.persons[self.since < cut]

    def plan(self, cut: int) -> Plan:
        """The columns for what was known at the moment."""
        kinds = {TraitType.UNKNOWN}
        traits = [
            one for one in profiles.trait_catalogue(self.workspace) if not one.sensitive and one.kind not in kinds
        ]
        stated = profiles.traits_before(self.workspace, [one.id for one in traits], cut)
        told = sorted(traits, key=lambda one: (-len(stated[one.id].identities) if one.id in stated else 0, one.name))
        tags = profiles.tags_before(self.workspace, cut)
        usual = sorted(tags, key=lambda number: (-len(tags[number]), number))[:MOST_TAGS]
        names = profiles.tag_names(self.workspace)
        _, sources, _ = profiles.touches_before(self.workspace, cut)
        channels, many = np.unique([self._channels.get(int(one), "") for one in sources], return_counts=True)
        return Plan(
            self.behaviour.names_before(cut, MOST_EVENTS),
            told[:MOST_TRAITS],
            {one.id: _shared(stated[one.id]) for one in told if one.kind is TraitType.TEXT and one.id in stated},
            {number: names[number][1] for number in usual if len(tags[number]) >= SHARED_BY},
            [str(one) for one in channels[np.argsort(-many, kind="stable")][:MOST_VALUES]],
        )

    def columns(self, plan: Plan, cut: int) -> list[Column]:
        """What was known at the moment."""
        return [
            *self._traits(plan, cut),
            *self._tags(plan, cut),
            *self._stages(cut),
            *self._sources(plan, cut),
            *self._orders(cut),
            *self._events(plan, cut),
            Column(Feature("known_for"), "days", self.persons, _days(cut - self.since), np.nan),
        ]

    def firsts(self, plan: Plan) -> Iterator[tuple[Feature, Ints, Ints]]:
        """Feature, persons, ascending, and the moment at which the earliest word of it is known to have come; also of
        what nobody had at the cut-off.
        """
        told = profiles.traits_first(self.workspace, [one.id for one in plan.traits])
        for trait in plan.traits:
            if trait.id in told:
                yield Feature("trait", trait.name), *self._first(*told[trait.id])
        names = profiles.tag_names(self.workspace)
        for number, given in profiles.tags_first(self.workspace).items():
            yield Feature("tag", names[number][1]), *self._first(*given)
        events = self.behaviour.names_before(2**62, MOST_EVENTS)
        identities, places, at = self.behaviour.firsts(events)
        for place, name in enumerate(events):
            yield Feature("event", name), *self._first(identities[places == place], at[places == place])

    def _first(self, identities: Ints, at: Ints) -> tuple[Ints, Ints]:
        persons, rows = earliest(self.owners(identities), at)
        return persons, at[rows]

    def _traits(self, plan: Plan, cut: int) -> Iterator[Column]:
        stated = profiles.traits_before(self.workspace, [one.id for one in plan.traits], cut)
        nothing = Stated(*(np.empty(0, np.int64),) * 3, [])
        for trait in plan.traits:
            said = stated.get(trait.id, nothing)
            persons, rows = latest(self.owners(said.identities), said.at)
            places, feature = said.places[rows], Feature("trait", trait.name)
            yield ones(feature, "known", persons)
            if trait.kind is TraitType.TEXT:
                for value in plan.values.get(trait.id, []):
                    place = said.values.index(value) if value in said.values else -1
                    yield ones(feature, str(_decode(value)), persons[places == place])
            else:
                numbers = np.array([_number(one, trait.kind, cut) for one in said.values], np.float32)
                yield Column(feature, "value", persons, numbers[places], np.nan)

    def _tags(self, plan: Plan, cut: int) -> Iterator[Column]:
        given = profiles.tags_before(self.workspace, cut)
        for number, name in plan.tags.items():
            yield ones(Feature("tag", name), "", self.owners(given.get(number, np.empty(0, np.int64))))

    def _stages(self, cut: int) -> Iterator[Column]:
        identities, stages = self.behaviour.stages(cut)
        persons, which = self.owners(identities), np.array(stages, object)
        for stage in _STAGES:
            yield ones(Feature("stage"), stage, persons[which == stage])

    def _sources(self, plan: Plan, cut: int) -> Iterator[Column]:
        identities, sources, at = profiles.touches_before(self.workspace, cut)
        persons = self.owners(identities)
        channels = np.array([self._channels.get(int(one), "") for one in sources], object)
        for which, pick in (("first", earliest), ("last", latest)):
            some, rows = pick(persons, at)
            for channel in plan.channels:
                yield ones(Feature("source", which), channel, some[channels[rows] == channel])
        some, many = summed(persons, np.ones(len(persons)))
        yield Column(Feature("source", "last"), "touches", some, many.astype(np.float32))

    def _orders(self, cut: int) -> Iterator[Column]:
        before = from_micros(cut).astimezone(self.zone).date() - timedelta(1)
        bought = profiles.purchases(self.workspace, self.currency, before, net=False)  # a refund may come later
        feature, today = Feature("orders"), (before - date(1970, 1, 1)).days + 1
        persons, many = summed(bought.persons, np.ones(len(bought.persons)))
        yield Column(feature, "days", persons, many.astype(np.float32))
        persons, spent = summed(bought.persons, np.nan_to_num(bought.amounts))
        yield Column(feature, "spent", persons, spent.astype(np.float32))
        persons, rows = latest(bought.persons, bought.days)
        yield Column(feature, "days_since", persons, (today - bought.days[rows]).astype(np.float32), np.nan)

    def _events(self, plan: Plan, cut: int) -> Iterator[Column]:
        counts = self.behaviour.counts(plan.events, cut)
        owner = self.owners(counts.identities)
        for place, name in enumerate(plan.events):
            mine = (counts.names == place) & (owner > 0)
            feature, persons = Feature("event", name), owner[mine]
            for detail, numbers in zip([*map(str, WINDOWS), "ever"], [*counts.within, counts.ever], strict=True):
                some, many = summed(persons, numbers[mine])
                yield Column(feature, detail, some, many.astype(np.float32))
            some, rows = latest(persons, counts.last[mine])
            yield Column(feature, "days_since", some, _days(cut - counts.last[mine][rows]), np.nan)


def _days(micros: Ints) -> npt.NDArray[np.float32]:
    return (micros / DAY).astype(np.float32)


def _shared(stated: Stated) -> list[str]:
    """The values that most people have, if many have them."""
    many = np.bincount(stated.places, minlength=len(stated.values))
    usual = sorted(range(len(many)), key=lambda place: (-many[place], stated.values[place]))[:MOST_VALUES]
    return [stated.values[place] for place in usual if many[place] >= SHARED_BY]


def _number(value: str, kind: TraitType, cut: int) -> float:
    """What a value is as a number: a moment the days that it lies before the cut-off, a list how many items it has."""
    stated: Any = _decode(value)
    match kind:
        case TraitType.LIST:
            return float(len(stated))
        case TraitType.DATE | TraitType.MOMENT:
            at = datetime.fromisoformat(stated)
            return (cut - to_micros(at if at.tzinfo else at.replace(tzinfo=from_micros(0).tzinfo))) / DAY
        case _:
            return float(stated)
