"""A workspace that events are told to, as the pipeline would, and what came of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db import connection

from lianyi.events.intake.own import OwnEvent
from lianyi.events.intake.own import encode as encode_own
from lianyi.events.intake.own import event as decode_own
from lianyi.events.log.actions import Record
from lianyi.events.schemas import Batch, Claim, Event, Source
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.clock import to_micros
from lianyi.kernel.ids import digest
from lianyi.people.identity.news import News
from lianyi.people.identity.projector import IdentityProjector
from lianyi.people.profiles.projector import LifecycleProjector, ProfilesProjector, record_nothing
from lianyi.people.profiles.schemas import Refusal

_slugs = count(1)


def moment(text: str) -> int:
    """µs of an ISO moment or date, UTC."""
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def cookie(value: str) -> Claim:
    return Claim("cookie", "shop", value, False)


def user(value: str) -> Claim:
    return Claim("user_id", "shop", value, True)


def event(
    name: str,
    at: int | str,
    *claims: Claim,
    traits: dict[str, Any] | None = None,
    origin: str = "server",
    source: tuple[str, str, str, str] | None = None,
    machine: bool = False,
    trusted: bool = True,
    salt: str = "",
    **properties: Any,
) -> Event:
    at = at if isinstance(at, int) else moment(at)
    said = repr((name, at, claims, traits, origin, source, sorted(properties.items()), salt))
    return Event(
        position=0,
        id=digest(said),
        name=name,
        occurred_at=at,
        received_at=at,
        claims=claims,
        form="segment",
        key=1,
        trusted=trusted,
        scope="shop",
        origin=origin,
        source=Source(*source) if source else None,
        machine=machine,
        traits=traits,
        properties=properties,
        raw=b"{}",
    )


class Told:
    """A workspace with its three projectors. Own events that they record wait in `recorded` until `listen`."""

    def __init__(self, **settings: Any) -> None:
        self.workspace = create_workspace(f"told-{next(_slugs)}", "Told", **settings).pk
        self.recorded: list[OwnEvent] = []
        self.refused: list[Refusal] = []
        self.log: list[list[Event]] = []
        self._ids: set[bytes] = set()

    @property
    def chain(self) -> list[Any]:
        return self.projectors(lambda _workspace, events: self.recorded.extend(events))

    def projectors(self, record: Record) -> list[Any]:
        news = News()
        return [IdentityProjector(news=news), ProfilesProjector(news), LifecycleProjector(record, news)]

    def tell(self, *events: Event) -> Batch:
        """One batch; what was told before is left out, as the sequencer does."""
        fresh = [one for one in events if one.id not in self._ids]
        self._ids |= {one.id for one in fresh}
        for position, one in enumerate(fresh):
            one.position = position
        self.log.append(fresh)
        batch = Batch(self.workspace, len(self.log), fresh, [])
        chain = self.chain
        for projector in chain:
            projector.project(batch)
        self.refused += chain[1].refused
        return batch

    def listen(self) -> list[OwnEvent]:
        """Tells the own events that were recorded, until no more come; what they were."""
        heard: list[OwnEvent] = []
        while self.recorded:
            some, self.recorded = self.recorded, []
            heard += some
            self.tell(*map(own, some))
        return heard

    def replay(self, *, batches_of: int | None = None) -> None:
        """Forgets everything and reads the log again, in the same batches or in others."""
        for projector in reversed(self.chain):
            projector.forget(self.workspace)
        for number, events in enumerate(self._batches(batches_of), 1):
            batch = Batch(self.workspace, number, list(events), [])
            for projector in self.projectors(record_nothing):
                projector.project(batch)

    def replay_only(self, projector: Any) -> None:
        """Reads the log again with this projector alone; the groups of identities stand as they are."""
        for number, events in enumerate(self.log, 1):
            batch = Batch(self.workspace, number, list(events), [])
            IdentityProjector().attach(batch)
            projector.project(batch)

    def _batches(self, size: int | None) -> list[Sequence[Event]]:
        if size is None:
            return [*self.log]
        every = [one for batch in self.log for one in batch]
        return [every[start : start + size] for start in range(0, len(every), size)]

    def fingerprint(self) -> dict[str, str]:
        """Of what this room derives, whatever the batches were."""
        return {
            f"{projector.name}.{table}": digest
            for projector in self.chain[1:]
            for table, digest in projector.fingerprint(self.workspace).items()
        }

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, [self.workspace, *values])
            return list(cursor.fetchall())


def own(recorded: OwnEvent) -> Event:
    """A recorded event as the log gives it back."""
    return decode_own(encode_own(recorded), position=0, event_id=bytes.fromhex(recorded.id), received_at=recorded.at)
