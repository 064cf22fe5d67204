"""What an erasure means for others: events of theirs that name an erased identity, and identities that nobody else
ever named.

Somebody who changed the e-mail address states a second one that has to stay apart; it is a person of its own then, of
whom nothing but events of the first one speak. It goes with the first. What is known of others is made anew from their
events, as if the erased person's had never come.
"""

from collections.abc import Collection, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.conf import settings

from lianyi.events.lake.queries import rows_of
from lianyi.events.log.queries import cursor_of, tail_events
from lianyi.events.schemas import Batch, Claim, Event
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.erasing.sieve import Sieve, event_of
from lianyi.people.identity import erasing
from lianyi.people.identity.decisions import Merged, read
from lianyi.people.identity.normalise import normalise
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.profiles import erasing as profiles
from lianyi.people.profiles.projector import ProfilesProjector

_Told = tuple[int, Event, int]  # batch, event, number


class Beside(NamedTuple):
    """`numbers` are all identities that go. `owners` are identities of others of whom some event names one that goes.
    `stated` says of others whom an erased person's events named when they were first named without them, and whether
    anybody vouched for them.
    """

    numbers: set[int]
    owners: set[int]
    stated: dict[int, tuple[int, bool]]


def find(workspace: int, numbers: Collection[int]) -> Beside:
    """Looks into the events of those whom some event names together with one of `numbers`. Most often nobody."""
    near = erasing.neighbours_of(workspace, numbers)
    if not near:
        return Beside(set(numbers), set(), {})
    wanted = {mark: number for number, mark in erasing.marks_of(workspace, {*near, *numbers}).items()}
    region = region_of(workspace)
    owners: set[int] = set()
    stated: dict[int, tuple[int, bool]] = {}
    for _, event, owner in _events(workspace, (near | erasing.neighbours_of(workspace, near)).difference(numbers)):
        for claim in _named(event):
            normal = normalise(claim, region)
            number = wanted.get(erasing.mark_of_claim(normal)) if normal is not None else None
            if normal is None or number is None:
                continue
            if number in near:
                first, strong = stated.get(number, (event.occurred_at, False))
                stated[number] = (first, strong or normal.strong)
            elif owner:
                owners.add(owner)
    return Beside({*numbers, *(near - stated.keys())}, owners, stated)


def tell_anew(workspace: int, owners: Collection[int], sieve: Sieve) -> None:
    """Makes what is known of these identities anew, from their events as they may stay."""
    if not owners:
        return
    profiles.remove(workspace, owners, profiles.TOLD)
    projector = ProfilesProjector()
    for number, told in groupby(_events(workspace, owners, sieve), key=itemgetter(0)):
        some = list(told)
        projector.project(Batch(workspace, number, [event for _, event, _ in some], [owner for *_, owner in some]))


def _events(workspace: int, numbers: Collection[int], sieve: Sieve | None = None) -> Iterator[_Told]:
    """What was projected of these identities, in order of the log."""
    rows = sorted(
        rows_of(settings.ENVIRONMENT.lake, workspace, list(numbers)),
        key=lambda row: (row.batch, row.position),
    )
    for row in rows:
        kept = row if sieve is None else sieve.keep(row)
        if kept is not None:
            yield row.batch, event_of(kept), kept.identity
    until, attach = cursor_of(workspace, "profiles"), IdentityProjector().attach
    for batch in tail_events(workspace):
        if batch.number <= until:
            attach(batch)
            for event, number in zip(batch.events, batch.numbers, strict=True):
                if number in numbers:
                    yield batch.number, event, number


def _named(event: Event) -> list[Claim]:
    decision = read(event)
    return [*event.claims, decision.a, decision.b] if isinstance(decision, Merged) else list(event.claims)
