"""Events cut out of bodies of every form, numbered or not, without a change to the place of any other."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.people.erasing.told import Brand, identify, viewed

from lianyi.assembly.erasures import pass_when_due
from lianyi.events.intake import segment, sensors
from lianyi.events.lake import queries as lake
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.erasing import actions

HERS, HIS = "user-lihua", "user-wangwei"


def receive(shop: Brand, form: str, said: Any) -> None:
    received = to_micros(datetime.now(UTC))
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    judged = (
        sensors.accept(body, shop.key, received)
        if form == "sensors"
        else segment.accept(body, form, shop.key, received)
    )
    row = (day_of(received), shop.workspace, shop.key.id, form, received, judged.taken, judged.ids, judged.body)
    append_row(NewRow(*row))


def call(user: str, number: int) -> dict[str, Any]:
    properties = {"$is_login_id": True, "sku": number}
    return {"type": "track", "event": "Viewed", "distinct_id": user, "_track_id": number, "properties": properties}


def every_form(shop: Brand) -> None:
    track = {"event": "Viewed", "messageId": "m"}
    for user in (HERS, HIS):
        receive(shop, "segment:track", track | {"userId": user, "messageId": user.upper()})
        receive(shop, "sensors", call(user, 1))
    receive(shop, "sensors", [call(HERS, 2), call(HIS, 3), call(HERS, 4), call(HIS, 5)])
    twice = {"type": "track", "event": "Viewed", "userId": HERS, "messageId": "twice"}
    refused = {"type": "track", "event": "", "userId": HERS}
    both = [twice, refused, {**twice, "userId": HIS, "messageId": "his"}, twice]
    receive(shop, "segment", {"context": {"traits": {"user": HERS}}, "batch": both})


def places(shop: Brand) -> list[tuple[int, int, bytes]]:
    rows = [row for _, rows in lake.batches_after(settings.ENVIRONMENT.lake, shop.workspace, 0) for row in rows]
    return [(row.batch, row.position, row.id) for row in rows if HIS.encode() in row.raw]


@pytest.mark.parametrize("numbered", [True, False])
def test_every_form_of_body_loses_her_and_keeps_him(shop: Brand, numbered: bool) -> None:
    shop.send(identify(HERS), identify(HIS))
    shop.run()
    every_form(shop)
    if numbered:
        shop.run()
    before = places(shop)
    erased = shop.erase("user_id", HERS)
    assert (erased.bodies, erased.events) == (5, 8)
    assert HERS not in shop.stored()
    assert b"".join(shop.bodies()).count(HIS.encode()) == 6
    shop.run()
    assert places(shop)[: len(before)] == before
    assert len(places(shop)) == 6
    assert shop.differences() == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dead_letter WHERE body = 'null'::bytea")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("numbered", [True, False])
@pytest.mark.parametrize("unreadable", ["1e400", "[" * 600 + "]" * 600])
def test_what_cannot_be_read_whole_loses_her_too(shop: Brand, numbered: bool, unreadable: str) -> None:
    shop.send(identify(HERS), identify(HIS), viewed(user=HERS, cookie="Cookie-涟漪"))
    shop.run()
    moment = (shop.started + timedelta(minutes=1)).isoformat()
    cookie = {"context": {"page": {"path": "Cookie-涟漪"}}, "anonymousId": "Cookie-涟漪"}
    shared = {"type": "track", "event": "Viewed", "timestamp": moment, "userId": HIS, **cookie}
    said = json.dumps({"batch": [{**shared, "messageId": "a", "more": "-"}]}).replace('"-"', unreadable)
    shop.receive(said.encode())
    assert rb"Cookie-\u6d9f" in shop.bodies()[-1]
    if numbered:
        shop.run(to_lake=False)
    shop.erase("user_id", HERS)
    (body,) = [one for one in shop.bodies() if HIS.encode() in one and unreadable.encode() in one]
    assert body.decode() == said.replace(": [{", ":[{", 1).replace(json.dumps("Cookie-涟漪"), '"(erased)"')


def test_the_pass_comes_within_a_day_and_once_for_all(shop: Brand) -> None:
    shop.send(identify(HERS), identify(HIS), viewed(user="third"))
    shop.run()
    now = datetime.now(UTC)
    shop.erase("user_id", HERS)
    assert pass_when_due(now + timedelta(hours=19)) == 0
    actions.erase(shop.workspace, shop.person("user_id", HIS), system_clock)
    assert min(shop.in_lake(HERS, HIS)) > 0
    assert pass_when_due(now + timedelta(hours=21)) == 2
    assert shop.in_lake(HERS, HIS) == [0, 0]
    assert pass_when_due(now + timedelta(hours=42)) == 0
