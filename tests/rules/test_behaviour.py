"""The expressions, run by DuckDB, against the plain reading of the same leaves."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.behaviours import Done, happenings_of, histories, leaves, merges, moments

from lianyi.kernel.clock import DAY
from lianyi.rules.behaviour import _people_asked, question
from lianyi.rules.engines import DUCKDB
from lianyi.rules.happening import happened, properties_of
from lianyi.rules.nodes import NO_DOING, Behaviour, Did, DidSum, DidThen, DidWhen, Pattern, Where, Within
from lianyi.rules.person import Happening, Moment
from lianyi.rules.values import Equals, FromToday, Has

NOW = Moment(1_780_000_000_000_000, ZoneInfo("Asia/Shanghai"))


@cache
def database() -> Any:
    made = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    made.execute(
        "CREATE TABLE events (identity BIGINT, name VARCHAR, occurred_at BIGINT, machine BOOLEAN, raw VARCHAR)"
    )
    made.execute("CREATE TABLE moved (identity BIGINT, person BIGINT)")
    for statement in DUCKDB:
        made.execute(statement)
    return made


def ask(leaf: Behaviour, done: list[Done], moved: dict[int, int], moment: Moment) -> list[int]:
    made = database()
    made.execute("DELETE FROM events; DELETE FROM moved")
    if done:
        made.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", [(*one[:4], one.raw.decode()) for one in done])
    if moved:
        made.executemany("INSERT INTO moved VALUES (?, ?)", list(moved.items()))
    return sorted(person for (person,) in made.execute(question(leaf, moment)).fetchall())


def plainly(leaf: Behaviour, done: list[Done], moved: dict[int, int], moment: Moment) -> list[int]:
    found = []
    for person in range(1, 5):
        own = happenings_of(done, person, moved)
        if happened(leaf, [Happening(one.name, one.at, properties_of(one.raw)) for one in own], moment):
            found.append(person)
    return found


@settings(max_examples=80, deadline=None)
@given(data=st.data(), moment=moments, moved=merges())
def test_duckdb_and_the_plain_reading_agree(data: st.DataObject, moment: Moment, moved: dict[int, int]) -> None:
    agree(data, moment, moved)


@pytest.mark.slow
@settings(max_examples=1_500, deadline=None)
@given(data=st.data(), moment=moments, moved=merges())
def test_duckdb_and_the_plain_reading_agree_at_length(
    data: st.DataObject, moment: Moment, moved: dict[int, int]
) -> None:
    agree(data, moment, moved)


def agree(data: st.DataObject, moment: Moment, moved: dict[int, int]) -> None:
    leaf = data.draw(leaves(moment))
    done = data.draw(histories(moment, leaf))
    assert ask(leaf, done, moved, moment) == plainly(leaf, done, moved, moment)


def where(test: Equals) -> tuple[Where, ...]:
    return (Where(**{"property": "x", "is": test}),)


def when(which: str, **test: int) -> DidWhen:
    return DidWhen(**{"event": "a", "which": which, "is": FromToday(**test)})


def total(**bounds: float) -> DidSum:
    return DidSum(event="a", property="x", **bounds)


def event(at: int = NOW.now, name: str = "a", identity: int = 1, said: str = "{}", machine: bool = False) -> Done:
    return Done(identity, name, at, machine, b'{"properties":' + said.encode() + b"}")


@pytest.mark.parametrize(
    ("leaf", "done", "people"),
    [
        (Did(event="a"), [event(), event(identity=0), event(identity=2, machine=True)], [1]),
        (Did(event="a", at_least=2, at_most=2), [event()] * 2 + [event(identity=2)] * 3, [1]),
        (Did(event="a", at_least=2), [event(), event(identity=3)], [1]),  # 3 is part of 1
        (Did(event="a", during=Within(days=1)), [event(NOW.now - DAY), event(NOW.now - DAY + 1, identity=2)], [2]),
        (when("first", to_days=-1), [event(), event(NOW.now - DAY)], [1]),
        (when("last", to_days=-1), [event(), event(NOW.now - DAY)], []),
        (Did(event="*"), [event(), *(event(name=name, identity=2) for name in sorted(NO_DOING))], [1]),
        (Did(event="handover.won"), [event(), event(name="handover.won", identity=2)], [2]),
        (total(at_least=0.3, at_most=0.3), [event(said='{"x":0.1}'), event(said='{"x":0.2}')], [1]),
        (total(at_most=0), [event(said='{"x":"0"}'), event(said="{}", identity=2)], []),
    ],
)  # fmt: skip
def test_single_leaves(leaf: Behaviour, done: list[Done], people: list[int]) -> None:
    assert ask(leaf, done, {3: 1, 4: 0}, NOW) == people == plainly(leaf, done, {3: 1, 4: 0}, NOW)


@pytest.mark.parametrize(
    ("then_at", "did", "missed"),
    [([0], [], [1]), ([1], [1], []), ([DAY], [1], []), ([DAY + 1], [], [1]), ([], [], [1])],
)
def test_then_is_after_first_and_in_time(then_at: list[int], did: list[int], missed: list[int]) -> None:
    first = NOW.now - DAY
    done = [event(first), *(event(first + later, name="b") for later in then_at)]
    asked = {"first": Pattern(event="a"), "then": Pattern(event="b"), "within_days": 1}
    assert ask(DidThen(**asked), done, {}, NOW) == did
    assert ask(DidThen(**asked, happened=False), done, {}, NOW) == missed
    soon = Moment(NOW.now - 1, NOW.zone)  # the day has not passed
    assert ask(DidThen(**asked, happened=False), done, {}, soon) == []


def test_json_that_nobody_can_read_stops_nobody() -> None:
    done = [Done(1, "a", NOW.now, False, b'{"properties":{"x":"\\ud800"}}'), event(identity=2, said='{"x":"y"}')]
    leaf = Did(event="a", where=where(Equals(value="Y")))
    assert ask(leaf, done, {}, NOW) == [2]


def test_false_is_not_taken_for_zero() -> None:
    done = [event(said='{"x":0}'), event(said='{"x":false}', identity=2), event(said='{"x":1}', identity=3)]
    done.append(event(said='{"x":true}', identity=4))
    found = [ask(Did(event="a", where=where(Equals(value=value))), done, {}, NOW) for value in (0, False, 1, True)]
    assert found == [[1], [2], [3], [4]]
    assert len({Equals(value=0), Equals(value=False), Equals(value=0.0), Equals(value=1), Equals(value=True)}) == 4
    assert Has(values=(1,)) == Has(values=(1.0,)) != Has(values=(True,))


def test_leaves_that_differ_in_name_and_moment_share_a_compiled_text() -> None:
    before = _people_asked.cache_info().currsize
    texts = {
        question(Did(event=name, during=Within(days=days)), Moment(NOW.now + days, NOW.zone))
        for name in ("shared", "it's", "then")
        for days in (1, 2)
    }
    assert len(texts) == 6
    assert _people_asked.cache_info().currsize <= before + 1
