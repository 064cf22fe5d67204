"""Who sees which arm, through the log, the pipeline and the lake: merged, taken apart, rebuilt and erased."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pyroaring import BitMap
from tests.people.erasing.told import Brand, brand, identify, viewed

from lianyi.assembly.replay import replay
from lianyi.audience.arms import actions, queries
from lianyi.audience.arms.schemas import Arm, Draft, Exposed, Given
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions as identity

AB = Draft("Button", "spring", (Arm("plain"), Arm("red", 3)))
SOON = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=50)


class Shop:
    """A workspace with people and a test that runs."""

    def __init__(self, made: Brand, people: int = 40) -> None:
        self.brand = made
        self.workspace = made.workspace
        made.send(*[viewed(user=f"u{number}") for number in range(people)])
        made.run()
        test = actions.create_test(self.workspace, AB, SOON)
        self.test = actions.start_test(self.workspace, test.id, SOON).id

    def expose(self, *persons: int, after: int = 0) -> Exposed:
        """They see their arm some minutes after SOON, and the pipeline reads of it."""
        seen = actions.expose(self.workspace, self.test, BitMap(persons), SOON + timedelta(minutes=after))
        self.brand.run()
        return seen

    def arm(self, person: int) -> Given:
        given = queries.arm_of(self.workspace, self.test, person)
        assert given is not None
        return given

    def unlike(self) -> tuple[int, int]:
        """Two persons, the smaller number first, of whom different arms are drawn."""
        of = queries.arms_of(self.workspace, self.test)
        later = next(person for person in of["plain"] if person > of["red"].min())
        return of["red"].min(), later


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    with brand() as made:
        yield Shop(made)


def at(minutes: int) -> int:
    return to_micros(SOON + timedelta(minutes=minutes))


def test_everybody_has_one_arm_and_one_person_the_same(shop: Shop) -> None:
    of = queries.arms_of(shop.workspace, shop.test)
    assert sorted([*of["plain"], *of["red"]]) == list(range(1, 41))
    assert 20 < len(of["red"]) < 38
    assert {person: shop.arm(person).arm for person in range(1, 41)} == {
        person: name for name, people in of.items() for person in people
    }
    some = queries.arms_of(shop.workspace, shop.test, BitMap([1, 2, 3, 41, 4_000_000_000]))
    assert some == {name: people & BitMap([1, 2, 3]) for name, people in of.items()}
    assert queries.arm_of(shop.workspace, shop.test, 41) is None


def test_a_person_who_becomes_better_known_keeps_the_arm(shop: Shop) -> None:
    shop.brand.send(viewed(cookie="c1"))
    shop.brand.run()
    person = shop.brand.person("cookie", "c1")
    before = shop.arm(person)
    shop.brand.send(identify("new", phone="13800138000") | {"anonymousId": "c1"})
    shop.brand.run()
    assert shop.brand.person("user_id", "new") == person
    assert shop.arm(person) == before


def test_an_exposure_is_recorded_once_for_each_person(shop: Shop) -> None:
    first = shop.expose(1, 2, 3, 99)
    assert first.new == 3
    assert first.arms == queries.arms_of(shop.workspace, shop.test, BitMap([1, 2, 3]))
    again = shop.expose(1, 2, 4, after=5)
    assert again.new == 1
    assert shop.arm(1) == Given(queries.arm_of(shop.workspace, shop.test, 1).arm, at(0))
    assert shop.arm(4).exposed_at == at(5)
    assert shop.arm(5).exposed_at is None
    seen = queries.exposed(shop.workspace, shop.test)
    assert sorted([*seen["plain"], *seen["red"]]) == [1, 2, 3, 4]
    assert shop.brand.in_lake("arm.exposed")[0] > 0


def test_asked_twice_before_it_is_read_the_event_counts_once(shop: Shop) -> None:
    for minutes in (0, 1):
        seen = actions.expose(shop.workspace, shop.test, BitMap([7]), SOON + timedelta(minutes=minutes))
        assert seen.new == 1
    shop.brand.run()
    assert shop.arm(7).exposed_at == at(0)
    assert shop.brand.rows("SELECT count(*) FROM arm_exposure WHERE workspace = %s") == [(1,)]


def test_on_a_merge_the_earlier_exposure_wins_and_an_unmerge_gives_back_each(shop: Shop) -> None:
    red, plain = shop.unlike()
    shop.expose(red, after=9)
    shop.expose(plain, after=4)
    apart = shop.arm(red), shop.arm(plain)
    assert apart == (Given("red", at(9)), Given("plain", at(4)))
    merge = identity.merge(shop.workspace, red, plain, datetime.now(UTC))
    shop.brand.run()
    # The person has the number and the draw of the one, and the arm of the other, who saw theirs earlier.
    assert shop.arm(red) == Given("plain", at(4))
    assert queries.arm_of(shop.workspace, shop.test, plain) is None
    assert queries.exposed(shop.workspace, shop.test) == {"plain": BitMap([red]), "red": BitMap()}
    assert red in queries.arms_of(shop.workspace, shop.test)["plain"]
    assert shop.expose(red, after=20) == Exposed({"plain": BitMap([red]), "red": BitMap()}, 0)
    identity.undo_merge(shop.workspace, merge, datetime.now(UTC))
    shop.brand.run()
    assert (shop.arm(red), shop.arm(plain)) == apart
    assert replay(shop.workspace, "arms", check=True).different == []


def test_who_saw_nothing_is_given_the_arm_of_who_did_while_they_are_one(shop: Shop) -> None:
    red, plain = shop.unlike()
    shop.expose(plain, after=4)
    merge = identity.merge(shop.workspace, red, plain, datetime.now(UTC))
    shop.brand.run()
    assert shop.arm(red) == Given("plain", at(4))
    identity.undo_merge(shop.workspace, merge, datetime.now(UTC))
    shop.brand.run()
    assert (shop.arm(red), shop.arm(plain)) == (Given("red", None), Given("plain", at(4)))


def test_rebuilt_is_kept_up_to_date(shop: Shop) -> None:
    shop.expose(*range(1, 20))
    actions.expose(shop.workspace, shop.test, BitMap(range(15, 30)), SOON + timedelta(minutes=3))
    shop.brand.run(to_lake=False)
    before = queries.exposed(shop.workspace, shop.test)
    told = replay(shop.workspace, "arms", check=True)
    assert (told.failed, told.different) == (0, [])
    assert replay(shop.workspace, "arms", check=False).different == []
    assert queries.exposed(shop.workspace, shop.test) == before
    assert shop.brand.rows("SELECT count(*) FROM arm_exposure WHERE workspace = %s") == [(29,)]


def test_what_a_sender_calls_so_is_no_exposure(shop: Shop) -> None:
    forged = {"event": "arm.exposed", "userId": "u1", "properties": {"test": shop.test, "arm": "plain"}}
    shop.brand.send(forged)
    shop.brand.run()
    assert shop.arm(1).exposed_at is None


def test_whoever_is_erased_leaves_no_exposure(shop: Shop) -> None:
    shop.expose(1, 2)
    erased = shop.brand.erase("user_id", "u0")
    assert erased.database["arm_exposure"] == 1
    assert shop.brand.rows("SELECT identity FROM arm_exposure WHERE workspace = %s") == [(2,)]
    assert queries.arm_of(shop.workspace, shop.test, 1) is None
    assert replay(shop.workspace, "arms", check=True).different == []
    shop.brand.send(viewed(user="u0"), at=datetime.now(UTC) + timedelta(minutes=1))
    shop.brand.run()
    assert shop.arm(shop.brand.person("user_id", "u0")).exposed_at is None


def test_nothing_is_seen_of_a_test_that_does_not_run(shop: Shop) -> None:
    other = actions.create_test(shop.workspace, AB._replace(name="Other"), SOON)
    actions.end_test(shop.workspace, shop.test, SOON)
    for test in (other.id, shop.test):
        with pytest.raises(Refused, match=f"Experiment {test} does not run"):
            actions.expose(shop.workspace, test, BitMap([1]), system_clock())
    shop.brand.run()
    assert shop.brand.rows("SELECT count(*) FROM arm_exposure WHERE workspace = %s") == [(0,)]
