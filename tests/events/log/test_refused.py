"""Events that the door refused: seen by the brand, bounded, and taken in once they can be."""

import gzip
import json
import random
import shutil
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.intake import segment, sensors
from lianyi.events.intake.limits import EVENT_BYTES
from lianyi.events.intake.senders import Key
from lianyi.events.log import letters
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.log.dead import KEPT
from lianyi.events.log.queries import tail_events
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC).replace(microsecond=0)
RECEIVED = to_micros(NOW)
LATE = (NOW + timedelta(days=2)).isoformat()


@pytest.fixture
def key() -> Iterator[Key]:
    empty_log()
    workspace = create_workspace(f"w{random.randrange(10**9)}", "W")
    made, _ = create_write_key(workspace, WriteKey.Kind.SERVER, "shop")
    yield Key(made.pk, workspace.pk, True, "default")
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{workspace.pk}", ignore_errors=True)


def send(key: Key, body: bytes, form: str = "segment") -> None:
    """What the door does."""
    judge = sensors.accept if form == "sensors" else lambda body, key, at: segment.accept(body, form, key, at)
    one = judge(body, key, RECEIVED)
    append_row(NewRow(day_of(RECEIVED), key.workspace, key.id, form, RECEIVED, one.taken, one.ids, one.body))


def batch(*messages: dict[str, object], **more: object) -> bytes:
    return json.dumps({"batch": messages, **more}, separators=(",", ":")).encode()


def project() -> None:
    running = Pipeline(random.randrange(1, 2**31), system_clock)
    running.start()
    while running.step():
        pass


def names(key: Key) -> list[str]:
    return [event.name for batch in tail_events(key.workspace, 0) for event in batch.events]


GOOD = {"type": "track", "event": "Order Paid", "userId": "u", "messageId": "1"}


def test_a_refused_event_is_seen_with_its_reason_and_its_siblings_are_kept(key: Key) -> None:
    send(key, batch(GOOD, {**GOOD, "messageId": "2", "timestamp": LATE}, {"type": "wink", "userId": "u"}))
    send(key, batch({"type": "page", "messageId": "3"}, context={"page": {"url": "https://a.example/"}}))
    project()
    project()
    assert names(key) == ["Order Paid"]
    found = [
        (one.key, one.form, one.received_at, one.projector, one.reason) for one in letters.newest(key.workspace, 9)
    ]
    whose = (key.id, "segment", RECEIVED, "intake")
    assert found == [(*whose, "who.missing"), (*whose, "type.unknown"), (*whose, "time.future")]
    nobodys, wink, late = letters.newest(key.workspace, 9)
    assert json.loads(nobodys.body) == {
        "type": "page",
        "messageId": "3",
        "context": {"page": {"url": "https://a.example/"}},
    }
    assert json.loads(wink.body) == {"type": "wink", "userId": "u"}
    assert late.detail == "The event's time lies more than an hour ahead."


def test_every_way_in_leaves_its_refused_events(key: Key) -> None:
    data = b64encode(
        gzip.compress(
            b'[{"type":"track","event":"a.b","distinct_id":"d"},{"type":"track","event":"ok","distinct_id":"d"}]'
        )
    )
    send(key, sensors.unwrap(data), "sensors")
    send(key, b'{"userId":"u"}', "segment:track")
    send(key, b'{"batch":[{"type":"track","event":"x","userId":"u","properties":{"a":NaN}}]}')
    project()
    assert names(key) == ["ok"]
    found = {(one.form, one.reason, one.body) for one in letters.newest(key.workspace, 9)}
    assert found == {
        ("sensors", "name.reserved", b'{"type":"track","event":"a.b","distinct_id":"d"}'),
        ("segment:track", "name.invalid", b'{"userId":"u","type":"track"}'),
        ("segment", "event.invalid", b"null"),
    }


def test_the_newest_are_kept_and_each_only_so_far(key: Key) -> None:
    send(key, batch({**GOOD, "messageId": "long", "properties": {"a": "x" * EVENT_BYTES}}))
    project()
    (letter,) = letters.newest(key.workspace, 9)
    assert (letter.reason, len(letter.body)) == ("event.too_large", EVENT_BYTES)
    for _ in range(3):
        send(key, b'{"batch":[' + b",".join([b"{}"] * 4_000) + b"]}")
    project()
    send(key, batch({"type": "wink", "userId": "last"}))
    project()
    left = list(letters.newest(key.workspace, KEPT + 10))
    assert len(left) == KEPT
    assert json.loads(left[0].body)["userId"] == "last"
    assert {one.body for one in left[1:]} == {b"{}"}


def test_a_letter_that_was_dropped_does_not_come_back(key: Key) -> None:
    send(key, batch(GOOD, {"type": "wink", "userId": "u"}))
    project()
    (letter,) = letters.newest(key.workspace, 9)
    letters.drop(key.workspace, letter.id)
    project()  # a pipeline that starts reads again what the lake does not hold
    assert list(letters.newest(key.workspace, 9)) == []
    assert names(key) == ["Order Paid"]


def test_a_refused_event_is_taken_in_once_it_can_be(key: Key) -> None:
    send(key, batch({**GOOD, "event": "Order.Paid"}))
    project()
    (letter,) = letters.newest(key.workspace, 9)
    with pytest.raises(Refused, match=r"name\.reserved"):
        letters.replay(key.workspace, letter.id, NOW)
    assert names(key) == []
    with connection.cursor() as cursor:  # as if this version took it
        cursor.execute("UPDATE dead_letter SET body = %s WHERE id = %s", [json.dumps(GOOD).encode(), letter.id])
    letters.replay(key.workspace, letter.id, NOW)
    letters.replay(key.workspace, letter.id, NOW)
    send(key, batch(GOOD))  # and its sender sends it right: the same message id
    project()
    assert names(key) == ["Order Paid"]
