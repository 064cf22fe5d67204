"""Everybody else after an erasure: as if the erased person's events had never been sent, apart from numbers."""

import json
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from tests.people.erasing.told import Brand, identify, ordered, viewed

from lianyi.assembly.replay import replay
from lianyi.events.lake import queries as lake
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.erasing import actions
from lianyi.people.erasing.lake import pass_over
from lianyi.people.identity import actions as decisions
from lianyi.people.identity.queries import identities_of


def message(rnd: random.Random) -> dict[str, Any]:
    """Of few people who share phones, addresses and browsers."""
    user, cookie = f"user-{rnd.randrange(5)}", f"cookie-{rnd.randrange(5)}"
    match rnd.randrange(6):
        case 0:
            return identify(user, phone=f"1391234567{rnd.randrange(4)}", name=f"Name {rnd.randrange(3)}")
        case 1:
            return identify(user, email=f"mail{rnd.randrange(4)}@shop.cn", city=f"City {rnd.randrange(3)}")
        case 2:
            return identify(user) | {"anonymousId": cookie}
        case 3:
            return ordered(user, f"order-{rnd.randrange(6)}", rnd.randrange(100))
        case 4:
            return viewed(cookie=cookie) | {"context": {"campaign": {"source": f"source-{rnd.randrange(3)}"}}}
        case _:
            return viewed(user=user, cookie=cookie)


def told(rnd: random.Random) -> list[list[dict[str, Any]]]:
    return [[message(rnd) for _ in range(rnd.randrange(1, 5))] for _ in range(rnd.randrange(2, 9))]


def known(shop: Brand) -> dict[frozenset[tuple[str, str]], Any]:
    """Who there is, by their identities, and what is known of each, without any number."""
    rows = shop.rows("SELECT number, name, orders, spent FROM person WHERE workspace = %s")
    of_person = {number: tuple(rest) for number, *rest in rows}
    facts: dict[int, list[Any]] = {}
    for query in (
        "SELECT i.person, t.name, f.value, f.at, f.mode, 0 FROM identity i"
        " JOIN trait_fact f ON f.workspace = i.workspace AND f.identity = i.number"
        " JOIN trait t ON t.workspace = i.workspace AND t.id = f.trait WHERE i.workspace = %s",
        "SELECT i.person, s.campaign, s.channel, f.started_at, f.until_at, 0 FROM identity i"
        " JOIN touch f ON f.workspace = i.workspace AND f.identity = i.number"
        " JOIN source s ON s.workspace = i.workspace AND s.id = f.source WHERE i.workspace = %s",
        "SELECT i.person, f.number, f.gross, f.stated, f.first_at, f.placed_at FROM identity i"
        " JOIN orders f ON f.workspace = i.workspace AND f.identity = i.number WHERE i.workspace = %s",
        "SELECT i.person, i.kind, i.value, f.first_seen_at, f.last_seen_on, i.strong::int FROM identity i"
        " JOIN presence f ON f.workspace = i.workspace AND f.identity = i.number WHERE i.workspace = %s",
        "SELECT number, stage, since::text, due_at, 0, 0 FROM standing WHERE workspace = %s",
    ):
        for person, *fact in shop.rows(query):
            facts.setdefault(person, []).append(tuple(map(str, fact)))
    groups: dict[int, set[tuple[str, str]]] = {}
    for person, kind, value in shop.rows("SELECT person, kind, value FROM identity WHERE workspace = %s"):
        groups.setdefault(person, set()).add((kind, value))
    return {
        frozenset(group): (of_person.get(person), sorted(facts.get(person, []))) for person, group in groups.items()
    }


def without(message: dict[str, Any], gone: set[tuple[str, str]]) -> dict[str, Any] | None:
    """What of a message is somebody else's: all, all but some values, or nothing."""
    user, cookie = message.get("userId", ""), message.get("anonymousId", "")
    if (("user_id", user) if user else ("cookie", cookie)) in gone:
        return None
    traits = dict(message.get("traits", {}))
    for kind in ("phone", "email"):
        if (kind, {"phone": "+86"}.get(kind, "") + str(traits.get(kind))) in gone:
            traits[kind] = "(erased)"
    kept = message | ({"traits": traits} if traits else {})
    return kept | {"anonymousId": "(erased)"} if ("cookie", cookie) in gone else kept


def fill(shop: Brand, bodies: list[list[dict[str, Any]]]) -> None:
    for messages in bodies:
        shop.send(*messages)
    shop.run()


@pytest.mark.parametrize("seed", [0, 2, 7, 17])  # in three of them others name who is erased
def test_the_others_are_as_if_the_person_had_never_come(shop: Brand, seed: int) -> None:
    rnd = random.Random(1_000 + seed)
    at = datetime.now(UTC) - timedelta(hours=2)
    bodies = [
        [
            one | {"messageId": f"{a}-{b}", "timestamp": (at + timedelta(seconds=60 * a + b)).isoformat()}
            for b, one in some
        ]
        for a, some in enumerate(list(enumerate(messages)) for messages in told(rnd))
    ]
    fill(shop, bodies)
    person = rnd.choice(shop.rows("SELECT DISTINCT person FROM identity WHERE workspace = %s ORDER BY 1"))[0]
    before = {(kind, value) for kind, value in shop.rows("SELECT kind, value FROM identity WHERE workspace = %s")}
    actions.erase(shop.workspace, person, system_clock)
    left = {(kind, value) for kind, value in shop.rows("SELECT kind, value FROM identity WHERE workspace = %s")}
    other = Brand()
    try:
        others = [[kept for one in some if (kept := without(one, before - left)) is not None] for some in bodies]
        fill(other, [some for some in others if some])
        assert known(shop) == known(other)
    finally:
        other.clear()


@pytest.mark.parametrize("seed", range(5))
def test_a_replay_after_an_erasure_finds_what_is_there(shop: Brand, seed: int) -> None:
    rnd = random.Random(seed)
    for messages in told(rnd):
        shop.send(*messages)
        if rnd.random() < 0.5:
            shop.run(to_lake=rnd.random() < 0.5)
    shop.run(to_lake=rnd.random() < 0.5)
    person = rnd.choice(people_of(shop))
    values = [one.value for one in identities_of(shop.workspace, person)]
    actions.erase(shop.workspace, person, system_clock)
    assert [value for value in values if f'"{value}"' in shop.stored()] == []
    assert shop.differences() == {}
    shop.run()
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    assert shop.in_lake(*values) == [0] * len(values)
    assert shop.differences() == {}


def decide_at_random(shop: Brand, rnd: random.Random) -> None:
    """A member merges, splits, takes back a merge or keeps apart; what is refused is not done."""
    people = people_of(shop)
    one, other = rnd.choice(people), rnd.choice(people)
    now = datetime.now(UTC)
    with suppress(Refused):
        match rnd.randrange(4):
            case 0 | 1:
                decisions.merge(shop.workspace, one, other, now)
            case 2:
                numbers = [said.number for said in identities_of(shop.workspace, one)]
                decisions.unmerge(shop.workspace, one, rnd.sample(numbers, rnd.randrange(len(numbers) + 1)), now)
            case _:
                merges = shop.rows("SELECT event_id FROM person_merge WHERE workspace = %s AND in_force ORDER BY 1")
                if merges:
                    decisions.undo_merge(shop.workspace, bytes(rnd.choice(merges)[0]).hex(), now)
                else:
                    decisions.keep_apart(shop.workspace, one, other, now)


def people_of(shop: Brand) -> list[int]:
    return [person for (person,) in shop.rows("SELECT DISTINCT person FROM identity WHERE workspace = %s ORDER BY 1")]


SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 60))]


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_stated_decided_and_erased_a_replay_finds_what_is_there(shop: Brand, seed: int) -> None:
    """Rebuilt is kept up to date, in every order of events, members' decisions, erasures, and passes over the lake."""
    rnd = random.Random(5_000 + seed)
    gone: list[str] = []
    for _ in range(rnd.randrange(3, 9)):
        shop.send(*[message(rnd) for _ in range(rnd.randrange(1, 6))])
        shop.run(to_lake=rnd.random() < 0.5)
        for _ in range(rnd.randrange(3)):
            if people_of(shop):
                decide_at_random(shop, rnd)
                shop.run(to_lake=rnd.random() < 0.5)
        if rnd.random() < 0.5 and (people := people_of(shop)):
            person = rnd.choice(people)
            gone = [one.value for one in identities_of(shop.workspace, person)]
            actions.erase(shop.workspace, person, system_clock)
            assert [value for value in gone if f'"{value}"' in shop.stored()] == []
            assert shop.differences() == {}
            if rnd.random() < 0.3:
                shop.run()
                pass_over(shop.workspace, to_micros(datetime.now(UTC)))
                assert shop.in_lake(*(f'"{value}"' for value in gone)) == [0] * len(gone)
            assert shop.differences() == {}
    shop.run()
    assert shop.differences() == {}


def decide(shop: Brand) -> tuple[int, int]:
    """Three people; a member made one of the first two, and then two again."""
    shop.send(identify("a", city="Ulm"), identify("b", city="Bonn"), identify("c", city="Köln"))
    shop.run()
    a, b = shop.person("user_id", "a"), shop.person("user_id", "b")
    merged = decisions.merge(shop.workspace, a, b, datetime.now(UTC))
    shop.run()
    assert shop.person("user_id", "b") == a
    decisions.undo_merge(shop.workspace, merged, datetime.now(UTC))
    shop.run()
    return a, b


@pytest.mark.parametrize("name", ["a", "b"])
def test_what_a_member_decided_about_them_names_them_no_more(shop: Brand, name: str) -> None:
    decide(shop)
    shop.erase("user_id", name)
    assert shop.rows("SELECT count(*) FROM person_merge WHERE workspace = %s") == [(0,)]
    assert shop.rows("SELECT count(*) FROM kept_apart_side WHERE workspace = %s") == [(1,)]
    assert shop.differences() == {}
    assert pass_over(shop.workspace, to_micros(datetime.now(UTC))).people == 1
    assert shop.differences() == {}
    own = [json.loads(raw) for raw in decisions_in_lake(shop)]
    assert [one["name"] for one in own] == ["person.merged", "person.unmerged"]
    assert name not in {value for one in own for _, _, value, *_ in one["who"]}
    assert name not in {one["properties"].get(end, [""])[-1] for one in own for end in "ab"}


def test_what_a_member_decided_about_others_outlives_who_the_decision_was_filed_under(shop: Brand) -> None:
    shop.send(identify("a"), viewed(cookie="x"), viewed(cookie="y"))
    shop.run()
    a, x, y = (shop.identity(*one) for one in (("user_id", "a"), ("cookie", "x"), ("cookie", "y")))
    decisions.merge(shop.workspace, x, y, datetime.now(UTC))
    shop.run()
    shop.send(viewed(user="a", cookie="x"))
    shop.run()
    assert {shop.person("cookie", "x"), shop.person("cookie", "y")} == {a}
    for split in (y, x):  # filed under a, whose number is the smallest
        decisions.unmerge(shop.workspace, a, [split], datetime.now(UTC))
        shop.run()
    shop.erase("user_id", "a")
    shop.run()
    assert (shop.person("cookie", "x"), shop.person("cookie", "y")) == (x, y)
    assert shop.differences() == {}
    pass_over(shop.workspace, to_micros(datetime.now(UTC)))
    replay(shop.workspace, "identity", check=False)
    assert (shop.person("cookie", "x"), shop.person("cookie", "y")) == (x, y)
    assert shop.differences() == {}


def decisions_in_lake(shop: Brand) -> list[bytes]:
    batches = lake.batches_after(settings.ENVIRONMENT.lake, shop.workspace, 0)
    return [row.raw for _, rows in batches for row in rows if row.name.startswith("person.") and row.form == "own"]
