"""Clicks of links and campaigns are what counting them one by one gives, in the lake or on the way there."""

import random
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from tests.emptying import empty_log
from tests.insight.results.test_results import project

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.insight.clicks.queries import clicks_of_campaign, clicks_of_link, counts_of_links
from lianyi.insight.clicks.schemas import Clicks, Counted, Where
from lianyi.kernel.clock import DAY, HOUR, from_micros
from lianyi.links.actions import create_link
from lianyi.links.checking import Ours
from lianyi.links.drafts import Draft
from lianyi.links.schemas import Link

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = "Asia/Kolkata"  # half an hour off
NOW = 1_790_000_000_000_000
WHERE = [Where("CN", "上海", "上海市"), Where("CN", "广东", "深圳市"), Where("", "", "")]
DEVICES = ["phone", "tablet", "desktop", ""]


@pytest.fixture
def workspace() -> Iterator[int]:
    empty_log()
    made = create_workspace(f"w{secrets.token_hex(6)}", "W", zone=ZONE).pk
    yield made
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{made}", ignore_errors=True)


def link(workspace: int, code: str) -> Link:
    draft = Draft(target="https://shop.example/", kind="code", code=code)
    return create_link(workspace, draft, datetime(2026, 9, 1, tzinfo=UTC), Ours()).link


def click(
    link: Link, who: str, at: int, where: Where = WHERE[0], device: str = "phone", *, machine: bool = False,
    campaign: str = "fair",
) -> OwnEvent:  # fmt: skip
    facts = {**where._asdict(), "device": device}
    return OwnEvent(
        id=secrets.token_hex(16),
        name=link.event,
        at=at,
        who=[("cookie", "default", one, False) for one in who.split("+") if one],
        properties={"link": link.number, **{name: text for name, text in facts.items() if text}},
        source=("offline", "poster", campaign, link.code),
        machine=machine,
    )


def test_a_link_tells_who_came_when_from_where_and_by_what(workspace: int) -> None:
    one, same_code = link(workspace, "hall-3"), link(workspace, "hall-3")
    record_own(
        workspace,
        [
            click(one, "visitor-1", NOW),
            click(one, "visitor-1", NOW + HOUR, WHERE[1]),
            click(one, "visitor-2", NOW + DAY, device="tablet"),
            click(one, "visitor-2+visitor-3", NOW + DAY),
            click(one, "", NOW + DAY, WHERE[2], ""),  # whose browser objects
            click(one, "", NOW, machine=True),
            click(same_code, "visitor-4", NOW),
        ],
    )
    project()
    first, last = (from_micros(at).astimezone(ZoneInfo(ZONE)) for at in (NOW, NOW + DAY))
    hours = [0] * 24
    hours[first.hour] += 1 + 3
    hours[(first.hour + 1) % 24] += 1
    expected = Clicks(
        Counted(5, 2, 1),
        [(first.date(), 2), (last.date(), 3)],
        hours,
        [(WHERE[0], 3, 2), (WHERE[1], 1, 1), (WHERE[2], 1, 0)],
        [("phone", 3, 2), ("tablet", 1, 1), ("", 1, 0)],
    )
    assert clicks_of_link(workspace, one) == expected
    project(into_lake=True)
    assert clicks_of_link(workspace, one) == expected
    assert counts_of_links(workspace, [one, same_code]) == {
        one.number: Counted(5, 2, 1), same_code.number: Counted(1, 1, 0)
    }  # fmt: skip
    assert clicks_of_campaign(workspace, "fair").total == Counted(6, 3, 1)
    assert clicks_of_campaign(workspace, "other").total == Counted()
    assert counts_of_links(workspace, []) == {}


def test_texts_are_no_sql(workspace: int) -> None:
    bad = link(workspace, "x') OR ('1'='1")
    record_own(workspace, [click(bad, "visitor-1", NOW, campaign="a' --"), click(link(workspace, "y"), "v-2", NOW)])
    project(into_lake=True)
    assert clicks_of_link(workspace, bad).total == Counted(1, 1, 0)
    assert clicks_of_campaign(workspace, "a' --").total == Counted(1, 1, 0)


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_what_counting_by_hand_gives(workspace: int, seed: int) -> None:
    chance = random.Random(seed)
    links = [link(workspace, code) for code in ("a", "b", "b")]
    told: list[tuple[Link, str, int, Where, str, bool]] = []
    for part in range(3):
        some = [
            (
                chance.choice(links), chance.choice(["", "visitor-1", "visitor-2", "visitor-3"]),
                NOW + chance.randrange(40) * DAY, chance.choice(WHERE), chance.choice(DEVICES), chance.random() < 0.2,
            )
            for _ in range(60)
        ]  # fmt: skip
        told += some
        record_own(workspace, [click(*one[:5], machine=one[5]) for one in some])
        project(into_lake=part % 2 == 0)
    mine = [one for one in told if one[0] == links[1]]
    people = [one for one in mine if not one[5]]
    found = clicks_of_link(workspace, links[1])
    assert found.total == Counted(len(people), len({one[1] for one in people} - {""}), len(mine) - len(people))
    for where, times, persons in found.places:
        here = [one for one in people if one[3] == where]
        assert (times, persons) == (len(here), len({one[1] for one in here} - {""}))
    assert sum(times for _, times, _ in found.devices) == sum(found.hours) == len(people)
    assert {link: count.times + count.machines for link, count in counts_of_links(workspace, links).items()} == {
        one.number: sum(1 for told_of in told if told_of[0] == one) for one in links
    }
