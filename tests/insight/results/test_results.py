"""A campaign's results are what counting its events one by one gives, in the lake or on the way there."""

import random
import secrets
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.conf import settings
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.events.schemas import Claim, Source
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.insight.results.queries import campaign_results
from lianyi.insight.results.schemas import Count, Line, Results, Step
from lianyi.insight.results.steps import FOLLOWING, STEPS
from lianyi.kernel.clock import DAY, HOUR, from_micros, system_clock
from lianyi.people.identity.queries import find, persons_of
from lianyi.people.profiles.queries import ATTRIBUTED_FOR

pytestmark = pytest.mark.django_db(transaction=True)

ZONE = "Asia/Kolkata"  # half an hour off
NOW = 1_790_000_000_000_000
FAIR = "fair-2026"
POSTER = ("offline", "poster", FAIR, "hall-3")
WEIBO = ("weibo", "social", FAIR, "")
OTHER = ("weibo", "social", "another", "hall-3")


@pytest.fixture
def workspace() -> Iterator[int]:
    empty_log()
    made = create_workspace(f"w{secrets.token_hex(6)}", "W", zone=ZONE).pk
    yield made
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{made}", ignore_errors=True)


def event(
    name: str, who: str = "", at: int = NOW, source: tuple[str, str, str, str] | None = None, *, machine: bool = False
) -> OwnEvent:
    claims = [("cookie", "default", one, False) for one in who.split("+") if one]
    return OwnEvent(id=secrets.token_hex(16), name=name, at=at, who=claims, source=source, machine=machine)


def project(*, into_lake: bool = False) -> None:
    running = Pipeline(1, system_clock)
    running.start()
    while running.step():
        pass
    if into_lake:
        running.flush(all_of_it=True)


def steps(**counts: tuple[int, int]) -> tuple[Count, ...]:
    return tuple(Count(*counts.get(step.value, (0, 0))) for step in Step)


def test_a_person_goes_from_the_poster_to_an_order(workspace: int) -> None:
    record_own(
        workspace,
        [
            event("code.scanned", "anna-at-the-edge", NOW, POSTER),
            event("code.scanned", "", NOW + 1, POSTER, machine=True),
            event("code.scanned", "", NOW + 2, POSTER),  # whose browser objects
            event("page.reached", "anna-at-the-edge+anna-on-the-site", NOW + HOUR, POSTER),
            event("form.submitted", "anna-on-the-site", NOW + 2 * HOUR),
            event("Order Completed", "anna-on-the-site", NOW + DAY),
            event("Order Completed", "somebody-else", NOW + DAY),
            event("link.clicked", "ben-browses", NOW + DAY, WEIBO),
            event("form.submitted", "ben-browses", NOW + DAY + 1),
        ],
    )
    project()
    poster = Line(Source(*POSTER), steps(click=(1, 2), visit=(1, 1), lead=(1, 1), order=(1, 1)))
    weibo = Line(Source(*WEIBO), steps(click=(1, 1), lead=(1, 1)))
    hours = [0] * 24
    hours[from_micros(NOW).astimezone(ZoneInfo(ZONE)).hour] = 3
    first = from_micros(NOW).astimezone(ZoneInfo(ZONE)).date()
    last = from_micros(NOW + DAY).astimezone(ZoneInfo(ZONE)).date()
    expected = Results(
        [poster, weibo],
        steps(click=(2, 3), visit=(1, 1), lead=(2, 2), order=(1, 1)),
        hours,
        [(first, 2), (last, 1)],
        1,
    )
    assert campaign_results(workspace, FAIR) == expected
    project(into_lake=True)
    assert campaign_results(workspace, FAIR) == expected
    assert expected.of(Step.LEAD) == Count(2, 2)
    assert campaign_results(workspace, "none").total == steps()


@pytest.mark.parametrize(
    ("touches", "counts"),
    [
        ([(0, POSTER)], True),
        ([(0, POSTER), (5, OTHER)], False),
        ([(0, OTHER), (5, POSTER)], True),
        ([(10, POSTER)], True),  # at the same moment
        ([(11, POSTER)], False),  # only afterwards
        ([(10 - ATTRIBUTED_FOR, POSTER)], True),
        ([(9 - ATTRIBUTED_FOR, POSTER)], False),
    ],
)
def test_what_follows_belongs_to_the_last_that_brought_the_person(
    workspace: int, touches: list[tuple[int, tuple[str, str, str, str]]], *, counts: bool
) -> None:
    came = [event("link.clicked", "anna-browses", NOW + at, source) for at, source in touches]
    record_own(workspace, [*came, event("order.placed", "anna-browses", NOW + 10)])
    project()
    assert campaign_results(workspace, FAIR).of(Step.ORDER) == (Count(1, 1) if counts else Count(0, 0))


def by_hand(workspace: int, events: list[OwnEvent]) -> tuple[dict[Source, tuple[Count, ...]], tuple[Count, ...]]:
    def person(one: OwnEvent) -> int:
        if not one.who:
            return 0
        [number] = find(workspace, [Claim(*one.who[0])]).values()
        return persons_of(workspace, [number])[number]

    told = [(person(one), one) for one in events if not one.machine]
    people: dict[tuple[Source | None, Step], set[int]] = defaultdict(set)
    times: Counter[tuple[Source | None, Step]] = Counter()
    for who, one in told:
        step, source = STEPS[one.name], one.source
        if source is None and who and step in FOLLOWING:
            before = [
                (other.at, other.source)
                for theirs, other in told
                if theirs == who and other.source and other.at <= one.at
            ]
            at, last = max(before, default=(0, None))
            source = last if one.at - at <= ATTRIBUTED_FOR else None
        if source is not None and source[2] == FAIR:
            for line in (Source(*source), None):
                times[line, step] += 1
                people[line, step] |= {who} - {0}
    lines = {line for line, _ in times if line is not None}

    def row(line: Source | None) -> tuple[Count, ...]:
        return tuple(Count(len(people[line, step]), times[line, step]) for step in Step)

    return {line: row(line) for line in lines}, row(None)


@pytest.mark.parametrize("seed", range(4))
def test_results_are_what_counting_by_hand_gives(workspace: int, seed: int) -> None:
    chance = random.Random(seed)
    names = sorted(STEPS)
    told: list[OwnEvent] = []
    for part in range(4):
        some = [
            event(
                chance.choice(names),
                chance.choice(["", "visitor-1", "visitor-2", "visitor-3", "visitor-4", "visitor-4+visitor-5"]),
                # No two at one moment: of two sources at one moment either may be the last.
                NOW + chance.randrange(60) * DAY + len(told) + place,
                chance.choice([None, None, POSTER, WEIBO, OTHER]),
                machine=chance.random() < 0.1,
            )
            for place in range(80)
        ]
        told += some
        record_own(workspace, some)
        project(into_lake=part % 2 == 0)
        lines, total = by_hand(workspace, told)
        found = campaign_results(workspace, FAIR)
        assert {one.source: one.steps for one in found.lines} == lines
        assert found.total == total
        assert sum(found.hours) == sum(count for _, count in found.days) == found.of(Step.CLICK).events


@pytest.mark.parametrize("into_lake", [False, True])
def test_of_two_check_ins_of_somebody_the_one_that_was_undone_counts_no_more(workspace: int, into_lake: bool) -> None:
    undoing = event("gathering.check_in_undone", "anna", NOW + 3 * HOUR)
    undoing = msgspec.structs.replace(undoing, properties={"registration": "a", "came_at": NOW + 9})
    record_own(
        workspace,
        [
            event("code.scanned", "anna", NOW, POSTER),
            event("gathering.checked_in", "anna", NOW + 9),
            event("link.clicked", "anna", NOW + HOUR, WEIBO),
            event("gathering.checked_in", "anna", NOW + 2 * HOUR),
            undoing,
        ],
    )
    project(into_lake=into_lake)
    found = campaign_results(workspace, FAIR)
    assert found.lines == [
        Line(Source(*WEIBO), steps(click=(1, 1), check_in=(1, 1))),
        Line(Source(*POSTER), steps(click=(1, 1))),
    ]
