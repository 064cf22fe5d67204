"""The pipeline as a whole: from request bodies to people, facts and the lake, each event exactly once."""

import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests.emptying import empty_log

from lianyi.assembly.pipeline import LAKE, LEASE, Chain, Pipeline, projectors
from lianyi.assembly.replay import replay
from lianyi.events.intake import segment
from lianyi.events.lake import queries as lake
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.log.queries import cursor_of, seen, tail_events
from lianyi.events.schemas import Batch
from lianyi.foundation.leases.actions import give_back_lease, take_lease
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Broken, Refused
from lianyi.people.profiles.queries import newest_people

pytestmark = pytest.mark.django_db(transaction=True)

NOW = to_micros(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def key() -> Iterator[segment.Key]:
    empty_log()
    workspace = create_workspace(f"w{random.randrange(10**9)}", "W")
    made, _ = create_write_key(workspace, WriteKey.Kind.SERVER, "test")
    yield segment.Key(made.pk, workspace.pk, True, "default")
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{workspace.pk}", ignore_errors=True)


def send(key: segment.Key, *messages: dict[str, Any]) -> None:
    base = {
        "type": "track",
        "event": "Product Viewed",
        "timestamp": datetime.fromtimestamp(NOW / 1e6 - 60, UTC).isoformat(),
    }
    body = json.dumps({"batch": [{**base, **message} for message in messages]}).encode()
    accepted = segment.accept(body, "segment", key, NOW)
    append_row(NewRow(day_of(NOW), key.workspace, key.id, "segment", NOW, accepted.taken, accepted.ids, accepted.body))


def pipeline(fence: int = 1, chain: Chain | None = None) -> Pipeline:
    made = Pipeline(fence, system_clock, chain)
    made.start()
    return made


def names_in_lake(key: segment.Key) -> list[tuple[str, int]]:
    root = settings.ENVIRONMENT.lake
    return [(row.name, row.identity) for _, rows in lake.batches_after(root, key.workspace, 0) for row in rows]


def test_a_body_becomes_people_and_lake_rows_once(key: segment.Key) -> None:
    send(
        key,
        {"messageId": "1", "anonymousId": "a"},
        {"messageId": "2", "anonymousId": "b"},
        {"messageId": "1", "anonymousId": "a"},
    )
    send(
        key,
        {"messageId": "3", "type": "identify", "userId": "u", "anonymousId": "a"},
        {"messageId": "2", "anonymousId": "b"},
    )
    running = pipeline()
    assert running.step() == 3
    assert running.step() == 0
    assert [len(batch.events) for batch in tail_events(key.workspace)] == [3]
    running.flush(all_of_it=True)
    assert names_in_lake(key) == [("Product Viewed", 1), ("Product Viewed", 2), ("person.identified", 3)]
    assert list(tail_events(key.workspace)) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, person FROM identity WHERE workspace = %s ORDER BY number", [key.workspace])
        assert cursor.fetchall() == [(1, 1), (2, 2), (3, 1)]
    assert [row.number for row in newest_people(key.workspace)] == [2, 1]
    assert {cursor_of(key.workspace, one.name) for one in projectors().all} == {1}
    assert cursor_of(key.workspace, LAKE) == 1


def test_seen_knows_what_waits_what_is_on_its_way_and_what_is_in_the_lake(key: segment.Key) -> None:
    ids = []
    for number, stage in enumerate(["waits", "tail", "lake"]):
        send(key, {"messageId": stage, "anonymousId": "a"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT ids FROM log ORDER BY id DESC LIMIT 1")
            ids.append(bytes(cursor.fetchone()[0])[:16])
        assert seen(key.workspace, [*ids, bytes(15) + b"\x01"]) == set(ids), number
        running = pipeline(number + 1)
        running.step()
        if number:
            running.flush(all_of_it=True)


def test_a_death_between_the_lakes_commit_and_the_cursors_writes_nothing_twice(key: segment.Key) -> None:
    send(key, {"messageId": "1", "anonymousId": "a"})
    running = pipeline()
    running.step()
    running.flush(all_of_it=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cursor WHERE projector = %s", [LAKE])
    again = pipeline(2)
    again.flush(all_of_it=True)
    assert len(names_in_lake(key)) == 1
    assert cursor_of(key.workspace, LAKE) == 1


def test_a_holder_that_was_overtaken_writes_nothing(key: segment.Key) -> None:
    first = take_lease(LEASE, "first", timedelta(seconds=10))
    assert first is not None
    running = pipeline(first)
    send(key, {"messageId": "1", "anonymousId": "a"})
    give_back_lease(LEASE, "first")
    second = take_lease(LEASE, "second", timedelta(seconds=10))
    assert second == first + 1
    with pytest.raises(Broken, match="overtaken"):
        running.step()
    assert newest_people(key.workspace) == []
    again = pipeline(second)
    assert again.step() == 1
    assert [row.number for row in newest_people(key.workspace)] == [1]


def test_a_death_after_numbering_or_between_projectors_loses_nothing(key: segment.Key) -> None:
    from lianyi.events.lake.queries import seen as seen_in_lake
    from lianyi.events.log.sequencer import Sequencer

    send(key, {"messageId": "1", "anonymousId": "a"}, {"messageId": "2", "anonymousId": "b"})
    Sequencer(lambda workspace, ids: set(seen_in_lake(settings.ENVIRONMENT.lake, workspace, ids))).number_rows()
    running = pipeline()
    running.flush(all_of_it=True)
    assert [identity for _, identity in names_in_lake(key)] == [1, 2]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cursor SET batch = 0 WHERE projector = 'lifecycle'")
    send(key, {"messageId": "3", "anonymousId": "b"})
    again = pipeline(2)
    again.step()
    again.flush(all_of_it=True)
    assert [identity for _, identity in names_in_lake(key)] == [1, 2, 2]
    assert cursor_of(key.workspace, "lifecycle") == 2


class Picky:
    """A projector that cannot take one event."""

    name = "picky"

    def __init__(self) -> None:
        self.taken: list[str] = []

    def project(self, batch: Batch) -> None:
        if any(event.name == "Bad" for event in batch.events):
            raise ValueError("cannot take it")
        self.taken += [event.name for event in batch.events]

    def forget(self, workspace: int) -> None:
        self.taken = []

    def fingerprint(self, workspace: int) -> dict[str, str]:
        return {"taken": ",".join(self.taken)}


def test_what_a_projector_cannot_take_is_buried_and_its_siblings_are_taken(key: segment.Key) -> None:
    picky = Picky()
    send(
        key,
        {"messageId": "1", "anonymousId": "a", "event": "Good"},
        {"messageId": "2", "anonymousId": "b", "event": "Bad"},
        {"messageId": "3", "anonymousId": "c", "event": "Better"},
    )
    running = pipeline(1, Chain(projectors().numbering, [picky]))
    running.step()
    assert picky.taken == ["Good", "Better"]
    running.flush(all_of_it=True)
    assert [name for name, _ in names_in_lake(key)] == ["Good", "Bad", "Better"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT projector, position, reason, detail, body FROM dead_letter")
        ((projector, position, reason, detail, body),) = cursor.fetchall()
    assert (projector, position, reason, detail) == ("picky", 1, "projector.failed", "ValueError: cannot take it")
    assert json.loads(bytes(body))["event"] == "Bad"
    assert cursor_of(key.workspace, "picky") == 1


def test_a_part_that_a_projector_refuses_is_buried_and_the_rest_of_the_event_counts(key: segment.Key) -> None:
    send(
        key,
        {"messageId": "1", "type": "identify", "userId": "u", "traits": {"visits": 3}},
        {"messageId": "2", "type": "identify", "userId": "u", "traits": {"visits": "many", "name": "王小明"}},
    )
    pipeline().step()
    with connection.cursor() as cursor:
        cursor.execute("SELECT projector, position, reason FROM dead_letter")
        assert cursor.fetchall() == [("profiles", 1, "trait.type")]
    assert [row.name for row in newest_people(key.workspace)] == ["王小明"]


def traffic(key: segment.Key, rnd: random.Random, bodies: int) -> None:
    """Bodies of events that identify, join, repeat, buy and come from somewhere, of few people who meet often."""
    for _ in range(bodies):
        messages: list[dict[str, Any]] = []
        for _ in range(rnd.randrange(1, 9)):
            one: dict[str, Any] = {"messageId": f"m{rnd.randrange(400)}", "anonymousId": f"a{rnd.randrange(12)}"}
            match rnd.randrange(5):
                case 0:
                    traits = {
                        "email": f"e{rnd.randrange(6)}@shop.cn",
                        "email_verified": True,
                        "name": f"N{rnd.randrange(4)}",
                    }
                    one |= {"type": "identify", "userId": f"u{rnd.randrange(6)}", "traits": traits}
                case 1:
                    order = {"order_id": f"o{rnd.randrange(20)}", "total": rnd.randrange(100), "currency": "CNY"}
                    one |= {"event": "Order Completed", "userId": f"u{rnd.randrange(6)}", "properties": order}
                case 2:
                    one |= {"context": {"campaign": {"source": f"s{rnd.randrange(3)}"}}}
            messages.append(one)
        send(key, *messages)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["identity", "profiles", "lifecycle", "arms", "catalogue"])
def test_rebuilt_from_zero_is_what_was_kept_up_to_date(key: segment.Key, name: str, seed: int) -> None:
    rnd = random.Random(seed)
    running = pipeline()
    for _ in range(4):
        traffic(key, rnd, 6)
        while running.step():
            running.flush(all_of_it=rnd.random() < 0.5)
    told = replay(key.workspace, name, check=True)
    assert (told.different, told.failed) == ([], 0)
    assert told.events > 50
    assert replay(key.workspace, name, check=False).events == told.events
    traffic(key, rnd, 3)
    while running.step():
        pass
    assert replay(key.workspace, name, check=True).different == []


def test_a_check_tells_what_differs_and_a_replay_mends_it(key: segment.Key) -> None:
    send(key, {"messageId": "1", "type": "identify", "userId": "u", "anonymousId": "a", "traits": {"name": "王伟"}})
    running = pipeline()
    running.step()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM link WHERE workspace = %s", [key.workspace])
    assert replay(key.workspace, "identity", check=True).different == ["link"]
    assert replay(key.workspace, "identity", check=True).different == ["link"]
    replay(key.workspace, "identity", check=False)
    assert replay(key.workspace, "identity", check=True).different == []


def test_what_cannot_be_replayed_is_refused(key: segment.Key) -> None:
    for name, code in (("lake", "replay.lake"), ("nothing", "replay.unknown")):
        with pytest.raises(Refused) as refused:
            replay(key.workspace, name, check=False)
        assert refused.value.code == code
