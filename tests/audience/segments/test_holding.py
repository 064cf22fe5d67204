"""Members change segments while the pipeline and the worker are at them: everybody gets through, one after another."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from tests.audience.segments.conftest import Shop
from tests.people.erasing.told import identify

from lianyi.audience.segments import actions, projector, queries, storing, upkeep
from lianyi.audience.segments.schemas import SegmentUnknown
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity import actions as identity
from lianyi.rules.reading import read

DID = {"kind": "did", "event": "e"}
IN_Y = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "y"}}
PAUSE = 0.4  # seconds: longer than it takes the other to get as far as it can, shorter than PostgreSQL looks for a ring


def slowly(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, entered: threading.Event) -> None:
    """`name` tells that it was reached, and goes on a while later."""
    real = getattr(where, name)

    def slow(*args: Any, **more: Any) -> Any:
        done = real(*args, **more)
        entered.set()
        threading.Event().wait(PAUSE)
        return done

    monkeypatch.setattr(where, name, slow)


def beside(first: Callable[[], object], entered: threading.Event, second: Callable[[], object]) -> list[object]:
    """Both at once, the second when the first has got there; what went wrong with each."""
    wrong: list[object] = [None, None]

    def run(place: int, does: Callable[[], object]) -> None:
        try:
            does()
        except Exception as error:
            wrong[place] = error
        finally:
            connection.close()

    one = threading.Thread(target=run, args=(0, first))
    one.start()
    assert entered.wait(20)
    other = threading.Thread(target=run, args=(1, second))
    other.start()
    one.join()
    other.join()
    return wrong


@pytest.fixture
def entered() -> threading.Event:
    return threading.Event()


def test_a_segment_is_deleted_while_it_is_built(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, entered: threading.Event
) -> None:
    shop.tell(identify("a", city="x"), {"userId": "a", "event": "e"})
    number = actions.create_segment(shop.workspace, "s", read(DID), system_clock())
    slowly(monkeypatch, upkeep, "_ask_everybody", entered)
    wrong = beside(
        lambda: upkeep.build(shop.workspace, to_micros(system_clock())),
        entered,
        lambda: actions.delete_segment(shop.workspace, number),
    )
    assert wrong == [None, None]
    with pytest.raises(SegmentUnknown):
        queries.segment(shop.workspace, number)
    assert shop.brand.rows("SELECT count(*) FROM segment_change WHERE workspace = %s") == [(0,)]


def test_a_segment_is_deleted_while_its_rule_is_changed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, entered: threading.Event
) -> None:
    number = shop.make(DID)
    slowly(monkeypatch, actions, "check_here", entered)
    wrong = beside(
        lambda: actions.change_rule(shop.workspace, number, read({**DID, "event": "f"}), system_clock()),
        entered,
        lambda: actions.delete_segment(shop.workspace, number),
    )
    assert wrong == [None, None]


def test_a_segment_is_renamed_while_its_members_change(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, entered: threading.Event
) -> None:
    shop.tell(identify("a", city="x"))
    number = shop.make(IN_Y)
    slowly(monkeypatch, actions, "_refuse_name", entered)
    wrong = beside(
        lambda: actions.rename_segment(shop.workspace, number, "new", ""),
        entered,
        lambda: shop.tell(identify("a", city="y")),
    )
    assert wrong == [None, None]
    assert (queries.segment(shop.workspace, number).name, shop.members(number)) == ("new", shop.people("a"))


def test_a_rule_is_changed_while_the_pipeline_is_at_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, entered: threading.Event
) -> None:
    shop.tell(identify("a", city="x"))
    number = shop.make(IN_Y)
    slowly(monkeypatch, projector, "evaluate", entered)
    wrong = beside(
        lambda: shop.tell(identify("a", city="y")),
        entered,
        lambda: actions.change_rule(shop.workspace, number, read(DID), system_clock()),
    )
    assert wrong == [None, None]
    shop.build()
    assert shop.members(number) == []


def test_a_list_changes_while_its_people_become_one(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, entered: threading.Event
) -> None:
    shop.tell(identify("a"), identify("b"), identify("c"))
    (a,), (b,), (c,) = map(shop.people, "abc")
    number = actions.create_list(shop.workspace, "l", [b], system_clock())
    slowly(monkeypatch, actions, "_row", entered)
    wrong = beside(
        lambda: actions.change_list(shop.workspace, number, [c], [], system_clock()),
        entered,
        lambda: merge_and_tell(shop, a, b),
    )
    assert wrong == [None, None]
    assert shop.members(number) == [a, c]


def merge_and_tell(shop: Shop, a: int, b: int) -> None:
    identity.merge(shop.workspace, a, b, system_clock())
    shop.brand.run(to_lake=False)


def test_a_segment_is_renamed_while_somebody_is_taken_out_of_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, entered: threading.Event
) -> None:
    shop.tell(identify("a", city="y"))
    number, gone = shop.make(IN_Y), shop.people("a")
    slowly(monkeypatch, actions, "_refuse_name", entered)
    wrong = beside(
        lambda: actions.rename_segment(shop.workspace, number, "new", ""),
        entered,
        lambda: transaction.atomic(storing.forget_people)(shop.workspace, gone),
    )
    assert wrong == [None, None]
    assert shop.members(number) == []
