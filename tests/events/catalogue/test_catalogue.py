"""The catalogue of event types: exact counts, bounded whatever is sent, rebuilt by a replay, with nobody's values."""

import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.people.erasing.told import Brand, brand, identify, viewed

from lianyi.assembly.replay import replay
from lianyi.events.catalogue import limits, queries
from lianyi.events.catalogue.projector import CatalogueProjector
from lianyi.events.catalogue.schemas import PropertyLine, SenderLine, Totals, TypeShown
from lianyi.events.intake import segment
from lianyi.events.schemas import Batch
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.kernel.clock import to_micros
from lianyi.kernel.ids import digest

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)  # the second of March is half an hour away in Shanghai


@pytest.fixture
def shop() -> Iterator[Brand]:
    with brand() as made:
        yield made


class Sending:
    """Batches straight into the projector, as the pipeline hands them over."""

    def __init__(self, *, server: bool = True) -> None:
        workspace = create_workspace(f"w{random.randrange(10**9)}", "W")
        self.workspace = int(workspace.pk)
        made, _ = create_write_key(workspace, KeyKind.SERVER, "test")
        self.server = segment.Key(made.pk, self.workspace, True, "default")
        made, _ = create_write_key(workspace, KeyKind.BROWSER, "test")
        self.browser = segment.Key(made.pk, self.workspace, False, "default")
        self.projector = CatalogueProjector()
        self._batches = 0

    def send(self, *messages: dict[str, Any], key: segment.Key | None = None, at: datetime = AT) -> None:
        self._batches += 1
        key = key or self.server
        base = {"type": "track", "anonymousId": "a", "timestamp": at.isoformat()}
        told = [{**base, "messageId": f"{self._batches}-{n}", **one} for n, one in enumerate(messages)]
        received = to_micros(AT + timedelta(days=1000))
        taken = segment.accept(json.dumps({"batch": told}).encode(), "segment", key, received)
        assert not taken.refused
        events = segment.events(
            taken.body, offset=0, ids=taken.ids, times=times(taken.ids), left_out=(), received_at=received, key=key,
            signed=lambda *_: False,
        )  # fmt: skip
        assert events is not None
        self.projector.project(Batch(self.workspace, self._batches, events, [0] * len(events)))

    def shown(self, name: str) -> TypeShown:
        found = queries.event_type(self.workspace, name)
        assert found is not None
        return found


def times(ids: bytes) -> Any:
    from lianyi.events.intake.packing import times_in

    return times_in(ids)


def test_a_type_has_its_days_senders_and_properties() -> None:
    to = Sending()
    to.send({"event": "Viewed", "properties": {"sku": "A-1", "price": 9.5, "sale": True, "tags": [1], "more": {}}})
    to.send(
        {"event": "Viewed", "properties": {"sku": None, "price": -3}},
        {"event": "Viewed", "timestamp": (AT + timedelta(hours=1)).isoformat()},
        key=to.browser,
    )
    shown = to.shown("Viewed")
    assert shown.line == ("Viewed", 3, to_micros(AT), to_micros(AT + timedelta(hours=1)))
    assert shown.days == [(date(2026, 3, 1), 2), (date(2026, 3, 2), 1)]
    assert shown.senders == [
        SenderLine("segment", "browser", to.browser.id, 2),
        SenderLine("segment", "server", to.server.id, 1),
    ]
    assert shown.examined == 3
    assert shown.properties == [
        PropertyLine("price", 2, [("number", 2)]),
        PropertyLine("sku", 2, [("text", 1), ("null", 1)]),
        PropertyLine("more", 1, [("object", 1)]),
        PropertyLine("sale", 1, [("truth", 1)]),
        PropertyLine("tags", 1, [("list", 1)]),
    ]
    assert queries.totals(to.workspace) == Totals(1, 0)


def test_another_workspace_sees_nothing_of_it() -> None:
    one, other = Sending(), Sending()
    one.send({"event": "Viewed"})
    assert queries.event_type(other.workspace, "Viewed") is None
    assert queries.types_by_volume(other.workspace, 10) == []
    assert (queries.any_came_by_key(one.workspace), queries.any_came_by_key(other.workspace)) == (True, False)


def test_days_left_too_far_behind_go_in_any_order_of_arrival() -> None:
    to = Sending()
    to.send({"event": "A"}, at=AT)
    to.send({"event": "A"}, at=AT + timedelta(days=limits.DAYS - 1))
    assert [day for day, _ in to.shown("A").days] == [date(2026, 3, 1), date(2027, 4, 4)]
    to.send({"event": "A"}, at=AT + timedelta(days=limits.DAYS))
    assert [day for day, _ in to.shown("A").days] == [date(2027, 4, 4), date(2027, 4, 5)]
    to.send({"event": "A"}, at=AT)
    assert [day for day, _ in to.shown("A").days] == [date(2027, 4, 4), date(2027, 4, 5)]
    assert to.shown("A").line.events == 4


def test_random_names_fill_their_part_and_no_more() -> None:
    to = Sending()
    for start in range(0, 600, 200):
        to.send(*({"event": f"n{one}"} for one in range(start, start + 200)), key=to.browser)
    assert queries.totals(to.workspace) == Totals(limits.TYPES_OF_ANYBODY, 200)
    to.send({"event": "Order Refused"}, {"event": "n1"}, key=to.server)
    assert to.shown("Order Refused").line.events == 1
    to.send(*({"event": f"s{one}"} for one in range(200)), key=to.server)
    assert queries.totals(to.workspace) == Totals(limits.TYPES, 200 + 101)

    properties = [{f"p{one}": one for one in range(start, start + 90)} for start in (0, 90, 180)]
    to.send(*({"event": "n1", "properties": one} for one in properties))
    shown = to.shown("n1")
    assert (len(shown.properties), shown.left_out) == (limits.PROPERTIES, 70)
    with connection.cursor() as cursor:
        cursor.execute("SELECT properties FROM event_type WHERE workspace = %s AND name = 'n1'", [to.workspace])
        assert cursor.fetchone()[0] == limits.PROPERTIES


@pytest.mark.parametrize(
    "name", ["wang@shop viewed", "13912345678", "139 1234 5678", "u 5f2b7c1e0d9a4b63", "x" * 121, "a\tb"]
)
def test_names_that_may_be_somebodys_are_no_names(name: str) -> None:
    to = Sending()
    to.send({"event": name}, {"event": "A", "properties": {name: 1, "plain": 1}})
    assert queries.totals(to.workspace) == Totals(1, 1)
    assert [one.name for one in to.shown("A").properties] == ["plain"]
    assert to.shown("A").left_out == 1
    assert stored_names(to.workspace) & {name} == set()


def test_a_nul_in_a_property_stops_nothing() -> None:
    to = Sending()
    to.send({"event": "A", "properties": {"a\x00b": 1, "ok": 1}})
    assert [one.name for one in to.shown("A").properties] == ["ok"]


def test_after_a_thousand_one_batch_of_sixteen_is_examined() -> None:
    to = Sending()
    to.send(*({"event": "A", "properties": {"n": 1}} for _ in range(1_001)))
    for _ in range(99):
        to.send({"event": "A", "properties": {"n": 1}})
    chosen = sum(digest("catalogue", str(number))[0] % limits.EXAMINED_THEN == 0 for number in range(2, 101))
    assert 0 < chosen < 20
    shown = to.shown("A")
    assert (shown.line.events, shown.examined) == (1_100, 1_000 + chosen)
    assert shown.properties == [PropertyLine("n", 1_000 + chosen, [("number", 1_000 + chosen)])]


def test_a_replay_rebuilds_it_and_an_erased_person_leaves_nothing(shop: Brand) -> None:
    rnd = random.Random(7)
    for _ in range(4):
        some = [viewed(f"u{rnd.randrange(5)}", price=rnd.random(), **{f"p{rnd.randrange(5)}": "x"}) for _ in range(30)]
        shop.send(*some, {"type": "page", "anonymousId": "a"})
        shop.send(identify("lihua-4711", phone="13912345678", email="lihua@shop.cn", name="李华华"))
        shop.send(viewed("lihua-4711", city="Chengdu-lihua"))
        shop.run(to_lake=rnd.random() < 0.5)
    before = queries.event_type(shop.workspace, "Product Viewed")
    assert before is not None
    assert before.line.events == 4 * 31
    assert replay(shop.workspace, "catalogue", check=True).different == []
    assert replay(shop.workspace, "catalogue", check=False).different == []
    assert queries.event_type(shop.workspace, "Product Viewed") == before

    assert kept_of(shop.workspace).isdisjoint({"lihua-4711", "13912345678", "lihua@shop.cn", "李华华", "Chengdu-lihua"})
    shop.erase("user_id", "lihua-4711")
    assert queries.event_type(shop.workspace, "Product Viewed") == before, "a count says nothing of anybody"
    replay(shop.workspace, "catalogue", check=False)
    after = queries.event_type(shop.workspace, "Product Viewed")
    assert after is not None
    assert after.line.events == 4 * 30
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{shop.workspace}", ignore_errors=True)


def stored_names(workspace: int) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM event_type WHERE workspace = %(w)s UNION "
            "SELECT property FROM event_property WHERE workspace = %(w)s",
            {"w": workspace},
        )
        return {name for (name,) in cursor.fetchall()}


def kept_of(workspace: int) -> set[str]:
    """Every text of every table of the catalogue."""
    found = stored_names(workspace)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, form, origin FROM event_sender WHERE workspace = %s", [workspace])
        return found | {part for row in cursor.fetchall() for part in row}
