"""What the profiles projector keeps of events, told batch by batch."""

from datetime import date
from decimal import Decimal

import pytest
from tests.people.profiles.builders import Told, cookie, event, moment, user

from lianyi.events.schemas import Claim
from lianyi.people.profiles import queries
from lianyi.people.profiles.schemas import SourceSeen
from lianyi.people.profiles.tags.facts import Dimension

pytestmark = pytest.mark.django_db

NOW = moment("2024-06-01")
WECHAT = ("wechat", "social", "", "")
GOOGLE = ("google", "cpc", "spring", "")


@pytest.fixture
def told() -> Told:
    return Told()


def page(told, person=1):
    return queries.person_page(told.workspace, person, NOW)


def traits(told, person=1):
    return {trait.name: trait.value for trait in page(told, person).traits}


def identify(at, *claims, **more):
    return event("person.identified", at, *claims, **more)


# Traits


def test_traits_are_typed_named_and_keep_who_said_what(told):
    told.tell(
        identify("2024-01-01", user("u"), traits={"firstName": "小明", "lastName": "王", "age": "31", "vip": True}),
        identify("2024-01-02", user("u"), traits={"age": 32, "visits": 4}, origin="browser"),
    )
    shown = page(told)
    assert shown.row.name == "王小明"
    assert {t.name: (t.kind, t.value, t.origin) for t in shown.traits} == {
        "age": ("number", 32, "browser"),
        "first_name": ("text", "小明", "server"),
        "last_name": ("text", "王", "server"),
        "vip": ("boolean", True, "server"),
        "visits": ("number", 4, "browser"),
    }
    age = next(trait for trait in shown.traits if trait.name == "age")
    assert [(one.value, one.at, one.origin) for one in age.history] == [
        (32, moment("2024-01-02"), "browser"),
        (31, moment("2024-01-01"), "server"),
    ]


def test_an_older_statement_that_comes_late_changes_nothing(told):
    told.tell(identify("2024-01-02", user("u"), traits={"city": "上海"}))
    told.tell(identify("2024-01-01", user("u"), traits={"city": "北京"}))
    assert traits(told) == {"city": "上海"}


def test_null_removes_a_trait_whoever_said_it(told):
    told.tell(identify("2024-01-01", user("u"), traits={"city": "上海", "age": 3}))
    told.tell(identify("2024-01-02", user("u"), traits={"city": None, "shoe": None}, origin="browser"))
    assert traits(told) == {"age": 3}
    assert [trait.name for trait in queries.trait_catalogue(told.workspace)] == ["age", "city"]
    told.tell(identify("2024-01-03", user("u"), traits={"city": "广州"}))
    assert traits(told) == {"age": 3, "city": "广州"}


def test_a_removal_that_comes_before_what_it_removes(told):
    told.tell(identify("2024-01-02", user("u"), traits={"shoe": None, "city": None}))
    told.tell(identify("2024-01-01", user("u"), traits={"shoe": 42, "city": "上海"}))
    assert traits(told) == {}
    told.tell(identify("2024-01-03", user("u"), traits={"shoe": 43}))
    assert traits(told) == {"shoe": 43}
    assert [(trait.name, trait.kind) for trait in queries.trait_catalogue(told.workspace)] == [
        ("city", "text"),
        ("shoe", "number"),
    ]


def test_a_value_of_another_type_is_refused_and_the_rest_of_the_event_counts(told):
    told.tell(identify("2024-01-01", user("u"), traits={"visits": 4, "city": "上海"}))
    told.tell(identify("2024-01-02", user("u"), traits={"visits": "many", "city": "北京", "x" * 101: 1}))
    assert [(one.position, one.code) for one in told.refused] == [(0, "trait.type"), (0, "trait.name")]
    assert traits(told) == {"visits": 4, "city": "北京"}


def test_a_workspace_has_five_hundred_traits_at_most(told):
    told.tell(identify("2024-01-01", user("u"), traits={f"t{place}": place for place in range(501)}))
    assert [(one.code, one.detail[:4]) for one in told.refused] == [("trait.full", "t500")]
    assert told.rows("SELECT count(*) FROM trait WHERE workspace = %s") == [(500,)]
    told.tell(identify("2024-01-02", user("u"), traits={"t7": 70, "t501": 1}))
    assert len(told.refused) == 2
    assert traits(told)["t7"] == 70


def test_the_profile_calls_of_another_vocabulary(told):
    told.tell(
        event("trait.set_once", "2024-01-02", user("u"), traits={"plan": "free", "city": "北京"}),
        identify("2024-01-01", user("u"), traits={"city": "上海"}),
        event("trait.incremented", "2024-01-03", user("u"), traits={"points": 2}),
        event("trait.incremented", "2024-01-03", user("u"), traits={"points": 0.5}, salt="again"),
        event("trait.appended", "2024-01-04", user("u"), traits={"likes": ["tea", "go"]}),
        event("trait.appended", "2024-01-05", user("u"), traits={"likes": ["tea", "chess"]}),
        event("trait.incremented", "2024-01-06", user("u"), traits={"city": 1}),
    )
    assert traits(told) == {"plan": "free", "city": "上海", "points": 2.5, "likes": ["chess", "go", "tea"]}
    assert [one.code for one in told.refused] == ["trait.type"]
    told.tell(event("trait.cleared", "2024-01-04T12:00:00", user("u"), traits={}))
    assert traits(told) == {"likes": ["chess", "tea"]}


def test_a_group_that_somebody_joins_is_a_trait(told):
    told.tell(
        event("person.grouped", "2024-01-02", user("u"), group=7),
        event("person.grouped", "2024-01-03", user("u"), group=None),
    )
    assert traits(told) == {"group_id": "7"}


def test_events_of_nobody_state_no_traits(told):
    told.tell(identify("2024-01-01", Claim("phone", "", "12345678901", False), traits={"city": "上海"}))
    assert told.rows("SELECT count(*) FROM trait_fact WHERE workspace = %s") == [(0,)]


# Tags and consents


def test_tags_are_given_taken_and_expire(told):
    told.tell(
        event("tag.added", "2024-01-01", user("u"), tag="VIP", dimension="state", origin="member:3"),
        event("tag.added", "2024-01-01", user("u"), tag="trial", expires_at=moment("2024-05-31")),
        event("tag.added", "2024-01-01", user("u"), tag="tea", dimension="preference", expires_at=NOW + 1),
        event("tag.removed", "2024-01-02", user("u"), tag="cold", dimension="state"),
        event("tag.added", "2024-01-01", user("u"), tag="cold", dimension="state"),
        event("tag.added", "2024-01-01", user("u"), tag="odd", dimension="colour"),
        event("tag.added", "2024-01-01", user("u"), tag=" "),
    )
    assert [(tag.dimension, tag.name, tag.origin, tag.expires_at) for tag in page(told).tags] == [
        ("preference", "tea", "server", NOW + 1),
        ("state", "VIP", "member:3", None),
    ]
    assert page(told).tags[1].event == told.log[0][0].id.hex()
    assert [one.code for one in told.refused] == ["tag.invalid", "tag.invalid"]
    assert set(queries.tagged_people(told.workspace, Dimension.STATE, "VIP", NOW)) == {1}
    assert set(queries.tagged_people(told.workspace, Dimension.ATTRIBUTE, "trial", NOW)) == set()
    assert set(queries.tagged_people(told.workspace, Dimension.ATTRIBUTE, "trial", moment("2024-05-30"))) == {1}


def test_the_consent_ledger_keeps_every_line(told):
    about = {"channel": "SMS", "purpose": "marketing"}
    told.tell(
        event("consent.withdrawn", "2024-01-03", user("u"), how="reply", **about),
        event("consent.given", "2024-01-01", user("u"), how="form", proof="页面 7", **about),
        event("consent.given", "2024-01-03", user("u"), how="call", **about),
        event("consent.given", "2024-01-03", user("u"), how="form", channel="email", purpose="marketing"),
        event("consent.given", "2024-01-03", user("u"), how="form", channel="email"),
    )
    assert [(line.channel, line.given, line.how) for line in page(told).consents] == [
        ("email", True, "form"),
        ("sms", False, "reply"),
    ]
    history = [(line.given, line.how, line.proof) for line in page(told).consent_history if line.channel == "sms"]
    assert sorted(history) == [(False, "reply", ""), (True, "call", ""), (True, "form", "页面 7")]
    assert [one.code for one in told.refused] == ["consent.invalid"]
    assert not queries.consented(told.workspace, 1, "sms", "marketing")
    assert queries.consented(told.workspace, 1, "email", "marketing")
    assert not queries.consented(told.workspace, 1, "email", "service")
    assert set(queries.consented_people(told.workspace, "email", "marketing")) == {1}


# Sources


def test_touches_make_a_path_with_a_first_and_a_last(told):
    told.tell(event("page.viewed", "2024-01-02T10:00:00", cookie("c"), source=GOOGLE))
    told.tell(
        event("page.viewed", "2024-01-02T10:30:00", cookie("c"), source=GOOGLE),  # still the same touch
        event("page.viewed", "2024-01-02T11:00:01", cookie("c"), source=GOOGLE),  # a minute too late
        event("page.viewed", "2024-01-02T10:10:00", cookie("c"), source=WECHAT),
        event("page.viewed", "2024-01-01T09:00:00", cookie("c"), source=WECHAT),
        event("page.viewed", "2024-01-05T09:00:00", cookie("c"), source=GOOGLE, machine=True),
    )
    first = SourceSeen(*WECHAT, moment("2024-01-01T09:00:00"))
    last = SourceSeen(*GOOGLE, moment("2024-01-02T11:00:01"))
    assert page(told).touches == (
        first,
        SourceSeen(*GOOGLE, moment("2024-01-02T10:00:00")),
        SourceSeen(*WECHAT, moment("2024-01-02T10:10:00")),
        last,
    )
    assert (page(told).row.first_source, page(told).row.last_source) == (first, last)
    names = queries.sources(told.workspace)
    persons, numbers = queries.source_map(told.workspace, "first")
    assert (persons.tolist(), [names[number] for number in numbers.tolist()]) == ([1], [WECHAT])
    assert [names[number] for number in queries.source_map(told.workspace, "last")[1].tolist()] == [GOOGLE]


def test_a_late_moment_joins_two_touches_into_one(told):
    for at in ("10:00:00", "10:50:00", "10:25:00"):
        told.tell(event("page.viewed", f"2024-01-02T{at}", cookie("c"), source=GOOGLE))
    assert page(told).touches == (SourceSeen(*GOOGLE, moment("2024-01-02T10:00:00")),)
    assert told.rows("SELECT count(*) FROM touch WHERE workspace = %s") == [(1,)]


# Presence


def test_what_we_learn_of_somebody_is_no_sign_of_them(told):
    told.tell(identify("2024-01-05", user("u"), traits={"city": "上海"}, origin="import:crm"))
    row = page(told).row
    assert (row.first_seen_at, row.last_seen_on) == (moment("2024-01-05"), None)
    told.tell(event("Product Viewed", "2024-01-03T23:59:59", user("u")))
    told.tell(event("Product Viewed", "2024-02-01", user("u"), machine=True))
    told.tell(event("tag.added", "2024-03-01", user("u"), tag="VIP"))
    row = page(told).row
    assert (row.first_seen_at, row.last_seen_on) == (moment("2024-01-03T23:59:59"), date(2024, 1, 3))
    told.tell(event("page.viewed", "2024-01-09", user("u")))
    assert page(told).row.last_seen_on == date(2024, 1, 9)


# Orders


def test_orders_of_a_person_and_of_nobody(told):
    told.tell(
        event("Order Completed", "2024-01-01", user("u"), order_id="A", total="120.50", currency="CNY"),
        event("Order Completed", "2024-01-02", order_id="B", total=80),
        event("Order Refunded", "2024-01-03", order_id="A", total="20.5"),  # a server that does not say who
        event("Order Completed", "2024-01-04", user("u"), order_id="C", total="oops"),
        event("Order Completed", "2024-01-05", user("u"), order_id="D", total=9, currency="USD"),
    )
    shown = page(told)
    assert [(o.number, o.total, o.net, o.currency, o.state) for o in shown.orders] == [
        ("D", Decimal(9), Decimal(9), "USD", "placed"),
        ("A", Decimal("120.5"), Decimal("100"), "CNY", "placed"),
    ]
    assert (shown.row.orders, shown.row.spent) == (2, Decimal(100))  # dollars stay apart
    assert [(one.position, one.code) for one in told.refused] == [(3, "order.amount")]
    totals = queries.order_totals(told.workspace)
    assert (totals.orders, totals.anonymous, totals.net) == (3, 1, Decimal(189))
    assert queries.known_orders(told.workspace, "shop", ["A", "B", "C"]) == {"A", "B"}
    assert queries.known_orders(told.workspace, "retail", ["A"]) == set()


def test_an_order_that_two_strangers_speak_of_belongs_to_the_first(told):
    told.tell(
        event("page.viewed", "2024-01-01", cookie("c")),
        event("order.line", "2024-01-02", user("u"), order="A", quantity=2, price="5"),
        event("order.line", "2024-01-02", cookie("c"), order="A", quantity=1, price="3"),
    )
    rows = queries.people(told.workspace, [1, 2])
    assert [(row.number, row.orders, row.spent) for row in rows] == [(1, 1, Decimal(13)), (2, 0, Decimal(0))]
    assert [order.lines for order in page(told, 1).orders] == [2]
    assert page(told, 2).orders == ()


def test_a_machine_places_no_orders_unless_a_server_vouches_for_it(told):
    told.tell(
        event("purchase", "2024-01-01", user("u"), machine=True, trusted=False),
        event("purchase", "2024-01-02", user("u"), machine=True, trusted=True),
    )
    assert [order.placed_at for order in page(told).orders] == [moment("2024-01-02")]


# The whole


def story():
    return [
        event("page.viewed", "2024-01-01", cookie("c1"), source=WECHAT),
        event("Product Viewed", "2024-01-02", cookie("c2"), source=GOOGLE),
        identify("2024-01-02", user("u1"), cookie("c1"), traits={"name": "王小明", "age": 3}),
        event("add_to_cart", "2024-01-03", user("u1")),
        event("tag.added", "2024-01-03", user("u1"), tag="VIP"),
        event("consent.given", "2024-01-03", user("u1"), channel="sms", purpose="marketing", how="form"),
        event("Order Completed", "2024-01-04", cookie("c2"), order_id="1", total=10),
        identify("2024-01-05", user("u1"), cookie("c2"), traits={"age": "x"}),
        event("order.line", "2024-06-04", user("u1"), order="2", quantity=1, price="2.5"),
        event("trait.incremented", "2024-06-05", user("u1"), traits={"points": 2}),
        event("tag.removed", "2024-06-06", user("u1"), tag="VIP"),
    ]


@pytest.mark.parametrize("size", [1, 3, 100])
def test_rebuilt_from_zero_is_kept_up_to_date(told, size):
    for one in story():
        told.tell(one)
        told.listen()
    kept = told.fingerprint()
    told.replay()
    assert told.fingerprint() == kept
    told.replay(batches_of=size)
    assert told.fingerprint() == kept


def test_one_projector_rebuilt_alone_is_as_it_was(told):
    for one in story():
        told.tell(one)
    told.listen()
    kept = told.fingerprint()
    for place in (1, 2):
        projector = told.chain[place]
        projector.forget(told.workspace)
        assert projector.fingerprint(told.workspace) != {
            name.partition(".")[2]: digest for name, digest in kept.items() if name.startswith(projector.name)
        }
        told.replay_only(projector)
        assert told.fingerprint() == kept


def test_workspaces_know_nothing_of_each_other(told):
    other = Told()
    told.tell(*story())
    assert set(other.fingerprint().values()) == set(Told().fingerprint().values())
    assert queries.newest_people(other.workspace) == []
    assert queries.search_people(other.workspace, "王小明") == []
