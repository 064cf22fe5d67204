"""Interview notes: kept with a person, searched, exported, and gone with them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.people.erasing.told import Brand, brand

from lianyi.foundation.audit.models import AuditLine
from lianyi.growth.interviews import actions, queries
from lianyi.growth.interviews.schemas import LONGEST, MOST, Draft, Said
from lianyi.growth.interviews.tables import rows_of
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.actions import erase
from lianyi.people.identity import actions as identity

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOTE = Draft(
    date(2026, 2, 28), "Booth 3", (Said("How do you choose?", "By the smell."),), "", ("I would pay more.",), ("price",)
)


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Brand]:
    with brand() as made:
        made.send({"type": "identify", "userId": "u1"}, {"type": "identify", "userId": "u2"})
        made.run()
        yield made


def test_a_note_is_kept_changed_found_and_deleted(shop: Brand) -> None:
    person, other = shop.person("user_id", "u1"), shop.person("user_id", "u2")
    one = actions.record_interview(shop.workspace, person, NOTE, NOW)
    two = actions.record_interview(shop.workspace, other, NOTE._replace(said=(), text="=1+1 tea", tags=()), NOW)
    assert (one.person, one.draft, one.held_by) == (person, NOTE, "system")
    assert [row.id for row in queries.interviews(shop.workspace, 10)] == [two.id, one.id]
    assert [row.id for row in queries.interviews(shop.workspace, 10, two.id)] == [one.id]
    assert [row.id for row in queries.interviews(shop.workspace, 10, containing="SMELL")] == [one.id]
    assert [row.id for row in queries.interviews(shop.workspace, 10, tag="price")] == [one.id]
    assert [row.id for row in queries.interviews(shop.workspace, 10, person=other)] == [two.id]
    changed = actions.change_interview(shop.workspace, one.id, NOTE._replace(place="Shop 2"), NOW + timedelta(days=1))
    assert (changed.draft.place, changed.person, changed.changed_at > one.changed_at) == ("Shop 2", person, True)
    _head, second, first = rows_of(shop.workspace)
    assert (second[5:8], first[5:10]) == (
        ["", "", "=1+1 tea"],
        ["How do you choose?", "By the smell.", "", "I would pay more.", "price"],
    )
    actions.delete_interview(shop.workspace, one.id)
    with pytest.raises(Refused):
        queries.interview_of(shop.workspace, one.id)
    lines = AuditLine.objects.filter(workspace=shop.workspace, action__startswith="interview.").order_by("pk")
    assert [line.action for line in lines] == [
        f"interview.{act}" for act in ("recorded", "recorded", "changed", "deleted")
    ]  # fmt: skip


def test_a_merge_moves_a_note_and_an_erasure_takes_it(shop: Brand) -> None:
    person, other = shop.person("user_id", "u1"), shop.person("user_id", "u2")
    actions.record_interview(shop.workspace, other, NOTE, NOW)
    identity.merge(shop.workspace, person, other, system_clock())
    shop.run()
    (row,) = queries.interviews(shop.workspace, 10, person=person)
    assert row.person == person
    erase(shop.workspace, person, system_clock)
    assert queries.interviews(shop.workspace, 10) == []


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (Draft(date(2026, 2, 28)), "interview.empty"),
        (NOTE._replace(text="x" * (LONGEST + 1)), "interview.long"),
        (NOTE._replace(tags=tuple(map(str, range(MOST + 1)))), "interview.many"),
        (NOTE._replace(text="a\x00b"), "interview.unseen"),
        (NOTE._replace(held_on=date(2026, 4, 1)), "interview.future"),
    ],
)
def test_what_is_no_note_is_refused(shop: Brand, draft: Draft, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.record_interview(shop.workspace, shop.person("user_id", "u1"), draft, NOW)
    assert refused.value.code == code
    with pytest.raises(Refused):
        actions.record_interview(shop.workspace, 99_999, NOTE, NOW)
    assert queries.interviews(shop.workspace, 10) == []
