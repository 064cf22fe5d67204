"""Dead letters: seen, taken in again once they can be, and dropped."""

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.intake.packing import pack
from lianyi.events.log import letters
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.log.queries import tail_events
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC).replace(microsecond=0)
BAD = b'{"type":"wink","userId":"u","messageId":"m"}'
GOOD = BAD.replace(b"wink", b"page")


@pytest.fixture
def key() -> Iterator[WriteKey]:
    empty_log()
    workspace = create_workspace(f"w{random.randrange(10**9)}", "W")
    made, _ = create_write_key(workspace, WriteKey.Kind.SERVER, "test")
    yield made
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{workspace.pk}", ignore_errors=True)


def project() -> None:
    running = Pipeline(random.randrange(1, 2**31), system_clock)
    running.start()
    while running.step():
        pass


def put(key: WriteKey, form: str, body: bytes, count: int) -> None:
    now = to_micros(NOW)
    ids = pack([digest(body, bytes([i])) for i in range(count)], [now] * count)
    append_row(NewRow(day_of(now), key.workspace_id, key.pk, form, now, count, ids, body))


def names(key: WriteKey) -> list[str]:
    return [event.name for batch in tail_events(key.workspace_id, 0) for event in batch.events]


def test_what_cannot_be_decoded_is_seen_and_taken_once_it_can_be(key: WriteKey) -> None:
    put(key, "segment", b'{"batch":[' + GOOD + b"," + BAD + b"]}", 2)
    project()
    assert names(key) == ["page.viewed"]
    (letter,) = letters.newest(key.workspace_id, 10)
    assert (letter.reason, letter.projector, letter.body) == ("event.undecodable", "", BAD)
    with pytest.raises(Refused, match=r"type\.unknown"):
        letters.replay(key.workspace_id, letter.id, NOW)
    with connection.cursor() as cursor:  # as if this version could read it
        cursor.execute("UPDATE dead_letter SET body = %s WHERE id = %s", [GOOD, letter.id])
    letters.replay(key.workspace_id, letter.id, NOW)
    letters.replay(key.workspace_id, letter.id, NOW)
    project()
    assert names(key) == ["page.viewed", "page.viewed"]
    (letter,) = letters.newest(key.workspace_id, 10)
    assert letter.replayed_at == NOW
    with pytest.raises(Refused, match="no dead letter"):
        letters.drop(key.workspace_id + 1, letter.id)
    letters.drop(key.workspace_id, letter.id)
    assert list(letters.newest(key.workspace_id, 10)) == []


@pytest.mark.parametrize(("form", "body"), [("segment", b"{"), ("segment:track", b'{"a":"\xff"}'), ("sensors", b"[")])
def test_a_body_that_cannot_be_taken_apart_stops_nothing(key: WriteKey, form: str, body: bytes) -> None:
    put(key, form, body, 1)
    put(key, "segment", b'{"batch":[' + GOOD + b"]}", 1)
    project()
    assert names(key) == ["page.viewed"]
    (letter,) = letters.newest(key.workspace_id, 10)
    assert (letter.reason, letter.body) == ("event.undecodable", body)
    with pytest.raises(Refused, match="still cannot be taken"):
        letters.replay(key.workspace_id, letter.id, NOW)


def test_what_a_projector_could_not_take_is_replayed_by_it(key: WriteKey) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO dead_letter (workspace_id, key, form, received_at, reason, detail, body, projector)
            VALUES (%s, %s, 'segment', 0, 'projector.failed', '', %s, 'profiles') RETURNING id
            """,
            [key.workspace_id, key.pk, GOOD],
        )
        number = cursor.fetchone()[0]
    with pytest.raises(Refused, match="profiles") as refused:
        letters.replay(key.workspace_id, number, NOW)
    assert str(refused.value.next_step) == "Run `lianyi replay profiles` with a version that can."
    assert names(key) == []
