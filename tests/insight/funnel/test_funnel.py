"""The funnel of a workspace is what counting its people by hand gives, in the lake or on the way there."""

import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.intake import segment
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.schemas import Claim
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.insight.funnel.actions import reset_steps, set_step
from lianyi.insight.funnel.models import FunnelStep
from lianyi.insight.funnel.queries import funnel, moment, steps_of
from lianyi.insight.funnel.schemas import FunnelRow, Step
from lianyi.insight.funnel.steps import DEFAULT_STEPS
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import find, persons_of
from lianyi.people.profiles.queries import source_map, sources

pytestmark = pytest.mark.django_db(transaction=True)

ZONE = "Europe/Berlin"
DAY = date(2025, 10, 26)  # an hour longer than others
NEXT = date(2025, 10, 27)
NAMES = ["Email Opened", "Product Viewed", "Products Searched", "Order Completed", "Product Shared", "Coffee Drunk"]
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
EVER = (None, None)


@pytest.fixture
def key() -> Iterator[segment.Key]:
    empty_log()
    workspace = create_workspace(f"w{random.randrange(10**9)}", "W", zone=ZONE)
    made, _ = create_write_key(workspace, WriteKey.Kind.SERVER, "test")
    yield segment.Key(made.pk, workspace.pk, True, "default")
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{workspace.pk}", ignore_errors=True)


def send(key: segment.Key, *messages: dict[str, Any]) -> None:
    base = {"type": "track", "event": "Product Viewed", "timestamp": "2025-10-26T12:00:00Z"}
    body = json.dumps({"batch": [{**base, **message} for message in messages]}).encode()
    now = to_micros(system_clock())
    accepted = segment.accept(body, "segment", key, now)
    assert accepted.taken == len(messages)
    append_row(NewRow(day_of(now), key.workspace, key.id, "segment", now, accepted.taken, accepted.ids, accepted.body))


def project(*, into_lake: bool) -> Pipeline:
    running = Pipeline(1, system_clock)
    running.start()
    running.step()
    if into_lake:
        running.flush(all_of_it=True)
    return running


def random_message(rng: random.Random, number: int) -> dict[str, Any]:
    edge = rng.choice([moment(DAY, ZoneInfo(ZONE)), moment(NEXT, ZoneInfo(ZONE))])
    at = edge + rng.choice([-1_000, 0, 1_000, -3_600_000_000, 3_600_000_000, 7_200_000_000, -86_400_000_000])
    message: dict[str, Any] = {
        "messageId": str(number),
        "event": rng.choice(NAMES),
        "timestamp": datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="milliseconds"),
    }
    if rng.random() < 0.6:
        message["anonymousId"] = f"a{rng.randrange(7)}"
    if rng.random() < 0.4 or "anonymousId" not in message:
        message["userId"] = f"u{rng.randrange(5)}"
    context: dict[str, Any] = {}
    if rng.random() < 0.15:
        context["userAgent"] = BOT
    if rng.random() < 0.4:
        context["campaign"] = {"source": rng.choice(["wechat", "weibo"]), "medium": "social", "name": "x"}
    return {**message, "context": context}


def counted_by_hand(key: segment.Key, messages: list[dict[str, Any]], which: str) -> dict[str, FunnelRow]:
    steps: dict[int, set[Step]] = defaultdict(set)
    for message in messages:
        local = datetime.fromisoformat(message["timestamp"]).astimezone(ZoneInfo(ZONE))
        step = DEFAULT_STEPS.get(message["event"])
        if local.date() != DAY or step is None or message["context"].get("userAgent") == BOT:
            continue
        kind = "user_id" if "userId" in message else "cookie"
        claim = Claim(kind, "default", message.get("userId") or message["anonymousId"], kind == "user_id")
        [number] = find(key.workspace, [claim]).values()
        steps[persons_of(key.workspace, [number])[number]].add(step)
    persons, numbers = source_map(key.workspace, which)
    of_person = dict(zip(persons.tolist(), numbers.tolist(), strict=True))
    names = {number: source.channel for number, source in sources(key.workspace).items()}
    groups: dict[str, list[set[Step]]] = defaultdict(list)
    for person, some in steps.items():
        groups[names[of_person[person]] if person in of_person else "unknown"].append(some)
    return {
        name: FunnelRow(
            name,
            tuple(sum(step in some for some in people) for step in Step),
            tuple(sum({Step(s), Step(s + 1)} <= some for some in people) for s in range(4)),
        )
        for name, people in groups.items()
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_funnel_is_what_counting_by_hand_gives(key: segment.Key, seed: int) -> None:
    rng = random.Random(seed)
    messages = [random_message(rng, number) for number in range(160)]
    for first in range(0, 160, 40):
        send(key, *messages[first : first + 40])
        running = project(into_lake=first == 80)
    for into_lake in (False, True):
        if into_lake:
            running.flush(all_of_it=True)
        for by, which in (("first_source", "first"), ("last_source", "last")):
            found = funnel(key.workspace, DAY, NEXT, by)
            expected = counted_by_hand(key, messages, which)
            assert {row.source: row for row in found.rows} == expected
            assert found.total.people == tuple(sum(row.people[step] for row in expected.values()) for step in Step)
            assert sum(found.total.people) > 0


def test_merged_people_count_once_and_anonymous_ones_count(key: segment.Key) -> None:
    send(key, {"messageId": "1", "anonymousId": "a"}, {"messageId": "2", "anonymousId": "b"})
    send(key, {"messageId": "3", "userId": "u", "event": "Order Completed"})
    project(into_lake=True)
    assert funnel(key.workspace, *EVER).total.people == (0, 2, 0, 1, 0)
    send(key, {"messageId": "4", "type": "identify", "userId": "u", "anonymousId": "a"})
    send(key, {"messageId": "5", "type": "identify", "userId": "u", "anonymousId": "b"})
    project(into_lake=False)
    total = funnel(key.workspace, *EVER).total
    assert (total.people, total.both) == ((0, 1, 0, 1, 0), (0, 0, 0, 0))


def test_an_empty_workspace_has_an_empty_funnel(key: segment.Key) -> None:
    found = funnel(key.workspace, DAY, NEXT)
    assert (found.rows, found.total.people, found.total.rates) == ([], (0, 0, 0, 0, 0), (None,) * 4)


def test_a_period_that_ends_before_it_starts_is_refused(key: segment.Key) -> None:
    with pytest.raises(Refused) as refused:
        funnel(key.workspace, NEXT, DAY)
    assert refused.value.code == "funnel.period"


def test_an_unknown_workspace_is_refused() -> None:
    with pytest.raises(Refused):
        funnel(0, DAY, NEXT)


@pytest.mark.parametrize(
    ("of", "zone", "utc"),
    [
        (date(2025, 10, 26), "Europe/Berlin", "2025-10-25T22:00:00Z"),
        (date(2025, 10, 27), "Europe/Berlin", "2025-10-26T23:00:00Z"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00:00Z"),  # its midnight does not exist
        (date(1, 1, 1), "UTC", "0001-01-01T00:00:00Z"),
        (date(1, 1, 2), "Asia/Shanghai", "0001-01-01T15:54:17Z"),
        (datetime(2025, 6, 1, 8, 30), "Asia/Shanghai", "2025-06-01T00:30:00Z"),
        (datetime(2025, 6, 1, 8, 30, tzinfo=UTC), "Asia/Shanghai", "2025-06-01T08:30:00Z"),
    ],
)
def test_a_day_begins_at_its_first_moment_in_the_zone(of: date, zone: str, utc: str) -> None:
    assert moment(of, ZoneInfo(zone)) == to_micros(datetime.fromisoformat(utc))


def test_the_table_stores_only_changes(key: segment.Key) -> None:
    set_step(key.workspace, "Coffee Drunk", Step.INTEREST)
    set_step(key.workspace, "Product Viewed", None)
    set_step(key.workspace, "Product Shared", Step.SHARE)  # as it is
    changed = {**DEFAULT_STEPS, "Coffee Drunk": Step.INTEREST}
    del changed["Product Viewed"]
    assert steps_of(key.workspace) == changed
    assert FunnelStep.objects.filter(workspace=key.workspace).count() == 2
    send(key, {"messageId": "1", "anonymousId": "a"}, {"messageId": "2", "anonymousId": "b", "event": "Coffee Drunk"})
    project(into_lake=True)
    assert funnel(key.workspace, *EVER).total.people == (0, 1, 0, 0, 0)
    set_step(key.workspace, "Product Viewed", Step.INTEREST)
    assert FunnelStep.objects.filter(workspace=key.workspace).count() == 1
    reset_steps(key.workspace)
    assert steps_of(key.workspace) == DEFAULT_STEPS
    lines = AuditLine.objects.filter(workspace=key.workspace, action__startswith="funnel.").order_by("id")
    assert [(line.action, line.detail.get("step")) for line in lines] == [
        ("funnel.step", "interest"),
        ("funnel.step", None),
        ("funnel.step", "share"),
        ("funnel.step", "interest"),
        ("funnel.reset", None),
    ]


@pytest.mark.parametrize("event", ["", "  ", "x" * 201, "a\x00b"])
def test_what_is_no_name_of_an_event_is_refused(key: segment.Key, event: str) -> None:
    with pytest.raises(Refused):
        set_step(key.workspace, event, Step.SHARE)
    assert not FunnelStep.objects.filter(workspace=key.workspace).exists()


def test_the_ends_of_time_are_moments_in_every_zone() -> None:
    for zone in ("Asia/Shanghai", "America/New_York"):
        assert moment(date.min, ZoneInfo(zone)) < 0 < moment(datetime.max, ZoneInfo(zone))


def test_every_step_has_a_default_in_every_vocabulary() -> None:
    dollar = {step for name, step in DEFAULT_STEPS.items() if name.startswith("$")}
    ours = {step for name, step in DEFAULT_STEPS.items() if "." in name}
    plain = {step for name, step in DEFAULT_STEPS.items() if name.islower() and "." not in name}
    titled = {step for name, step in DEFAULT_STEPS.items() if name.istitle() or " " in name}
    assert dollar == ours == plain == titled == set(Step)


def test_a_funnel_reaches_back_a_long_time(key: segment.Key) -> None:
    send(key, {"messageId": "1", "anonymousId": "a", "timestamp": "1999-12-31T23:00:00Z"})
    project(into_lake=True)
    assert funnel(key.workspace, date(1999, 1, 1), date(2000, 1, 1)).total.people == (0, 0, 0, 0, 0)
    assert funnel(key.workspace, date(2000, 1, 1), date(2000, 1, 1) + timedelta(1)).total.people == (0, 1, 0, 0, 0)
