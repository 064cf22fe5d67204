"""The projector `handover`: whoever becomes hot is offered to a member, and hand-overs follow their people.

A hand-over is a record and follows from nothing: a rebuild makes none, and only looks up anew whose each is.
"""

from lianyi.audience.handover.assigning import Moment
from lianyi.audience.handover.following import follow
from lianyi.audience.handover.offering import Wanted, offer
from lianyi.events.log.actions import Record, record_own
from lianyi.events.projection_tables import fingerprint
from lianyi.events.schemas import Batch, Event
from lianyi.kernel.clock import Clock, system_clock, to_micros
from lianyi.people.identity import queries as identity

CHANGED, HOT = "score.changed", "hot"


class HandoverProjector:
    """Only events of our own count: what a sender calls so is theirs."""

    name = "handover"

    def __init__(self, record: Record = record_own, clock: Clock = system_clock) -> None:
        self._record, self._clock = record, clock

    def project(self, batch: Batch) -> None:
        """Applies a batch that all projectors before this one have applied, in the caller's transaction."""
        now = to_micros(self._clock())
        moves = identity.moves(batch.workspace, batch.number)
        if moves:
            moved = {person for one in moves for person in (one.was, one.became)}
            follow(batch.workspace, now, moved, batch=batch.number)
        hot = [
            (event, number) for event, number in zip(batch.events, batch.numbers, strict=True) if number and _hot(event)
        ]
        if hot:
            person_of = identity.persons_of(batch.workspace, {number for _, number in hot})
            wanted = [_wanted(event, person_of[number]) for event, number in hot if number in person_of]
            offer(Moment(batch.workspace, now, batch), wanted, self._record)

    def forget(self, workspace: int) -> None:
        """Nothing: hand-overs are a record."""

    def rebuild(self, workspace: int) -> None:
        """Looks up anew whose each is."""
        follow(workspace, to_micros(self._clock()))

    def fingerprint(self, workspace: int) -> dict[str, str]:
        """A digest of whose each is."""
        return {"handover": fingerprint("handover", ("number", "identity", "person", "state"), workspace)}


def _hot(event: Event) -> bool:
    return event.name == CHANGED and event.form == "own" and event.properties.get("to") == HOT


def _wanted(event: Event, person: int) -> Wanted:
    fit, engagement = (_number(event.properties.get(axis)) for axis in ("fit", "engagement"))
    return Wanted(person, event.id, event.occurred_at, fit, engagement)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
