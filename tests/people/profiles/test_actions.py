"""What members do to a person is recorded, and takes effect when it is read; what a workspace sets up does at once."""

from datetime import UTC, datetime

import pytest
from tests.people.profiles.builders import Told, event, moment, own, user

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ALL, Actor
from lianyi.kernel.errors import Refused
from lianyi.people.profiles import actions, queries
from lianyi.people.profiles.schemas import PersonUnknown
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.people.profiles.traits.facts import Strategy
from lianyi.people.profiles.traits.values import TraitType

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 6, 1, tzinfo=UTC)
LATER = moment("2024-06-02")


@pytest.fixture
def told(monkeypatch) -> Told:
    told = Told()
    told.tell(event("person.identified", "2024-01-01", user("u"), traits={"name": "王小明", "age": 3}))
    monkeypatch.setattr(actions, "record_own", lambda _, events: told.recorded.extend(events))
    return told


def page(told):
    return queries.person_page(told.workspace, 1, LATER)


def audited(told):
    return [row[0] for row in told.rows("SELECT action FROM audit_line WHERE workspace = %s ORDER BY id")]


def test_a_member_states_traits(told):
    before = page(told)
    with acting_as(Actor("member:7", None, ALL)):
        event_id = actions.set_traits(told.workspace, 1, {"First Name": "x", "生日": "1990-02-03", "age": None}, NOW)
    assert page(told) == before
    (recorded,) = told.listen()
    assert (recorded.id, recorded.name, recorded.origin) == (event_id, "person.identified", "member:7")
    assert {t.name: (t.value, t.origin) for t in page(told).traits} == {
        "name": ("王小明", "server"),
        "First Name": ("x", "member:7"),
        "birthday": ("1990-02-03", "member:7"),
    }
    assert page(told).row.last_seen_on is None


def test_a_member_tags_and_writes_down_consent(told):
    actions.add_tag(told.workspace, 1, Dimension.STATE, " VIP ", NOW)
    actions.add_tag(told.workspace, 1, Dimension.STATE, "cold", NOW, expires_at=LATER)
    actions.give_consent(told.workspace, 1, "SMS", "marketing", NOW, how="call", proof="call 12")
    told.listen()
    assert [(tag.dimension, tag.name) for tag in page(told).tags] == [("state", "VIP")]
    assert queries.consented(told.workspace, 1, "sms", "marketing")
    later = NOW.replace(hour=1)
    actions.remove_tag(told.workspace, 1, Dimension.STATE, "VIP", later)
    actions.withdraw_consent(told.workspace, 1, "sms", "marketing", later, how="reply")
    told.listen()
    assert page(told).tags == ()
    assert not queries.consented(told.workspace, 1, "sms", "marketing")


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (lambda w: actions.set_traits(w, 1, {"age": "old"}, NOW), "trait.type"),
        (lambda w: actions.set_traits(w, 1, {"x" * 101: 1}, NOW), "trait.name"),
        (lambda w: actions.set_traits(w, 2, {"age": 1}, NOW), "person.unknown"),
        (lambda w: actions.add_tag(w, 1, Dimension.STATE, " ", NOW), "tag.invalid"),
        (lambda w: actions.add_tag(w, 1, Dimension.STATE, "x" * 101, NOW), "tag.invalid"),
        (lambda w: actions.give_consent(w, 1, "", "marketing", NOW, how="call"), "consent.invalid"),
        (lambda w: actions.give_consent(w, 1, "sms", "marketing", NOW, how=""), "consent.invalid"),
        (lambda w: actions.give_consent(w, 1, "sms", "marketing", NOW, how="x", proof="x" * 2001), "consent.proof"),
        (
            lambda w: actions.declare_trait(w, "age", kind=TraitType.TEXT, strategy=Strategy.FIRST),
            "trait.type",
        ),
        (lambda w: actions.declare_trait(w, "", kind=TraitType.TEXT, strategy=Strategy.FIRST), "trait.name"),
        (lambda w: actions.set_trust(w, ["member", "member"]), "trust.order"),
        (lambda w: actions.set_trust(w, [""]), "trust.order"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(told, refused, code):
    before, catalogue, lines = page(told), queries.trait_catalogue(told.workspace), audited(told)
    with pytest.raises(Refused) as error:
        refused(told.workspace)
    assert error.value.code == code
    assert told.recorded == []
    assert (page(told), queries.trait_catalogue(told.workspace), audited(told)) == (before, catalogue, lines)


def test_nobody_can_be_tagged(told):
    with pytest.raises(PersonUnknown):
        actions.add_tag(told.workspace, 9, Dimension.STATE, "VIP", NOW)


def test_a_strategy_says_which_name_counts(told):
    told.tell(event("person.identified", "2024-02-01", user("u"), traits={"name": "小王"}, origin="browser"))
    told.tell(event("person.identified", "2024-01-15", user("u"), traits={"name": "王总"}, origin="import:crm"))
    assert page(told).row.name == "小王"

    def pick(strategy):
        actions.declare_trait(told.workspace, "name", kind=TraitType.TEXT, strategy=strategy, label_zh="称呼")
        return page(told).row.name

    assert pick(Strategy.FIRST) == "王小明"
    assert pick(Strategy.MOST_TRUSTED) == "王总"
    actions.set_trust(told.workspace, ["browser", "server"])
    assert page(told).row.name == "小王"
    assert pick(Strategy.LATEST) == "小王"
    assert [trait.label_zh for trait in page(told).traits if trait.name == "name"] == ["称呼"]
    assert told.rows("SELECT name FROM person WHERE workspace = %s") == [("小王",)]
    assert [row.number for row in queries.search_people(told.workspace, "小王")] == [1]


def test_a_declared_trait_keeps_its_type(told):
    actions.declare_trait(told.workspace, "code", kind=TraitType.TEXT, strategy=Strategy.LATEST, sensitive=True)
    told.tell(event("person.identified", "2024-02-01", user("u"), traits={"code": 12}))
    assert [(t.value, t.sensitive) for t in page(told).traits if t.name == "code"] == [("12", True)]


def test_every_write_leaves_one_line(told):
    actions.set_traits(told.workspace, 1, {"age": 4}, NOW)
    actions.add_tag(told.workspace, 1, Dimension.STATE, "VIP", NOW)
    actions.withdraw_consent(told.workspace, 1, "sms", "marketing", NOW, how="reply")
    actions.set_trust(told.workspace, ["server"])
    actions.set_lifecycle_rule(told.workspace, ["x"], 30, NOW)
    assert audited(told)[-5:] == [
        "person.traits_set",
        "person.tagged",
        "consent.withdrawn",
        "trust.set",
        "lifecycle.rule_set",
    ]


def test_what_is_recorded_reads_back_as_it_was(told):
    actions.add_tag(told.workspace, 1, Dimension.PREFERENCE, "茶", NOW)
    (recorded,) = told.recorded
    back = own(recorded)
    assert (back.name, back.claims, back.properties["tag"]) == ("tag.added", (user("u"),), "茶")
