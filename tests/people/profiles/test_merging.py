"""People who become one and are taken apart again: every fact is where it was."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from tests.people.profiles.builders import Told, event, moment, user

from lianyi.people.identity import actions as identity
from lianyi.people.profiles import queries
from lianyi.people.profiles.lifecycle.stages import Stage
from lianyi.people.profiles.tags.facts import Dimension

pytestmark = pytest.mark.django_db

NOW = moment("2024-06-01")
WECHAT = ("wechat", "social", "", "")
GOOGLE = ("google", "cpc", "spring", "")


@pytest.fixture
def told(monkeypatch) -> Told:
    """Two persons, 1 and 2, of whom everything is known, and a third."""
    told = Told()
    for name, day, source, other in (("u1", 1, WECHAT, GOOGLE), ("u2", 2, GOOGLE, WECHAT)):
        told.tell(
            event("page.viewed", f"2024-01-0{day}", user(name), source=source),
            event("page.viewed", f"2024-02-0{day}", user(name), source=other),
            event("person.identified", f"2024-02-0{day}", user(name), traits={"name": f"王{name}", name: True}),
            event("trait.incremented", f"2024-02-0{day}", user(name), traits={"points": day}),
            event("tag.added", f"2024-02-0{day}", user(name), tag=name),
            event("consent.given", f"2024-02-0{day}", user(name), channel="sms", purpose="marketing", how="form"),
            event("Order Completed", f"2024-03-0{day}", user(name), order_id=name, total=day * 10),
        )
    told.tell(
        event("consent.withdrawn", "2024-02-05", user("u2"), channel="sms", purpose="marketing", how="reply"),
        event("tag.removed", "2024-02-05", user("u2"), tag="u1"),
        event("page.viewed", "2024-01-01", user("u3")),
    )
    told.listen()
    return told


def known(told, person):
    page = queries.person_page(told.workspace, person, NOW)
    return page._replace(identities=())


def heard_by(told, monkeypatch):
    """What identity's actions record is told at once."""
    from tests.people.profiles.builders import own

    monkeypatch.setattr(
        "lianyi.people.identity.actions.record_own", lambda _, events: told.tell(*[own(one) for one in events])
    )


def test_a_merge_shows_the_facts_of_both_and_the_unmerge_restores_each(told, monkeypatch):
    heard_by(told, monkeypatch)
    before = {person: known(told, person) for person in (1, 2, 3)}
    kept = told.fingerprint()
    merge = identity.merge(told.workspace, 1, 2, datetime(2024, 5, 1, tzinfo=UTC))

    one = known(told, 1)
    assert {trait.name: trait.value for trait in one.traits} == {"name": "王u2", "u1": True, "u2": True, "points": 3}
    # The tag u1 was taken off u2 after it was given to u1: of one person, the last word counts.
    assert [tag.name for tag in one.tags] == ["u2"]
    assert not queries.consented(told.workspace, 1, "sms", "marketing")
    assert (one.row.orders, one.row.spent) == (2, Decimal(30))
    assert [(touch.channel, touch.at) for touch in one.touches] == [
        ("wechat", moment("2024-01-01")),
        ("google", moment("2024-01-02")),
        ("google", moment("2024-02-01")),
        ("wechat", moment("2024-02-02")),
    ]
    assert (one.row.first_source.channel, one.row.last_source.channel) == ("wechat", "wechat")
    assert [(stage.stage, stage.at) for stage in one.stages] == [
        ("first_purchase", moment("2024-03-01")),
        ("repeat", moment("2024-03-02")),
    ]
    assert queries.stage_of(told.workspace, 1) is Stage.REPEAT
    assert queries.people(told.workspace, [2]) == []
    assert set(queries.tagged_people(told.workspace, Dimension.ATTRIBUTE, "u1", NOW)) == set()
    assert queries.source_map(told.workspace, "first")[0].tolist() == [1]
    assert known(told, 3) == before[3]

    told.listen()
    identity.undo_merge(told.workspace, merge, datetime(2024, 5, 2, tzinfo=UTC))
    told.listen()
    assert {person: known(told, person) for person in (1, 2, 3)} == before
    assert told.fingerprint() == kept
    assert queries.source_map(told.workspace, "first")[0].tolist() == [1, 2]
    told.replay()
    assert told.fingerprint() == kept


def test_a_change_by_a_merge_is_told_once_and_the_unmerge_repeats_nothing(told, monkeypatch):
    heard_by(told, monkeypatch)
    merge = identity.merge(told.workspace, 1, 2, datetime(2024, 5, 1, tzinfo=UTC))
    changes = [(one.properties["from"], one.properties["to"], one.at) for one in told.listen()]
    assert changes == [("first_purchase", "repeat", moment("2024-03-02"))]
    identity.undo_merge(told.workspace, merge, datetime(2024, 5, 2, tzinfo=UTC))
    told_before = {event.id for batch in told.log for event in batch}
    assert {bytes.fromhex(one.id) for one in told.recorded} <= told_before


def test_somebody_who_loses_their_only_order_by_an_unmerge_is_a_prospect_again(monkeypatch):
    told = Told()
    heard_by(told, monkeypatch)
    told.tell(event("page.viewed", "2024-01-01", user("u1")), event("purchase", "2024-01-02", user("u2")))
    merge = identity.merge(told.workspace, 1, 2, datetime(2024, 1, 3, tzinfo=UTC))
    told.listen()
    assert queries.stage_counts(told.workspace)[Stage.FIRST_PURCHASE] == 1
    assert queries.people(told.workspace, [1])[0].stage == "first_purchase"
    identity.undo_merge(told.workspace, merge, datetime(2024, 1, 4, tzinfo=UTC))
    assert {row.number: row.stage for row in queries.people(told.workspace, [1, 2])} == {
        1: "prospect",
        2: "first_purchase",
    }
    last = told.listen()
    assert [(one.properties["from"], one.properties["to"]) for one in last if one.properties["to"] == "prospect"] == [
        ("first_purchase", "prospect")
    ]
