"""Registrations through the log and the pipeline: seats, sources, check-ins; rebuilt, merged, erased."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.growth.gatherings.making import SOURCE, Hall
from tests.people.erasing.told import Brand, brand

from lianyi.assembly.replay import replay
from lianyi.events.schemas import Claim
from lianyi.growth.gatherings import queries
from lianyi.growth.gatherings.arrivals import Outcome, Scan, check_in
from lianyi.growth.gatherings.lines import Counts, SourceLine
from lianyi.growth.gatherings.seats import (
    Act,
    Cancelled,
    CheckedIn,
    Registered,
    Resized,
    Standing,
    standings,
)
from lianyi.growth.gatherings.storing import holder_of
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.erasing.actions import erase
from lianyi.people.identity import actions as identity
from lianyi.people.profiles.persons.page import person_page


@pytest.fixture
def made(transactional_db: None) -> Iterator[Brand]:
    with brand() as one:
        yield one


def checked(hall: Hall, **scan: Any) -> Any:
    (found,) = check_in(hall.workspace, hall.gathering.id, [Scan(**scan)], system_clock())
    hall.brand.run()
    return found


def test_a_registration_is_a_row_of_a_person_with_a_seat_a_source_and_traits(made: Brand) -> None:
    hall = Hall(made, 1)
    hall.register("访客一", email="one@example.com")
    hall.register("访客二", email="two@example.com")
    first, second = hall.rows()
    assert (first.seat.value, second.seat.value) == ("seated", "waiting")
    assert (first.source.channel, first.source.campaign, first.source.code, first.answers["name"]) == (
        "wechat",
        "spring",
        "booth-3",
        "访客一",
    )
    page = person_page(hall.workspace, first.person or 0, to_micros(system_clock()))
    assert {one.name: one.value for one in page.traits} == {"name": "访客一", "email": "one@example.com"}
    assert [one[:4] for one in page.touches] == [SOURCE]
    assert queries.counts_of(hall.workspace, hall.gathering.id) == Counts(seated=1, waiting=1)
    sources = queries.sources_of(hall.workspace, hall.gathering.id)
    assert sources == [SourceLine("wechat", "spring", "booth-3", 2, 1, 0)]


def test_two_check_ins_count_once_and_the_second_hears_of_the_first(made: Brand) -> None:
    hall = Hall(made)
    registration = hall.register("访客一", email="one@example.com")
    now = to_micros(system_clock())
    first = checked(hall, registration=registration, ago=60_000_000)
    again = checked(hall, registration=registration)
    assert (first.outcome, again.outcome, again.at) == (Outcome.CAME, Outcome.BEFORE, first.at)
    assert abs(now - 60_000_000 - (first.at or 0)) < 5_000_000
    (row,) = hall.rows()
    assert row.came_at == first.at
    page = hall.brand.rows("SELECT count(*) FROM gathering_act WHERE workspace = %s AND kind = 'gathering.checked_in'")
    assert page == [(1,)]


def test_what_is_rebuilt_is_what_was_kept(made: Brand) -> None:
    hall = Hall(made, 2)
    ids = [hall.register(f"guest {one}", email=f"g{one}@example.com") for one in range(5)]
    hall.cancel(ids[0])
    checked(hall, registration=ids[1])
    hall.resize(3)
    before = hall.rows()
    assert [row.seat.value for row in before] == ["cancelled", "seated", "seated", "seated", "waiting"]
    assert [row.promoted for row in before] == [False, False, True, True, False]
    done = replay(hall.workspace, "gatherings", check=True)
    assert (done.different, done.failed) == ([], 0)
    replay(hall.workspace, "gatherings", check=False)
    assert hall.rows() == before


def test_an_erasure_takes_the_registration_and_gives_the_seat_on(made: Brand) -> None:
    hall = Hall(made, 1)
    for one in ("one", "two", "three"):
        hall.register(one, email=f"{one}@example.com")
    first = hall.rows()[0]
    checked(hall, registration=first.event)
    erase(hall.workspace, first.person or 0, system_clock)
    assert hall.seats() == {"two": "seated", "three": "waiting"}
    for table in ("gathering_act", "gathering_arrival"):
        left = hall.brand.rows(f"SELECT count(*) FROM {table} WHERE workspace = %s AND registration IS NOT NULL")
        assert left == [(0,)], table
    assert replay(hall.workspace, "gatherings", check=True).different == []


def test_a_merge_moves_no_row(made: Brand) -> None:
    hall = Hall(made)
    hall.register("one", email="one@example.com")
    hall.register("two", email="two@example.com")
    one, two = hall.rows()
    identity.merge(hall.workspace, one.person or 0, two.person or 0, system_clock())
    hall.brand.run()
    assert {row.person for row in hall.rows()} == {one.person}
    assert replay(hall.workspace, "gatherings", check=True).different == []


def test_the_same_e_mail_has_one_seat(made: Brand) -> None:
    hall = Hall(made)
    hall.register("one", email="one@example.com")
    hall.register("one again", email="ONE@example.com")
    assert hall.seats() == {"one": "seated", "one again": "repeated"}
    again = hall.rows()[1].event
    assert checked(hall, registration=again).outcome is Outcome.REPEATED
    assert holder_of([Claim("cookie", "default", "c" * 20, False)]) == ""


_WHAT = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.integers(0, 3)),
        st.tuples(st.just("cancel"), st.integers(0, 9)),
        st.tuples(st.just("come"), st.integers(0, 9)),
        st.tuples(st.just("resize"), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=12,
)


def test_whatever_happens_it_is_what_the_function_says_and_what_a_rebuild_makes(made: Brand) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(_WHAT, st.integers(0, 3))
    def holds(what: list[tuple[str, int]], seats: int) -> None:
        hall = Hall(made, seats)
        ids: list[str] = []
        acts: list[Act] = [Resized(seats)]
        for kind, number in what:
            if kind == "register":
                holder = holder_of([Claim("email", "", f"h{number}@example.com", False)])
                ids.append(hall.register(f"guest {len(ids)}", run=False, email=f"h{number}@example.com"))
                acts.append(Registered(bytes.fromhex(ids[-1]), holder))
            elif kind == "resize":
                hall.resize(number)
                acts.append(Resized(number))
            elif ids and kind == "cancel":
                hall.cancel(ids[number % len(ids)])
                acts.append(Cancelled(bytes.fromhex(ids[number % len(ids)])))
            elif ids:
                hall.brand.run()
                came = checked(hall, registration=ids[number % len(ids)], anyway="yes")
                acts.append(CheckedIn(bytes.fromhex(ids[number % len(ids)]), came.at or 0))
        hall.brand.run()
        rows = hall.rows()
        assert {bytes.fromhex(row.event): Standing(row.seat, row.promoted, row.came_at) for row in rows} == standings(
            acts
        )

    holds()
    assert replay(made.workspace, "gatherings", check=True).different == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM gathering_registration WHERE workspace = %s", [made.workspace])
        assert cursor.fetchone()[0] > 0
