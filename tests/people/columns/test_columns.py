"""What is stored of columns, who sees it, and what is left of who is erased."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pyroaring import BitMap
from tests.people.columns.builders import Kept
from tests.people.erasing.told import Brand, brand, identify
from tests.people.profiles.builders import Told, cookie, event, moment, user

from lianyi.assembly.filling import fill_columns, renew_columns
from lianyi.assembly.replay import replay
from lianyi.kernel.errors import Refused
from lianyi.people.columns import actions, queries, storing
from lianyi.people.columns.answering import ColumnAnswers
from lianyi.people.columns.fingerprints import fingerprints
from lianyi.people.columns.parts import Kind, numbers, part
from lianyi.people.columns.shelf import SHELF, Shelf
from lianyi.people.profiles import actions as profiles
from lianyi.people.profiles.traits.facts import Strategy
from lianyi.people.profiles.traits.values import TraitType
from lianyi.rules.nodes import Consented, Tagged, Trait
from lianyi.rules.values import Equals, Known

pytestmark = pytest.mark.django_db

NOW = moment("2024-06-01")
IN_PARIS = Trait(**{"trait": "city", "is": Equals(value="paris")})
WITH_CITY = Trait(**{"trait": "city", "is": Known()})


def lives(user_id: str, city: str | None, at: str = "2024-01-01", origin: str = "server"):
    return event("person.identified", at, user(user_id), traits={"city": city}, origin=origin)


@pytest.fixture
def shop() -> Iterator[Brand]:
    with brand() as made:
        yield made


def test_another_workspace_sees_nothing():
    one, other = Kept(), Kept()
    one.tell(lives("a", "Paris"), event("tag.added", "2024-01-01", user("a"), tag="x"))
    other.tell(lives("b", "Oslo"))
    assert one.answer(IN_PARIS, NOW) == {1}
    assert other.answer(IN_PARIS, NOW) == set()
    assert other.answer(Tagged(tag="x"), NOW) == set()
    assert set(ColumnAnswers(other.workspace, NOW).everybody()) == {1}


def test_consents_differ_by_channel_and_purpose_and_not_by_case():
    told = Kept()
    told.tell(
        event("consent.given", "2024-01-01", user("a"), channel="oa:shop", purpose="news"),
        event("consent.given", "2024-01-01", user("b"), channel="oa", purpose="shop:news"),
        event("consent.given", "2024-01-01", user("c"), channel="SMS", purpose="News"),
    )
    by_name = {("oa:shop", "news"): {1}, ("oa", "shop:news"): {2}, ("oa%3ashop", "news"): set(), ("sMs", "nEWS"): {3}}
    for (channel, purpose), people in by_name.items():
        assert told.answer(Consented(channel=channel, purpose=purpose), NOW) == people


def test_a_batch_writes_a_run_of_what_changed_and_nothing_else():
    told = Kept()
    told.tell(lives("a", "Paris"), lives("b", "Oslo"))
    version = queries.version_of(told.workspace)
    told.tell(lives("a", "Paris", "2024-01-02"))
    assert queries.version_of(told.workspace) == version
    told.tell(lives("a", "Rome", "2024-01-03"), lives("b", "Oslo", "2024-01-03"))
    changes = queries.changed_since(told.workspace, version)
    assert changes.people == {"trait:1": BitMap([1])}
    assert queries.changed(told.workspace, "trait:1", 3) == BitMap([1])
    assert queries.changed(told.workspace, "trait:1", 2) == BitMap()
    SHELF.forget(told.workspace)  # as another process has it
    assert queries.changed_since(told.workspace, version) == changes


def test_runs_stay_few_however_many_batches_come():
    told = Kept()
    for number in range(60):
        told.tell(lives(f"u{number % 7}", f"City {number}", f"2024-01-01T00:{number:02}"))
    assert len(storing.sizes(told.workspace, ["trait:1"])["trait:1"]) <= actions.MOST_RUNS + 1
    assert told.reread() == told.refilled()


def test_a_process_brings_its_columns_up_to_date_by_what_another_committed():
    told = Kept()
    told.tell(lives("a", "Paris"), lives("b", "Oslo"))
    other = Shelf()

    def there() -> set[int]:
        version, _ = storing.version_of(told.workspace)
        column = other.columns(told.workspace, ["trait:1"], version)["trait:1"]
        assert column is not None
        return {n for n, word in zip(column.people, _words(column), strict=True) if word == b"Paris"}

    assert there() == {1}
    for number in range(40):  # also when what it has was put together with other runs meanwhile
        told.tell(lives("b", "Paris" if number % 3 else "Rome", f"2024-01-02T00:{number:02}"))
        if number % 10 == 9:
            assert there() == ({1, 2} if number % 3 else {1})


def _words(column) -> list[bytes]:
    merged = column.parts_of(column.people)
    told = {n: word for some in merged for n, word in zip(some.persons.tolist(), some.values.listed(), strict=True)}
    return [told[n] for n in sorted(told)]


def test_what_was_rolled_back_is_in_no_answer():
    from django.db import transaction

    told = Kept()
    told.tell(lives("a", "Paris"))
    assert told.answer(IN_PARIS, NOW) == {1}
    with transaction.atomic():
        actions.put(told.workspace, 9, {"trait:1": part(Kind.TEXT, numbers(BitMap([1])), [b"Oslo"])})
        assert told.answer(IN_PARIS, NOW) == set()
        transaction.set_rollback(True)
    assert told.answer(IN_PARIS, NOW) == {1}
    told.tell(lives("b", "Paris"))
    assert told.answer(IN_PARIS, NOW) == {1, 2}


def test_people_who_were_there_before_columns_are_filled_in_at_the_first_start():
    told = Told()
    told.tell(lives("a", "Paris"), event("page.viewed", "2024-01-01", cookie("c")))
    with pytest.raises(Refused) as refused:
        ColumnAnswers(told.workspace, NOW)
    assert refused.value.code == "columns.unmade"
    fill_columns()
    assert set(ColumnAnswers(told.workspace, NOW).answer(IN_PARIS, None)) == {1}
    assert set(ColumnAnswers(told.workspace, NOW).everybody()) == {1, 2}


def test_a_new_workspace_has_nobody():
    told = Told()
    assert set(ColumnAnswers(told.workspace, NOW).everybody()) == set()
    assert set(ColumnAnswers(told.workspace, NOW).answer(IN_PARIS, None)) == set()


def test_what_a_member_changes_is_made_anew_within_seconds():
    told = Kept()
    told.tell(lives("a", "Paris", "2024-01-01", "server"), lives("a", "Oslo", "2024-01-02", "browser"))
    assert told.answer(IN_PARIS, NOW) == set()
    profiles.declare_trait(told.workspace, "city", kind=TraitType.TEXT, strategy=Strategy.FIRST)
    renew_columns()
    assert told.answer(IN_PARIS, NOW) == {1}
    profiles.declare_trait(told.workspace, "city", kind=TraitType.TEXT, strategy=Strategy.MOST_TRUSTED)
    profiles.set_trust(told.workspace, ["browser", "server"])
    renew_columns()
    assert told.answer(IN_PARIS, NOW) == set()
    assert queries.outdated() == []


def test_a_shorter_silence_counts():
    told = Kept()
    told.tell(event("add_to_cart", "2024-01-01", user("a")))
    profiles.set_lifecycle_rule(
        told.workspace,
        ["add_to_cart"],
        30,
        datetime(2024, 6, 1, tzinfo=UTC),
        lambda _, some: told.recorded.extend(some),
    )
    renew_columns()
    kept = told.columns()
    assert told.refilled() == kept


HERS = {"李华华", "lihua@shop.cn", "tea-lihua", "城市-lihua"}
HIS = {"王伟伟", "wangwei@shop.cn", "tea-wangwei", "城市-wangwei"}


def test_nothing_of_who_is_erased_is_in_any_run(shop: Brand):
    shop.send(identify("lihua", name="李华华", email="lihua@shop.cn", likes=["tea-lihua"]))
    shop.send(identify("wangwei", name="王伟伟", email="wangwei@shop.cn", likes=["tea-wangwei"]))
    shop.run()
    shop.send(identify("lihua", name="李华华", city="城市-lihua"), identify("wangwei", city="城市-wangwei"))
    shop.run()
    hers, his = shop.person("user_id", "lihua"), shop.person("user_id", "wangwei")
    assert _in_runs(shop, *HERS, *HIS) == HERS | HIS
    shop.erase("user_id", "lihua")
    assert _in_runs(shop, *HERS, *HIS) == HIS
    answers = ColumnAnswers(shop.workspace, NOW)
    assert set(answers.everybody()) == {his}
    assert set(answers.answer(WITH_CITY, None)) == {his}
    assert hers not in set().union(
        *(run.part.bits for run in storing.runs(shop.workspace, storing.names(shop.workspace)))
    )
    kept = fingerprints(shop.workspace)
    assert replay(shop.workspace, "columns", check=True).different == []
    SHELF.forget(shop.workspace)
    assert fingerprints(shop.workspace) == kept


def _in_runs(shop: Brand, *needles: str) -> set[str]:
    every = b"".join(bytes(data) for (data,) in shop.rows("SELECT data FROM column_run WHERE workspace = %s"))
    return {needle for needle in needles if needle.encode() in every}


def test_a_replay_of_what_columns_stand_on_makes_them_anew(shop: Brand):
    shop.send(identify("a", city="Paris"))
    shop.run()
    storing.drop(shop.workspace, ["trait:1"])
    SHELF.forget(shop.workspace)
    assert replay(shop.workspace, "columns", check=True).different == ["trait:1"]
    replay(shop.workspace, "profiles", check=False)
    assert replay(shop.workspace, "columns", check=True).different == []
    assert set(ColumnAnswers(shop.workspace, NOW).answer(IN_PARIS, None)) == {1}
