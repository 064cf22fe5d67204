"""The two projectors of this room.

`profiles` keeps traits, tags, consents, touches, orders and presence by identity, and makes the rows of persons anew
where a batch changed them. `lifecycle` keeps signals and silences by identity and makes standings anew; what changes
becomes events, which an injected `record` writes: in a replay it writes nothing, since they were recorded once.

An event that says none of this costs about a microsecond: it is looked at once and counted into presence.
"""

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from django.db import transaction

from lianyi.events.catalogue import ORDERS, REFUNDS
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import Record
from lianyi.events.projection_tables import forget
from lianyi.events.schemas import Batch
from lianyi.people.identity import queries as identity
from lianyi.people.identity.news import News
from lianyi.people.profiles.consents import storing as consents
from lianyi.people.profiles.dictionaries import ORIGINS
from lianyi.people.profiles.lifecycle import storing as lifecycle
from lianyi.people.profiles.lifecycle.rules import rule_of
from lianyi.people.profiles.lifecycle.stages import Stage
from lianyi.people.profiles.orders import storing as orders
from lianyi.people.profiles.orders.reading import BadOrder, Keys, is_import
from lianyi.people.profiles.persons import presence, rows
from lianyi.people.profiles.persons.members import moved_in, persons_of
from lianyi.people.profiles.persons.naming import NAME_TRAITS
from lianyi.people.profiles.schemas import Refusal
from lianyi.people.profiles.tags import storing as tags
from lianyi.people.profiles.touches import storing as touches
from lianyi.people.profiles.traits import storing as traits

T = TypeVar("T")

_ORDERS = ORDERS | REFUNDS
_TAGS = frozenset({"tag.added", "tag.removed"})
_CONSENTS = frozenset({"consent.given", "consent.withdrawn"})
_TRAITS = frozenset({"trait.cleared", "person.grouped"})  # they state traits without `traits`


def record_nothing(workspace: int, events: list[OwnEvent]) -> None:
    """In a replay: what happened then was recorded then."""


class ProfilesProjector:
    """`refused` holds what could not be used of the batch that was projected last; all else of it counts."""

    name = "profiles"

    def __init__(self, news: News | None = None) -> None:
        self.refused: list[Refusal] = []
        self._news = News() if news is None else news
        self._memory = presence.Memory()

    def project(self, batch: Batch) -> None:
        """Applies a batch whose numbers are filled, in the caller's transaction."""
        workspace = batch.workspace
        sort = _Sorted(batch)
        news = self._news
        told, refused = traits.project(batch, sort.traits, NAME_TRAITS, news) if sort.traits else (set(), [])
        refused += tags.project(batch, sort.tags, news) if sort.tags else []
        refused += consents.project(batch, sort.consents, news) if sort.consents else []
        came = touches.project(batch, sort.touches) if sort.touches else touches.Changed({}, set())
        told |= came.recounted
        if sort.touches:
            news.of_identities(("touch",), came.came.keys() | came.recounted)
        if sort.orders:
            changed, bad = orders.project(batch, sort.orders)
            told |= orders.speakers(workspace, changed)
            refused += bad
        # The search looks for an id in every system that anything was imported from, also where that stated no trait.
        ORIGINS.numbers(workspace, ((one,) for one in sorted({e.origin for e in batch.events}) if is_import(one)))
        self._see(batch)
        touched = moved_in(workspace, batch.number)
        if touched:
            news.of_persons(("moved",), touched)
        if told:
            touched |= persons_of(workspace, told)
        rows.remake(workspace, touched)
        rows.add_touches(workspace, _by_person(workspace, came.came, but=touched))
        self.refused = refused

    def _see(self, batch: Batch) -> None:
        workspace, stamp = batch.workspace, identity.epoch_of(batch.workspace)
        news = self._memory.news(workspace, stamp, presence.seen_in(batch))
        presence.keep(workspace, news)
        transaction.on_commit(lambda: self._memory.learn(workspace, stamp, news))

    def forget(self, workspace: int) -> None:
        """Drops what was derived. The dictionaries of traits, tags, sources and origins stay: they are names."""
        self._memory.forget(workspace)
        for table in (traits.FACTS, tags.FACTS, consents.LEDGER, touches.TOUCHES, orders.ORDERS):
            table.forget(workspace)
        for name in ("presence", "person"):
            forget(name, workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest for each table."""
        tables = (traits.FACTS, tags.FACTS, consents.LEDGER, touches.TOUCHES, orders.ORDERS)
        return {
            **{table.name: table.fingerprint(workspace) for table in tables},
            "presence": presence.presence_fingerprint(workspace),
            "person": rows.row_fingerprint(workspace),
        }


def _by_person(workspace: int, facts: Mapping[int, Sequence[T]], *, but: Container[int]) -> dict[int, list[T]]:
    """What is given by identity, by person; without the persons `but`."""
    person_of = identity.persons_of(workspace, facts)
    found: dict[int, list[T]] = {}
    for number, some in facts.items():
        person = person_of.get(number, 0)
        if person and person not in but:
            found.setdefault(person, []).extend(some)
    return found


class LifecycleProjector:
    """`record` writes the events that the changes are, in the transaction of the batch."""

    name = "lifecycle"

    def __init__(self, record: Record = record_nothing, news: News | None = None) -> None:
        self._record = record
        self._news = News() if news is None else news

    def project(self, batch: Batch) -> None:
        """Applies a batch that `profiles` has applied, in the caller's transaction."""
        workspace = batch.workspace
        rule = rule_of(workspace)
        signals: dict[int, list[int]] = {}
        silences: dict[int, int] = {}
        ordered: set[bytes] = set()
        keys = Keys()
        watched = rule.signals | _ORDERS | {lifecycle.CHANGED}
        for event, number in zip(batch.events, batch.numbers, strict=True):
            if event.name not in watched or (event.machine and not event.trusted):
                continue
            if event.name in _ORDERS:
                with suppress(BadOrder):
                    ordered.add(keys.of(event).hash)
            elif number and event.name == lifecycle.CHANGED:
                if event.properties.get("to") == Stage.DORMANT.value:
                    silences[number] = max(silences.get(number, 0), event.occurred_at)
            elif number and not event.machine:
                signals.setdefault(number, []).append(event.occurred_at)
        changed = lifecycle.keep_signals(workspace, signals)
        lifecycle.keep_silences(workspace, silences)
        identities = silences.keys() | (orders.speakers(workspace, ordered) if ordered else set())
        persons = moved_in(workspace, batch.number)
        if identities:
            persons |= persons_of(workspace, identities)
        signalled = _by_person(workspace, {one: signals[one] for one in changed}, but=persons)
        if signalled:
            persons |= lifecycle.assess_signals(workspace, signalled, rule, self._record)
        self._news.of_persons(("stage",), persons | signalled.keys())
        if persons:
            lifecycle.assess(workspace, persons, rule, self._record, batch.events[-1].received_at)

    def forget(self, workspace: int) -> None:
        """Drops what was derived."""
        for table in (lifecycle.SIGNALS, lifecycle.SILENCES, lifecycle.STANDINGS):
            table.forget(workspace)

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest for each table."""
        tables = (lifecycle.SIGNALS, lifecycle.SILENCES, lifecycle.STANDINGS)
        return {table.name: table.fingerprint(workspace) for table in tables}


class _Sorted:
    """The places of a batch's events by what they state. Events of nobody state nothing but orders."""

    def __init__(self, batch: Batch) -> None:
        self.traits: list[int] = []
        self.tags: list[int] = []
        self.consents: list[int] = []
        self.touches: list[int] = []
        self.orders: list[int] = []
        stating = dict.fromkeys(_TAGS, self.tags) | dict.fromkeys(_CONSENTS, self.consents)
        stating |= dict.fromkeys(_TRAITS, self.traits) | dict.fromkeys(_ORDERS, self.orders)
        numbers = batch.numbers
        for place, event in enumerate(batch.events):
            kind = stating.get(event.name)
            if kind is not None and (numbers[place] or kind is self.orders) and (not event.machine or event.trusted):
                kind.append(place)
            if event.traits is not None and numbers[place] and kind is not self.traits:
                self.traits.append(place)
            if event.source is not None and numbers[place] and not event.machine:
                self.touches.append(place)
