"""Check-ins that are undone: of the wrong person, at two doors at once, told once more, and counted."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.growth.gatherings.making import Hall
from tests.people.erasing.told import Brand, brand

from lianyi.assembly.replay import replay
from lianyi.growth.gatherings.arrivals import Outcome, Scan, check_in, codes_of, undo_check_in
from lianyi.growth.gatherings.telling import SETTLES_FOR, tell_missed
from lianyi.insight.results.queries import campaign_results
from lianyi.insight.results.schemas import Step
from lianyi.kernel.clock import from_micros, system_clock


@pytest.fixture
def made(transactional_db: None) -> Iterator[Brand]:
    with brand() as one:
        yield one


def came(hall: Hall, registration: str, **more: Any) -> Any:
    scans = [Scan(registration=registration, **more)]
    (found,) = check_in(hall.workspace, hall.gathering.id, scans, system_clock())
    hall.brand.run()
    return found


def undone(hall: Hall, registration: str, at: int | None) -> bool:
    done = undo_check_in(hall.workspace, registration, at or 0, system_clock())
    hall.brand.run()
    return done


def told(hall: Hall, name: str) -> int:
    found = hall.brand.rows(f"SELECT count(*) FROM gathering_act WHERE workspace = %s AND kind = '{name}'")
    return int(found[0][0])


def counted(hall: Hall) -> tuple[int, int]:
    steps = campaign_results(hall.workspace, "spring").total
    return steps[list(Step).index(Step.CHECK_IN)]


def test_an_undone_check_in_counts_no_more_and_the_next_one_once(made: Brand) -> None:
    hall = Hall(made)
    name = hall.register("a", email="one@example.com")
    first = came(hall, name)
    assert counted(hall) == (1, 1)
    assert [undone(hall, name, first.at) for _ in range(2)] == [True, False]
    (row,) = hall.rows()
    assert (row.came_at, row.seat.value, counted(hall)) == (None, "seated", (0, 0))
    assert [at for _, at in codes_of(hall.workspace, hall.gathering.id).values()] == [None]
    again = came(hall, name)
    assert (again.outcome, hall.rows()[0].came_at, counted(hall)) == (Outcome.CAME, again.at, (1, 1))
    assert undone(hall, name, first.at) is False
    assert hall.rows()[0].came_at == again.at
    assert [told(hall, f"gathering.{one}") for one in ("checked_in", "check_in_undone")] == [2, 1]
    assert [undone(hall, name, again.at), came(hall, name).outcome.value] == [True, "came"]
    assert replay(hall.workspace, "gatherings", check=True).different == []


def test_a_scan_from_before_it_was_undone_asks_a_member(made: Brand) -> None:
    hall = Hall(made)
    name = hall.register("a", email="one@example.com")
    assert undone(hall, name, came(hall, name).at)
    late = came(hall, name, ago=60_000_000)
    assert (late.outcome, hall.rows()[0].came_at) == (Outcome.UNDONE, None)
    assert came(hall, name, ago=60_000_000, anyway="yes").outcome is Outcome.CAME


def test_whoever_was_let_in_without_a_seat_has_none_again(made: Brand) -> None:
    hall = Hall(made, 1)
    names = {one: hall.register(one, email=f"{one}@example.com") for one in ("a", "b", "c", "d")}
    hall.cancel(names["d"])
    for one in ("b", "d"):
        at = came(hall, names[one], anyway="yes").at
        assert hall.seats()[one] == "seated"
        assert undone(hall, names[one], at)
    assert hall.seats() == {"a": "seated", "b": "waiting", "c": "waiting", "d": "cancelled"}
    hall.cancel(names["a"])
    assert hall.seats() == {"a": "cancelled", "b": "seated", "c": "waiting", "d": "cancelled"}
    assert replay(hall.workspace, "gatherings", check=True).different == []


def test_whoever_cancelled_while_counted_as_there_has_cancelled(made: Brand) -> None:
    hall = Hall(made, 1)
    name = hall.register("a", email="one@example.com")
    hall.register("b", email="two@example.com")
    at = came(hall, name).at
    hall.cancel(name)
    assert hall.seats() == {"a": "seated", "b": "waiting"}
    assert undone(hall, name, at)
    assert hall.seats() == {"a": "cancelled", "b": "seated"}


def test_two_doors_and_an_undoing_at_once_leave_one_truth(made: Brand) -> None:
    hall = Hall(made)
    name = hall.register("a", email="one@example.com")
    first = came(hall, name).at or 0
    for _ in range(5):
        gate, found = threading.Barrier(4), []

        def act(which: int, at: int = first, gate: threading.Barrier = gate, found: list[Any] = found) -> None:
            gate.wait()
            if which < 2:
                found.append(undo_check_in(hall.workspace, name, at, system_clock()))
            else:
                scans = [Scan(registration=name)]
                found.append(check_in(hall.workspace, hall.gathering.id, scans, system_clock())[0].outcome.value)
            connection.close()

        threads = [threading.Thread(target=act, args=[which]) for which in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        hall.brand.run()
        assert (found.count(True), found.count("came") <= 1) == (1, True)
        row = hall.rows()[0]
        assert (row.came_at is not None) == ("came" in found)
        first = row.came_at or came(hall, name).at or 0
        assert told(hall, "gathering.checked_in") == told(hall, "gathering.check_in_undone") + 1
    assert counted(hall) == (1, 1)


def test_whose_check_in_was_undone_did_not_come(made: Brand) -> None:
    hall = Hall(made)
    name = hall.register("a", email="one@example.com")
    assert undo_check_in(hall.workspace, name, came(hall, name).at or 0, system_clock())
    late: datetime = from_micros(hall.gathering.ends_at or 0) + timedelta(microseconds=SETTLES_FOR)
    assert tell_missed(hall.workspace, late) == 1  # the projector has not heard of it yet
    hall.brand.run()
    assert sum(b'"gathering.missed"' in body for body in hall.brand.bodies()) == 1
