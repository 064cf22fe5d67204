"""People become one, become two and are erased while their segments and scores are being found out: in between nothing
of it happens, and afterwards everything is as if it had come one after the other.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from tests.audience.scoring.conftest import SETTINGS
from tests.audience.segments.conftest import Shop
from tests.audience.segments.test_live import SHANGHAI, both, inside, without
from tests.people.erasing.told import brand, identify

from lianyi.assembly.replay import replay
from lianyi.audience.scoring import actions as scores
from lianyi.audience.scoring import storing as scored
from lianyi.audience.scoring import telling as telling_scores
from lianyi.audience.scoring import upkeep as scoring
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.segments import actions, queries, storing, telling, upkeep
from lianyi.audience.segments.schemas import Cause
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity import actions as identity

QUOTE = {"event": "Quote Asked", "properties": {"seats": 10}}
NOW = system_clock


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    """Two that were merged (a, b), two apart (c, d), and what is asked of them."""
    with brand() as made:
        shop = Shop(made)
        shop.tell(*(identify(user, city="Beijing") for user in "abcd"))
        scores.change_settings(shop.workspace, read_document(SETTINGS), NOW())
        assert scoring.build(shop.workspace, to_micros(NOW()))
        identity.merge(shop.workspace, *shop.people("a", "b"), NOW())
        shop.brand.run()
        yield shop


@contextmanager
def stopped(monkeypatch: pytest.MonkeyPatch, room: Any) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Whoever has found out and is about to write the difference stops there until `go`."""
    there, go = threading.Event(), threading.Event()
    write = room.write

    def stop(*arguments: Any, **named: Any) -> Any:
        there.set()
        assert go.wait(60)
        return write(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(room, "write", stop)
        yield there, go


class Doing(threading.Thread):
    """Does it on a connection of its own."""

    def __init__(self, what: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._what, self.wrong = what, None
        self.start()

    def run(self) -> None:
        try:
            self._what()
        except BaseException as error:
            self.wrong = error
        finally:
            connection.close()

    def end(self) -> None:
        self.join(60)
        assert not self.is_alive()
        assert self.wrong is None, self.wrong


def becomes_one(shop: Shop) -> None:
    identity.merge(shop.workspace, *shop.people("c", "d"), NOW())
    shop.brand.run()


def becomes_two(shop: Shop) -> None:
    (one,) = shop.people("a")
    identity.unmerge(shop.workspace, one, [shop.brand.identity("user_id", "b")], NOW())
    shop.brand.run()


def is_erased(shop: Shop) -> None:
    shop.brand.erase("user_id", "c")


MEANWHILE = [becomes_one, becomes_two, is_erased]


def everything_is_right(shop: Shop, *segments: int) -> None:
    with_scores = scoring.build(shop.workspace, to_micros(NOW()))
    if with_scores:
        upkeep.ask_anew(shop.workspace, to_micros(NOW()))
    for name in ("columns", "scoring", "segments"):
        assert replay(shop.workspace, name, check=True).different == [], name
    for segment in segments:
        rebuilt: set[int] = set()
        for change in reversed(queries.changes(shop.workspace, segment)):
            assert not rebuilt & set(change.entered)
            assert rebuilt >= set(change.left)
            rebuilt = (rebuilt | set(change.entered)) - set(change.left)
        assert rebuilt == set(shop.members(segment))


@pytest.mark.parametrize("meanwhile", MEANWHILE)
@pytest.mark.parametrize("room", [storing, scored], ids=["segments", "scores"])
def test_a_batch_is_asked_about_before_or_after(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, room: Any, meanwhile: Callable[[Shop], None]
) -> None:
    cities = shop.make(SHANGHAI)
    warm = shop.make({"kind": "warm", "one_of": ["hot", "nurture", "watch"]})
    outer = shop.make(both(inside(cities), without(inside(warm))))
    shop.brand.send(
        *(identify(user, city="Shanghai") for user in "abcd"), *({"userId": user, **QUOTE} for user in "cd")
    )
    with stopped(monkeypatch, room) as (there, go):
        asking = Doing(lambda: shop.brand.run(to_lake=False))
        assert there.wait(60)
        moving = Doing(lambda: meanwhile(shop))
        moving.join(0.3)
        assert moving.is_alive()  # it waits
        go.set()
        asking.end()
        moving.end()
    everything_is_right(shop, cities, warm, outer)
    here = {"becomes_one": "abc", "becomes_two": "abcd", "is_erased": "abd"}[meanwhile.__name__]
    assert shop.members(cities) == shop.people(*here)


@pytest.mark.parametrize("meanwhile", MEANWHILE)
def test_a_rule_is_asked_of_everybody_before_or_after(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Shop], None]
) -> None:
    number = actions.create_segment(shop.workspace, "Away", shop.rule(without(SHANGHAI)), NOW())
    with stopped(monkeypatch, storing) as (there, go):
        asking = Doing(shop.build)
        assert there.wait(60)
        moving = Doing(lambda: meanwhile(shop))
        moving.join(0.3)
        assert moving.is_alive()
        go.set()
        asking.end()
        moving.end()
    everything_is_right(shop, number)
    here = {"becomes_one": "abc", "becomes_two": "abcd", "is_erased": "abd"}[meanwhile.__name__]
    assert shop.members(number) == shop.people(*here)


def test_who_becomes_one_before_it_is_told_is_told_of_as_whom_they_are(shop: Shop) -> None:
    cities = shop.make(SHANGHAI)
    shop.tell(identify("d", city="Shanghai"), {"userId": "d", **QUOTE})
    becomes_one(shop)
    (one,) = shop.people("c", "d")
    assert shop.told() == [("segment.entered", cities, one)]
    said = []
    while telling_scores.tell(shop.workspace, lambda _, events: said.extend(events)):
        pass
    assert [(shop.brand.person(event.who[0][0], event.who[0][2]), event.properties["to"]) for event in said] == [
        (one, "nurture")
    ]
    assert shop.told() == []


def test_who_is_erased_before_it_is_told_is_told_of_to_nobody(shop: Shop) -> None:
    cities = shop.make(SHANGHAI)
    shop.tell(identify("c", city="Shanghai"), identify("d", city="Shanghai"), {"userId": "c", **QUOTE})
    is_erased(shop)
    (d,) = shop.people("d")
    assert shop.told() == [("segment.entered", cities, d)]
    said = []
    while telling_scores.tell(shop.workspace, lambda _, events: said.extend(events)):
        pass
    assert {shop.brand.person(event.who[0][0], event.who[0][2]) for event in said} <= {d}
    assert [change.cause for change in queries.changes(shop.workspace, cities)] == [Cause.FACTS]


def test_who_becomes_one_while_it_is_told_is_told_of_once(shop: Shop) -> None:
    cities = shop.make(SHANGHAI)
    shop.tell(identify("c", city="Shanghai"), identify("d", city="Shanghai"))

    def record(workspace: int, events: list[Any]) -> None:
        becoming = Doing(lambda: becomes_one(shop))
        becoming.join(0.3)
        recorded.extend(events)
        moving.append(becoming)

    recorded: list[Any] = []
    moving: list[Doing] = []
    while telling.tell(shop.workspace, record):
        pass
    for one in moving:
        one.end()
    assert len({event.id for event in recorded}) == len(recorded) == 2
    assert shop.told() == []
    everything_is_right(shop, cities)
