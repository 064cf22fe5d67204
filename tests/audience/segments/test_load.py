"""Many people in many live segments by one batch: in one transaction, in bounded memory, and whatever fails in the
middle, nothing is lost and nothing is there twice.
"""

import tracemalloc
from typing import Any

import pytest
from django.db import OperationalError
from tests.audience.segments.conftest import Shop
from tests.audience.segments.test_live import both, inside, without
from tests.people.erasing.told import Brand, brand, identify, viewed

from lianyi.assembly.replay import replay
from lianyi.audience.segments import actions, storing
from lianyi.events.log.models import DeadLetter
from lianyi.kernel.clock import system_clock

CITIES = 20
MOST_MEMORY = 200 << 20  # bytes that Python holds at once, at most


def rule(place: int) -> dict[str, Any]:
    """The rule of the segment that is made as the `place`-th."""
    city = {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": f"City {place % CITIES}"}}
    match place % 4:
        case 0:
            return city
        case 1:
            return without(city)
        case 2:
            return {"kind": "any_of", "rules": [city, {"kind": "did", "event": "Product Viewed", "at_least": 2}]}
        case _:
            return both(inside(place), without(city))  # the one that was made before


class Crowd(Shop):
    """So many people who all live elsewhere, and so many segments of where they will live."""

    def __init__(self, made: Brand, people: int, segments: int) -> None:
        super().__init__(made)
        self.users, self.segments = [f"u{number}" for number in range(people)], segments
        self.tell(*(identify(user, city="Elsewhere") for user in self.users))
        for place in range(segments):
            actions.create_segment(self.workspace, f"s{place}", self.rule(rule(place)), system_clock())
        assert self.build() == segments


def move(shop: Crowd) -> None:
    """One body: where everybody lives now, and as many views of some."""
    moves = [identify(user, city=f"City {number % CITIES}") for number, user in enumerate(shop.users)]
    views = [viewed(user) for user in shop.users[: len(moves) // 10] for _ in range(10)]
    shop.brand.send(*moves, *views)


def changes(shop: Shop) -> list[tuple[Any, ...]]:
    """Every change but those of rules that were new, without its moment."""
    return shop.brand.rows(
        'SELECT segment, change, size, cause, entered, "left", untold FROM segment_change'
        " WHERE workspace = %s AND cause <> 'rule' ORDER BY segment, change"
    )


def right(shop: Crowd) -> None:
    """Whom each segment has, counted by hand."""
    users = shop.users
    found = shop.brand.rows(
        "SELECT i.value, i.person FROM identity i WHERE i.workspace = %s AND i.kind = 'user_id' AND i.value = ANY(%s)",
        users,
    )
    person = dict(found)
    by_city = [{person[user] for user in users[city::CITIES]} for city in range(CITIES)]
    everybody, viewers = set(person.values()), {person[user] for user in users[: len(users) // 10]}
    wanted: list[set[int]] = []
    for place in range(shop.segments):
        city = by_city[place % CITIES]
        kinds = (city, everybody - city, city | viewers, (wanted[-1] if wanted else set()) - city)
        wanted.append(kinds[place % 4])
    held = storing.Memory().held(shop.workspace)
    assert [set(one.members) for one in held.values()] == wanted
    sizes = shop.brand.rows("SELECT size FROM segment WHERE workspace = %s ORDER BY number")
    assert [size for (size,) in sizes] == [len(one) for one in wanted]


@pytest.mark.slow
def test_one_batch_moves_many_people_in_many_segments(transactional_db: None) -> None:
    with brand() as made:
        _moved_at_once(Crowd(made, people=500, segments=200))


def _moved_at_once(shop: Crowd) -> None:
    move(shop)
    tracemalloc.start()
    try:
        shop.brand.run(to_lake=False)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY
    right(shop)
    made = changes(shop)
    assert {change[3] for change in made} == {"facts"}
    assert len(made) == len({change[0] for change in made})  # one change of each
    assert shop.brand.rows(
        "SELECT count(DISTINCT xmin::text) FROM segment_change WHERE workspace = %s AND cause = 'facts'"
    ) == [(1,)]
    told = shop.told()
    assert len(told) == len(set(told)) == sum(len(storing.from_bytes(bytes(one[6]))) for one in made if one[6])


@pytest.mark.parametrize("error", [OperationalError, RuntimeError], ids=["outage", "mistake"])
def test_what_fails_in_the_middle_is_done_again_and_nothing_is_lost(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    with brand() as made:
        _done_again(Crowd(made, people=40, segments=40), monkeypatch, error)


def _done_again(shop: Crowd, monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    move(shop)
    put, times = storing._put, 0

    def fail(*arguments: Any) -> None:
        nonlocal times
        times += 1
        if times == 20:
            raise error("in the middle")
        put(*arguments)

    monkeypatch.setattr(storing, "_put", fail)
    if error is OperationalError:
        with pytest.raises(OperationalError):
            shop.brand.run(to_lake=False)
        assert changes(shop) == []  # nothing of it is there
    shop.brand.run(to_lake=False)
    assert times > 20
    right(shop)
    assert DeadLetter.objects.count() == 0
    told = [one for one in shop.told() if one[0] == "segment.entered"]
    assert len(told) == len(set(told))
    assert replay(shop.workspace, "segments", check=True).different == []
