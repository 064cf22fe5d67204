"""Writes: tests, and that people saw their arm."""

from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from lianyi.audience.arms.models import ArmTest
from lianyi.audience.arms.projector import EXPOSED
from lianyi.audience.arms.queries import given, shown, test_of, unknown
from lianyi.audience.arms.schemas import Draft, Exposed, Test
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import EVENTS_IN_A_ROW, record_own
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.identity.queries import shown_identities

AT_ONCE = 10_000  # people whose exposures are recorded in one transaction


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def create_test(workspace: int, draft: Draft, now: datetime) -> Test:
    """A test that does not run yet. Refuses a name that another one has."""
    _refuse_twice(workspace, draft.check())
    row = ArmTest.objects.create(workspace=workspace, created_at=to_micros(now), **_fields(draft))
    record_audit(workspace, "arms.created", {"test": row.pk, "name": row.name})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def change_test(workspace: int, test: int, draft: Draft) -> Test:
    """Puts `draft` in the place of what a test was to be. Refuses once it runs: who has which arm is fixed then."""
    row = _held(workspace, test)
    if row.started_at is not None:
        raise Refused(
            "arms.runs",
            "Experiment {test} runs or ran: its arms and weights are fixed.",
            "Make a new experiment.",
            test=test,
        )
    _refuse_twice(workspace, draft.check(), but=test)
    for name, value in _fields(draft).items():
        setattr(row, name, value)
    row.save()
    record_audit(workspace, "arms.changed", {"test": test})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def delete_test(workspace: int, test: int) -> None:
    """Deletes a draft. Refuses a test that ran: people have seen its arms."""
    row = _held(workspace, test)
    if row.started_at is not None:
        raise Refused("arms.ran", "Experiment {test} was shown to people and stays.", "End it instead.", test=test)
    row.delete()
    record_audit(workspace, "arms.deleted", {"test": test, "name": row.name})


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def start_test(workspace: int, test: int, now: datetime) -> Test:
    """From now on people can be shown their arm, and nothing can be changed. Refuses one that was started before."""
    row = _held(workspace, test)
    if row.started_at is not None:
        raise Refused("arms.started", "Experiment {test} was started before.", test=test)
    row.started_at = to_micros(now)
    row.save(update_fields=["started_at"])
    record_audit(workspace, "arms.started", {"test": test})
    return shown(row)


@needs(Ability.EDIT_SEGMENTS)
@transaction.atomic
def end_test(workspace: int, test: int, now: datetime) -> Test:
    """Nobody is shown an arm for the first time any more. Refuses one that does not run."""
    row = _held(workspace, test)
    if row.started_at is None or row.ended_at is not None:
        raise Refused("arms.stands", "Experiment {test} does not run.", test=test)
    row.ended_at = to_micros(now)
    row.save(update_fields=["ended_at"])
    record_audit(workspace, "arms.ended", {"test": test})
    return shown(row)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def expose(workspace: int, test: int, persons: BitMap, now: datetime) -> Exposed:
    """Who of `persons` sees which arm, recorded as an event for each who sees one of this test for the first time.
    Asked again before the event is read, it records the same event again, which counts once. At most AT_ONCE people;
    refuses a test that does not run.
    """
    of = test_of(workspace, test)
    if of.state != "running":
        raise Refused("arms.stands", "Experiment {test} does not run.", test=test)
    if len(persons) > AT_ONCE:
        raise ValueError(f"{len(persons)} people at once; {AT_ONCE} at most")
    numbers, places, seen = given(workspace, of, persons)
    first = seen < 0
    new = list(zip(numbers[first].tolist(), places[first].tolist(), strict=True))
    who = shown_identities(workspace, [person for person, _ in new])
    events = [
        OwnEvent(
            id=digest(EXPOSED, str(workspace), str(test), str(person)).hex(),
            name=EXPOSED,
            at=to_micros(now),
            who=[(who[person].kind, who[person].scope, who[person].value, who[person].strong)],
            properties={"test": test, "arm": of.arms[place].name},
        )
        for person, place in new
    ]
    for start in range(0, len(events), EVENTS_IN_A_ROW):
        record_own(workspace, events[start : start + EVENTS_IN_A_ROW])
    arms = {arm.name: BitMap(numbers[places == place]) for place, arm in enumerate(of.arms)}
    return Exposed(arms, len(events))


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, test: int) -> None:
    """Writes down that a file of who saw which arm leaves."""
    record_audit(workspace, "arms.exported", {"test": test})


def _held(workspace: int, test: int) -> ArmTest:
    row = ArmTest.objects.select_for_update().filter(workspace=workspace, pk=test).first() if 0 < test < 2**31 else None
    if row is None:
        raise unknown(test)
    return row


def _refuse_twice(workspace: int, draft: Draft, but: int | None = None) -> None:
    named = ArmTest.objects.filter(workspace=workspace, name__iexact=draft.name)
    if named.exclude(pk=but or 0).exists():
        raise Refused(
            "arms.there", "There is an experiment named {name!r} already.", "Choose another name.", name=draft.name
        )


def _fields(draft: Draft) -> dict[str, object]:
    return {"name": draft.name, "seed": draft.seed, "arms": [[arm.name, arm.weight] for arm in draft.arms]}
