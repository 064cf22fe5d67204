"""What a batch of events says about who is who: the number that each event came with, and the links it states.

An event belongs to its first claim that is an identity, and links that one to each other identity it claims. An event
marked as a machine's counts for nobody unless somebody vouches for it: it gets number 0 and creates no identity.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lianyi.events.schemas import Batch, Claim, Event
from lianyi.people.identity.decisions import NAMES, KeptApart, Merged, read
from lianyi.people.identity.grouping import Link, Strength, order
from lianyi.people.identity.memory import Known, link_key
from lianyi.people.identity.normalise import KINDS


@dataclass
class Reading:
    """A batch read with what was known before: most events are done, the others wait for their claims' numbers."""

    batch: Batch
    known: Known
    unknown: dict[Claim, int] = field(default_factory=dict)  # → time of the event; in order of first appearance
    decisions: list[Merged | KeptApart] = field(default_factory=list)
    links: dict[int, Link] = field(default_factory=dict)  # by `link_key`: the first in order of those not known yet
    _later: list[int] = field(default_factory=list)  # indices of events that are not done

    def begin(self) -> None:
        """The first pass: numbers for events that say nothing new, and all claims that are not known."""
        known, later = self.known.claims.get, self._later
        numbers = self.batch.numbers = [0] * len(self.batch.events)
        for index, event in enumerate(self.batch.events):
            claims = event.claims
            if event.form != "own" and not event.machine:
                value = known(claims[0]) if len(claims) == 1 else self._nothing_new(event)
                if value is not None:
                    numbers[index] = value >> 1
                    continue
            if claims and not (event.machine and not _vouched(claims)):
                later.append(index)
                self._look_up(event)

    def _nothing_new(self, event: Event) -> int | None:
        """The value of the event's identity, where all that it claims and links is known; else None."""
        first = 0
        for claim in event.claims:
            value = self.known.claims.get(claim)
            if value is None:
                return None
            if first == 0:
                first = value
            elif value and value >> 1 != first >> 1:
                since = self.known.links.get(_key(first, value))
                if since is None or since >= event.occurred_at:
                    return None
        return first

    def _look_up(self, event: Event) -> None:
        claims: tuple[Claim, ...] = event.claims
        if event.form == "own":
            decision = read(event)
            if decision is not None:
                self.decisions.append(decision)
                if isinstance(decision, Merged):
                    claims = (*claims, decision.a, decision.b)
        known = self.known.claims
        for claim in claims:
            if claim not in known:
                self.unknown.setdefault(claim, event.occurred_at)

    def finish(self, values: Mapping[Claim, int]) -> None:
        """The second pass, with the values (see `resolving`) of all claims that were unknown."""
        known, numbers = self.known.claims.get, self.batch.numbers
        for index in self._later:
            event = self.batch.events[index]
            first, rest = 0, []
            for place, claim in enumerate(event.claims):
                value = known(claim)
                if value is None:
                    value = values.get(claim, 0)
                if first == 0:
                    first = value
                elif value:
                    rest.append((place, value))
            numbers[index] = first >> 1
            if rest and not (event.form == "own" and event.name in NAMES):
                for place, value in rest:
                    self._link(first, value, event, place)

    def decided(self, values: Mapping[Claim, int]) -> dict[Claim, int]:
        """The numbers of the identities that the decisions name."""
        named = {claim for one in self.decisions if isinstance(one, Merged) for claim in (one.a, one.b)}
        return {claim: self.known.claims.get(claim, values.get(claim, 0)) >> 1 for claim in named}

    def _link(self, first: int, second: int, event: Event, place: int) -> None:
        if first >> 1 == second >> 1:
            return
        key = _key(first, second)
        known = self.known.links.get(key)
        if known is not None and known < event.occurred_at:
            return
        a, b = sorted((first >> 1, second >> 1))
        strength = Strength.STRONG if first & second & 1 else Strength.WEAK
        link = Link(a, b, strength, event.occurred_at, event.id, place)
        already = self.links.get(key)
        if already is None or order(link) < order(already):
            self.links[key] = link


def _key(first: int, second: int) -> int:
    """The key of the link between two values."""
    one, other = first >> 1, second >> 1
    strength = 1 if first & second & 1 else 2
    return link_key(one, other, strength) if one < other else link_key(other, one, strength)


def _vouched(claims: tuple[Claim, ...]) -> bool:
    return any(claim.strong and claim.kind in KINDS and KINDS[claim.kind].strong_possible for claim in claims)
