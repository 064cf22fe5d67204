"""神策's profile calls and Segment's identify, from the wire through the pipeline to a person's traits."""

import json
import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.intake import segment, sensors
from lianyi.events.intake.senders import Key
from lianyi.events.log import letters
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity import actions as identity
from lianyi.people.identity import queries as identities
from lianyi.people.profiles.queries import person_page

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC).replace(microsecond=0)
RECEIVED = to_micros(NOW)
Call = tuple[str, str, int, dict[str, Any]]  # type, login id, minute, properties


class Brand:
    """A workspace that is spoken to over the wire."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self._track_id = 0

    def send(self, *calls: Call) -> None:
        """A body of 神策 calls, as its server-side clients write them."""
        body = []
        for kind, who, minute, properties in calls:
            self._track_id += 1
            at = NOW - timedelta(days=1) + timedelta(minutes=minute)
            body.append(
                {
                    "type": kind,
                    "distinct_id": who,
                    "time": int(at.timestamp() * 1000),
                    "_track_id": self._track_id,
                    "properties": {**properties, "$is_login_id": True},
                    "lib": {"$lib": "python", "$lib_version": "1.11.1", "$lib_method": "code"},
                }
            )
        self._append("sensors", sensors.accept(json.dumps(body).encode(), self.key, RECEIVED))

    def identify(self, who: str, minute: int, **traits: Any) -> None:
        """One call of Segment's."""
        at = NOW - timedelta(days=1) + timedelta(minutes=minute)
        message = {"type": "identify", "userId": who, "timestamp": at.isoformat(), "traits": traits}
        body = json.dumps({"batch": [message]}).encode()
        self._append("segment", segment.accept(body, "segment", self.key, RECEIVED))

    def _append(self, form: str, one: Any) -> None:
        assert one.refused == []
        key = self.key
        append_row(NewRow(day_of(RECEIVED), key.workspace, key.id, form, RECEIVED, one.taken, one.ids, one.body))

    def run(self) -> None:
        running = Pipeline(random.randrange(1, 2**31), system_clock)
        running.start()
        while running.step():
            pass

    def person(self, who: str) -> int:
        claim = Claim("user_id", "default", who, True)
        number = identities.find(self.key.workspace, [claim])[claim]
        return identities.persons_of(self.key.workspace, [number])[number]

    def traits(self, who: str) -> dict[str, Any]:
        self.run()
        shown = person_page(self.key.workspace, self.person(who), RECEIVED)
        assert shown is not None
        return {trait.name: trait.value for trait in shown.traits}

    def letters(self) -> list[tuple[str, str]]:
        return [(one.projector, one.reason) for one in letters.newest(self.key.workspace, 100)]


@pytest.fixture
def brand() -> Iterator[Brand]:
    empty_log()
    workspace = create_workspace(f"w{random.randrange(10**9)}", "W")
    made, _ = create_write_key(workspace, WriteKey.Kind.SERVER, "app")
    yield Brand(Key(made.pk, workspace.pk, True, "default"))
    shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{workspace.pk}", ignore_errors=True)


CALLS: list[Call] = [
    ("profile_set_once", "ann", 1, {"$first_visit": "app", "plan": "free"}),
    ("profile_set_once", "ann", 2, {"$first_visit": "web"}),
    ("profile_set", "ann", 3, {"city": "上海", "visits": 5, "likes": ["go"], "coins": 1}),
    ("profile_increment", "ann", 4, {"visits": 2, "points": 0.1}),
    ("profile_append", "ann", 5, {"likes": ["tea", "go"], "read": ["a"]}),
    ("profile_set", "ann", 6, {"plan": "gold"}),
    ("profile_set_once", "ann", 7, {"plan": "silver", "points": 100}),
    ("profile_increment", "ann", 8, {"points": 0.2, "coins": 3}),
    ("profile_set", "ann", 9, {"coins": 10}),
    ("profile_unset", "ann", 10, {"city": True, "read": True}),
    ("profile_append", "ann", 11, {"read": ["b"]}),
]
EXPECTED = {
    "$first_visit": "app",
    "plan": "gold",
    "visits": 7,
    "points": 0.3,
    "coins": 10,
    "likes": ["go", "tea"],
    "read": ["b"],
}


def test_each_call_means_what_it_means_there(brand: Brand) -> None:
    brand.send(*CALLS)
    assert brand.traits("ann") == EXPECTED
    assert brand.letters() == []


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_and_bodies_they_come(brand: Brand, seed: int) -> None:
    for call in random.Random(seed).sample(CALLS, len(CALLS)):
        brand.send(call)
        brand.run()
    assert brand.traits("ann") == EXPECTED


def test_a_deleted_profile_starts_anew(brand: Brand) -> None:
    brand.send(*CALLS, ("profile_delete", "ann", 12, {}))
    assert brand.traits("ann") == {}
    brand.send(
        ("profile_set_once", "ann", 13, {"plan": "silver"}),
        ("profile_increment", "ann", 14, {"visits": 1}),
        ("profile_append", "ann", 15, {"likes": ["chess"]}),
    )
    assert brand.traits("ann") == {"plan": "silver", "visits": 1, "likes": ["chess"]}


def test_what_does_not_fit_is_a_dead_letter_and_changes_nothing(brand: Brand) -> None:
    brand.send(("profile_set", "ann", 1, {"city": "上海", "visits": 1}))
    before = brand.traits("ann")
    brand.send(("profile_increment", "ann", 2, {"city": 1}), ("profile_append", "ann", 3, {"visits": ["x"]}))
    assert brand.traits("ann") == before
    assert brand.letters() == [("profiles", "trait.type")] * 2


def test_a_null_of_segments_removes_the_trait_until_it_is_said_again(brand: Brand) -> None:
    brand.identify("ann", 1, city="上海", plan="free", address={"city": "北京", "street": "中山路"})
    brand.identify("ann", 3, city=None, nothing=None)
    assert brand.traits("ann") == {"plan": "free", "street": "中山路"}
    brand.identify("ann", 2, city="广州")  # said before it was removed, and late
    assert brand.traits("ann") == {"plan": "free", "street": "中山路"}
    brand.identify("ann", 4, city="深圳")
    assert brand.traits("ann") == {"plan": "free", "street": "中山路", "city": "深圳"}


def test_a_merge_reads_both_as_one_and_its_undoing_leaves_each_as_it_was(brand: Brand) -> None:
    brand.send(
        ("profile_set", "ann", 1, {"visits": 5}),
        ("profile_increment", "ann", 2, {"visits": 1, "points": 1}),
        ("profile_set", "bob", 3, {"visits": 10, "city": "北京"}),
        ("profile_increment", "bob", 4, {"visits": 1, "points": 2}),
        ("profile_set_once", "bob", 5, {"plan": "free"}),
        ("profile_append", "ann", 6, {"likes": ["tea"]}),
        ("profile_append", "bob", 7, {"likes": ["go"]}),
        ("profile_unset", "ann", 8, {"city": True}),
        ("profile_set_once", "ann", 9, {"plan": "gold"}),
        ("profile_increment", "ann", 10, {"visits": 1}),
    )
    ann = {"visits": 7, "points": 1, "likes": ["tea"], "plan": "gold"}
    bob = {"visits": 11, "points": 2, "likes": ["go"], "plan": "free", "city": "北京"}
    assert (brand.traits("ann"), brand.traits("bob")) == (ann, bob)
    merged = identity.merge(brand.key.workspace, brand.person("ann"), brand.person("bob"), NOW)
    both = {"visits": 12, "points": 3, "likes": ["go", "tea"], "plan": "free"}
    assert (brand.traits("ann"), brand.person("ann")) == (both, brand.person("bob"))
    identity.undo_merge(brand.key.workspace, merged, NOW + timedelta(minutes=1))
    assert (brand.traits("ann"), brand.traits("bob")) == (ann, bob)
