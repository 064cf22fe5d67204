"""From an event to a receiver: the reader enqueues once, in order, from the moment an endpoint is switched on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.foundation.webhooks.receiving import LOOPBACK, Receiver, receiver, status
from tests.people.erasing.told import Brand, brand, identify, ordered, viewed

from lianyi.assembly import webhooks
from lianyi.events.log.queries import cursor_of
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.webhooks import actions
from lianyi.foundation.webhooks.calling import Caller
from lianyi.foundation.webhooks.models import Attempt, Delivery
from lianyi.foundation.webhooks.sender import WebhookSender
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


class Half:
    """Chance that never spreads."""

    def uniform(self, least: float, _most: float) -> float:
        return least


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Brand]:
    with brand() as made:
        yield made


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as made:
        yield made


def listen(shop: Brand, there: Receiver, *patterns: str) -> tuple[int, str]:
    number, secret = actions.create_endpoint(shop.workspace, there.url, patterns or ("*",), system_clock(), LOOPBACK)
    return number, secret.reveal()


def deliver() -> int:
    out = webhooks.Deliveries(system_clock, WebhookSender(Caller(LOOPBACK, within=2), Half()))  # type: ignore[arg-type]
    out.look()
    return out.wait()


def told(there: Receiver, secret: str) -> list[dict[str, Any]]:
    return there.verified(secret)


def test_events_arrive_signed_and_name_the_person(shop: Brand, there: Receiver) -> None:
    shop.send(viewed("u0"))
    shop.run()
    _, secret = listen(shop, there, "Order Completed", "person.*")
    shop.send(viewed("u1"), identify("u1", phone="+8613912345678", name="王小明"), ordered("u1", "o-1", 12))
    shop.run(to_lake=False)
    assert webhooks.read_all(system_clock) == 2
    assert webhooks.read_all(system_clock) == 0
    assert deliver() == 2
    first, second = told(there, secret)
    assert (first["type"], second["type"]) == ("person.identified", "Order Completed")
    data = second["data"]
    assert data["person"] == shop.person("user_id", "u1")
    assert data["identities"] == [{"kind": "user_id", "scope": "default", "value": "u1"}]
    assert data["event"]["properties"] == {"order_id": "o-1", "total": 12, "currency": "CNY"}
    assert there.ids()[1] == f"evt_{data['id']}"


def test_events_of_before_are_not_told_and_those_since_are_though_nothing_ran(shop: Brand, there: Receiver) -> None:
    shop.send(viewed("before"))
    listen(shop, there)
    shop.send(viewed("since"))
    shop.run()
    assert webhooks.read_all(system_clock) == 1
    (row,) = Delivery.objects.all()
    assert row.identity == shop.identity("user_id", "since")


def test_a_second_endpoint_is_told_from_its_own_moment_on(shop: Brand, there: Receiver) -> None:
    first, _ = listen(shop, there)
    shop.send(viewed("a"))
    second, _ = listen(shop, there)
    shop.send(viewed("b"))
    shop.run()
    webhooks.read_all(system_clock)
    found = list(Delivery.objects.order_by("row").values_list("endpoint", flat=True))
    assert sorted(found) == [first, first, second]


def test_who_dies_before_the_cursor_moved_enqueues_once(shop: Brand, there: Receiver, monkeypatch: Any) -> None:
    listen(shop, there)
    shop.send(viewed("a"), viewed("b"))
    shop.run()
    move = webhooks.move_cursor

    def die(workspace: int, projector: str, batch: int) -> None:
        move(workspace, projector, batch)
        if OutboxRow.objects.exists():
            raise KeyboardInterrupt

    monkeypatch.setattr(webhooks, "move_cursor", die)
    with pytest.raises(KeyboardInterrupt):
        webhooks.read_all(system_clock)
    assert (OutboxRow.objects.count(), Delivery.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert webhooks.read_all(system_clock) == 2
    assert webhooks.read_all(system_clock) == 0


def test_nobody_who_listens_costs_two_small_statements_and_no_cursor(shop: Brand, there: Receiver) -> None:
    number, _ = listen(shop, there)
    shop.send(viewed("a"))
    shop.run()
    webhooks.read_all(system_clock)
    assert cursor_of(shop.workspace, webhooks.READER) > 0
    actions.switch_off(shop.workspace, number)
    shop.send(*(viewed(f"u{n}") for n in range(50)))
    shop.run()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert webhooks.read_all(system_clock) == 0
    assert len(captured) == 2
    assert shop.rows("SELECT projector FROM cursor WHERE workspace_id = %s AND projector = 'webhooks'") == []
    actions.switch_on(shop.workspace, number, system_clock())
    shop.send(viewed("later"))
    shop.run()
    assert webhooks.read_all(system_clock) == 1


def test_the_log_keeps_what_the_reader_has_not_read(shop: Brand, there: Receiver) -> None:
    listen(shop, there)
    shop.send(viewed("a"))
    shop.run()
    webhooks.read_all(system_clock)
    read = cursor_of(shop.workspace, webhooks.READER)
    shop.send(viewed("b"))
    shop.run()
    assert cursor_of(shop.workspace, "lake") > read == cursor_of(shop.workspace, webhooks.READER)


def test_an_endpoint_that_hangs_holds_up_no_other(shop: Brand, there: Receiver) -> None:
    with receiver(lambda here, _: here.closing.wait(20) and None) as slow:
        listen(shop, slow)
        listen(shop, there)
        shop.send(*(viewed(f"u{n}") for n in range(3)))
        shop.run()
        webhooks.read_all(system_clock)
        out = webhooks.Deliveries(system_clock, WebhookSender(Caller(LOOPBACK, within=6), Half()))  # type: ignore[arg-type]
        out.look()
        there.wait_for(3)
        assert Attempt.objects.filter(error="timeout").count() == 0
        slow.closing.set()
        out.wait()


def test_an_erased_person_is_told_no_more(shop: Brand, there: Receiver) -> None:
    there.replies = [status(200, b"thanks, lihua-user"), status(500)]
    listen(shop, there)
    shop.send(identify("lihua-user", email="lihua@shop.cn"), at=shop.started)
    shop.run()
    webhooks.read_all(system_clock)
    deliver()
    shop.send(ordered("lihua-user", "order-lihua", 5), viewed("wang-user"))
    shop.run()
    webhooks.read_all(system_clock)
    shop.send(viewed("lihua-user"), {"event": "Shared", "userId": "wang-user", "properties": {"to": "lihua@shop.cn"}})
    shop.run()
    erased = shop.erase("user_id", "lihua-user")
    assert erased.database["webhook_attempt"] == 1
    assert {"outbox", "webhook_delivery"} <= erased.tables()
    webhooks.read_all(system_clock)
    stored = " ".join(str(row) for row in OutboxRow.objects.values_list("payload", flat=True))
    assert "wang-user" in stored
    assert "lihua-user" not in stored
    assert "order-lihua" not in stored
    shop.send(viewed("lihua-user"), at=shop.started + timedelta(seconds=1))
    shop.run()
    webhooks.read_all(system_clock)
    assert "lihua-user" not in shop.stored()
