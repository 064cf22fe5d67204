"""Reads: tests, and who has which arm."""

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from lianyi.audience.arms import storing
from lianyi.audience.arms.drawing import draw
from lianyi.audience.arms.models import ArmTest
from lianyi.audience.arms.schemas import Arm, Exposures, Given, Test
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import first_digests

Ints = npt.NDArray[np.int64]
_FEW = 2_000  # people who are looked up one by one; of more, everybody is read


def newest_tests(workspace: int, limit: int = 50, *, before: int | None = None) -> list[Test]:
    """The tests of the workspace, the newest first; those before the id `before`."""
    rows = ArmTest.objects.filter(workspace=workspace).order_by("-id")
    return [shown(row) for row in (rows if before is None else rows.filter(id__lt=before))[:limit]]


def test_of(workspace: int, test: int) -> Test:
    """The test of this id. Refuses one that is not there."""
    row = ArmTest.objects.filter(workspace=workspace, pk=test).first() if 0 < test < 2**31 else None
    if row is None:
        raise unknown(test)
    return shown(row)


def arms_of(workspace: int, test: int, persons: BitMap | None = None) -> dict[str, BitMap]:
    """Arm → who of `persons`, or of everybody, has it: the arm that they saw first, else the one that is drawn. Numbers
    that are no person's are in none. A million people take about a second.
    """
    of = test_of(workspace, test)
    numbers, places, _ = given(workspace, of, persons)
    return {arm.name: BitMap(numbers[places == place]) for place, arm in enumerate(of.arms)}


def arm_of(workspace: int, test: int, person: int) -> Given | None:
    """The arm of one person, by the same draw; None where there is no such person."""
    of = test_of(workspace, test)
    numbers, places, seen = given(workspace, of, BitMap([person] if 0 < person < 2**31 else []))
    if not len(numbers):
        return None
    return Given(of.arms[int(places[0])].name, int(seen[0]) if seen[0] >= 0 else None)


def exposed(workspace: int, test: int) -> dict[str, BitMap]:
    """Arm → who has seen it; of several that a person saw, the first."""
    of = test_of(workspace, test)
    numbers, places, seen = given(workspace, of)
    return {arm.name: BitMap(numbers[(places == place) & (seen >= 0)]) for place, arm in enumerate(of.arms)}


def exposures(workspace: int, test: int) -> list[Exposures]:
    """By arm, in order, how many people saw it first, and when the first and the last of them did."""
    of = test_of(workspace, test)
    found = storing.firsts(workspace, test)
    seen = []
    for arm in of.arms:
        at = found.at[found.places == found.arms.index(arm.name)] if arm.name in found.arms else found.at[:0]
        seen.append(Exposures(arm, len(at), int(at.min()) if len(at) else None, int(at.max()) if len(at) else None))
    return seen


def given(workspace: int, test: Test, persons: BitMap | None = None) -> tuple[Ints, Ints, Ints]:
    """Persons, ascending, the place of each one's arm, and when they saw it first (µs, -1 for never)."""
    few = [one for one in persons if one < 2**31] if persons is not None and len(persons) <= _FEW else None
    numbers, digests = first_digests(workspace, few)
    if persons is not None and few is None:
        asked = np.isin(numbers, np.array(persons, np.int64))
        numbers, digests = numbers[asked], digests[asked]
    places = draw(test.seed, [arm.weight for arm in test.arms], digests)
    seen = np.full(len(numbers), -1, np.int64)
    firsts = storing.firsts(workspace, test.id, few)
    of_name = {arm.name: place for place, arm in enumerate(test.arms)}
    shown_arm = np.array([of_name.get(name, -1) for name in firsts.arms], np.int64)[firsts.places]
    there = np.isin(firsts.persons, numbers) & (shown_arm >= 0)
    at = np.searchsorted(numbers, firsts.persons[there])
    places[at], seen[at] = shown_arm[there], firsts.at[there]
    return numbers, places, seen


def shown(row: ArmTest) -> Test:
    """The row as others see it."""
    arms = tuple(Arm(name, weight) for name, weight in row.arms)
    return Test(row.pk, row.name, row.seed, arms, row.created_at, row.started_at, row.ended_at)


def unknown(test: int) -> Refused:
    """For who names a test that is not there."""
    return Refused("arms.unknown", "There is no experiment {test}.", test=test)
