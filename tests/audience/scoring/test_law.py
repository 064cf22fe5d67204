"""Whatever comes in whatever order, and whoever becomes one or two: answers about scores are what the plain reading of
each person says, and scores made anew are those that were kept up to date.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap
from tests.audience.scoring.conftest import SETTINGS, Shop
from tests.people.erasing.told import brand, identify, viewed

from lianyi.audience.facts import Facts
from lianyi.audience.scoring.reading import states_of
from lianyi.audience.scoring.schemas import STATES
from lianyi.kernel.clock import DAY, from_micros, system_clock, to_micros
from lianyi.people.columns import names
from lianyi.people.columns.queries import loaded
from lianyi.people.identity import actions as identity
from lianyi.rules.compiling import compile
from lianyi.rules.holding import holds
from lianyi.rules.nodes import Graded, Rule, Score, Warm
from lianyi.rules.person import Moment, Person

ZONE = ZoneInfo("Asia/Shanghai")
USERS = st.sampled_from(["a", "b", "c", "d"])
HALF_LIFE = 14
MATRIX = (
    *("hot", "hot", "nurture", "watch"),
    *("hot", "nurture", "nurture", "watch"),
    *("nurture", "nurture", "watch", "invalid"),
    *("watch", "watch", "invalid", "invalid"),
)

Step = tuple[Any, ...]
STEPS = st.one_of(
    st.tuples(st.just("city"), st.just("d"), st.sampled_from(["Shanghai", "Beijing", None])),
    st.tuples(st.just("viewed"), USERS, st.integers(0, 96)),
    st.tuples(st.just("asked"), USERS, st.integers(0, 96), st.integers(9, 10)),
    st.tuples(st.just("cookie"), USERS),
    st.tuples(st.just("phone"), USERS),
    st.tuples(st.just("merge"), st.sampled_from(["a", "b"]), st.just("c")),
    st.just(("part",)),
    st.just(("lake",)),
)
LEAVES: tuple[Rule, ...] = (
    *(Score(axis="fit", at_least=score) for score in (0, 1, 50, 80, 101)),
    *(Score(axis="fit", at_most=score) for score in (-1, 0, 49, 50, 100)),
    *(Score(axis="engagement", at_least=score) for score in (0, 0.5, 7, 33.3, 99.9, 100.5)),
    *(Score(axis="engagement", at_most=score) for score in (-1, 0, 0.5, 20.1, 100)),
    Score(axis="engagement", at_least=3.3, at_most=55.5),
    *(Graded(axis=axis, one_of=(grade,)) for axis in ("fit", "engagement") for grade in ("A", "B", "C", "D")),
    Graded(axis="engagement", one_of=("A", "C")),
    *(Warm(one_of=(state,)) for state in STATES),
    Warm(one_of=("hot", "invalid")),
)


class Told:
    """The same steps, kept by hand: what each identity was said to be and did."""

    def __init__(self) -> None:
        self.city: dict[str, str | None] = {}
        self.phone: set[str] = set()
        self.done: list[tuple[str, str, datetime]] = []
        self.users: set[str] = set()
        self.merges: list[str] = []


def go(shop: Shop, step: Step, told: Told, start: datetime) -> None:
    match step:
        case "city", user, city:
            shop.tell(identify(user, city=city))
            told.city[user] = city
        case "viewed", user, hours:
            at = start + timedelta(hours=hours)
            shop.tell(viewed(user), at=at)
            told.done.append((user, "viewed", at))
        case "asked", user, hours, seats:
            at = start + timedelta(hours=hours)
            shop.tell({"userId": user, "event": "Quote Asked", "properties": {"seats": seats}}, at=at)
            if seats >= 10:
                told.done.append((user, "asked", at))
        case "cookie", user:  # whoever shares it is one person with them as far as the identity room says
            shop.tell({"type": "identify", "userId": user, "anonymousId": "shared"})
        case "phone", user:
            shop.tell(identify(user, phone=f"1380013800{'abcd'.index(user)}"))
            told.phone.add(user)
        case "merge", one, other:
            if {one, other} <= told.users and shop.person(one) != shop.person(other):
                found = identity.merge(shop.workspace, shop.person(one), shop.person(other), system_clock())
                told.merges.append(found)
                shop.brand.run(to_lake=False)
        case ("part",) if told.merges:
            identity.undo_merge(shop.workspace, told.merges.pop(), system_clock())
            shop.brand.run(to_lake=False)
        case ("lake",):
            shop.brand.run()
    if step[0] in ("city", "viewed", "asked", "cookie", "phone"):
        told.users.add(step[1])


def by_hand(shop: Shop, told: Told, now: int) -> dict[int, Person]:
    """Every person by the plain reading."""
    whose: dict[int, set[str]] = {}
    for user in told.users:
        whose.setdefault(shop.person(user), set()).add(user)
    return {person: plain(users, told, now) for person, users in whose.items()}


def plain(users: set[str], told: Told, now: int) -> Person:
    days: dict[date, int] = {}
    total = 0.0
    for user, what, at in sorted(told.done, key=lambda one: one[2]):
        if user not in users:
            continue
        if what == "viewed":
            day = at.astimezone(ZONE).date()
            days[day] = days.get(day, 0) + 1
            if days[day] > 3:
                continue
        total += (4 if what == "viewed" else 50) * 2 ** (-(now - to_micros(at)) / (HALF_LIFE * DAY))
    fit = min(50 * any(told.city.get(user) == "Shanghai" for user in users) + 30 * bool(users & told.phone), 100)
    grades = {"fit": grade(fit, (75, 50, 25)), "engagement": grade(total, (60, 30, 10))}
    place = "ABCD".index(grades["fit"]) * 4 + "ABCD".index(grades["engagement"])
    return Person(scores={"fit": fit, "engagement": min(total, 100.0)}, grades=grades, warm=MATRIX[place])


def grade(score: float, least: tuple[float, ...]) -> str:
    return next((name for name, one in zip("ABC", least, strict=True) if score >= one), "D")


def agree(shop: Shop, told: Told, now: int) -> None:
    people = by_hand(shop, told, now)
    facts, moment = Facts(shop.workspace, now), Moment(now, ZONE)
    every = set(facts.everybody())
    assert set(people) <= every
    for leaf in LEAVES:
        wanted = {person for person, one in people.items() if holds(leaf, one, moment)}
        found = set(compile(leaf, facts))
        assert found & set(people) == wanted, (leaf, people)
        some = BitMap(list(people)[:1])
        assert set(compile(leaf, facts, some)) == wanted & set(some)


def moved_rightly(shop: Shop, since: int, until: int) -> None:
    """Whoever's answer time changed is among those of whom it is said."""
    before, after = Facts(shop.workspace, since), Facts(shop.workspace, until)
    for leaf in LEAVES:
        changed = compile(leaf, before) ^ compile(leaf, after)
        assert changed <= after.moved_by_time(leaf, since, until)  # type: ignore[arg-type]


@pytest.mark.parametrize("lake", [False, True])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_scores_are_what_each_person_alone_says(transactional_db: None, lake: bool, steps: list[Step]) -> None:
    with brand() as made:
        shop, told = Shop(made), Told()
        start = datetime.now(UTC).replace(minute=17, second=3, microsecond=1) - timedelta(days=5)
        for step in (("city", "d", "Beijing"), ("viewed", "a", 0), ("viewed", "c", 1)):
            go(shop, step, told, start)
        shop.score(weights=SETTINGS["weights"])
        for step in steps:
            go(shop, step, told, start)
        if lake:
            shop.brand.run()
        now = to_micros(system_clock())
        agree(shop, told, now)
        for days in (1, 9, 40):
            agree(shop, told, now + days * DAY)
            moved_rightly(shop, now, now + days * DAY)
        assert shop.differences() == []
        shop.pass_to(from_micros(now + 20 * DAY))
        assert shop.differences() == []
        people = by_hand(shop, told, now + 20 * DAY)
        assert {p: shop_state(shop, p) for p in people} == {p: one.warm for p, one in people.items()}


def shop_state(shop: Shop, person: int) -> str:
    """What somebody was when somebody looked last."""
    column = loaded(shop.workspace, [names.STATE])[names.STATE]
    return STATES[int(states_of(column, BitMap([person]), STATES.index("invalid"))[0])]
