"""Lists, searches and the export of one person."""

import json
from datetime import date
from importlib import import_module

import pytest
from django.db import connection
from tests.people.profiles.builders import Told, cookie, event, moment, user

from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.models import Workspace, WriteKey
from lianyi.kernel.text import bigrams, search_terms
from lianyi.people.profiles import queries
from lianyi.people.profiles.schemas import PersonUnknown

pytestmark = pytest.mark.django_db

NOW = moment("2024-06-01")


@pytest.fixture
def told() -> Told:
    told = Told()
    workspace = Workspace.objects.get(pk=told.workspace)
    create_write_key(workspace, WriteKey.Kind.SERVER, "shop", group="shop")
    told.tell(
        event("person.identified", "2024-01-01", user("u1"), traits={"name": "王小明"}),
        event("person.identified", "2024-01-02", user("u2"), traits={"name": "王明"}),
        event("person.identified", "2024-01-03", user("u3"), traits={"name": "Anna Smith", "city": "上海"}),
        event("page.viewed", "2024-01-04", cookie("c4")),
        event(
            "person.identified",
            "2024-01-05",
            Claim("crm_id", "crm", "C-5", True),
            Claim("phone", "", "13812345678", True),
            origin="import:crm",
            traits={"city": "广州"},
        ),
        event("page.viewed", "2024-01-06", user("u1"), cookie("c1")),
        event("add_to_cart", "2024-01-06", user("u2")),
    )
    return told


def numbers(rows):
    return [row.number for row in rows]


def test_the_newest_people_page_by_page(told):
    # 6 is the phone of 5, and 7 a cookie of 1: identities that are no persons.
    assert numbers(queries.newest_people(told.workspace)) == [5, 4, 3, 2, 1]
    assert numbers(queries.newest_people(told.workspace, limit=2)) == [5, 4]
    assert numbers(queries.newest_people(told.workspace, limit=2, after=4)) == [3, 2]
    assert numbers(queries.newest_people(told.workspace, stage="intent")) == [2]
    assert numbers(queries.newest_people(told.workspace, stage="prospect")) == [5, 4, 3, 1]
    one = queries.people(told.workspace, [1])[0]
    assert (one.name, one.stage, one.first_seen_at, one.last_seen_on, one.orders) == (
        "王小明",
        "prospect",
        moment("2024-01-01"),
        date(2024, 1, 6),
        0,
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("小明", [1]),
        ("王小明", [1]),
        ("anna smith", [3]),
        ("NASM", [3]),
        ("明王", []),
        ("王明", [2]),
        ("王", [2, 1]),
        ("小", [1]),
        (" 明 ", [2, 1]),
        ("李", []),
        ("a", []),
        ("u2", [2]),
        ("c1", [1]),
        ("C-5", [5]),
        ("138 1234 5678", [5]),
        ("+86 13812345678", [5]),
        ("#3", [3]),
        ("4", [4]),
        ("", []),
        (" ", []),
        ("nobody@example.com", []),
        ("'; DROP TABLE person; --", []),
        ("\x00", []),
    ],
)
def test_search_by_name_identity_and_number(told, text, found):
    assert numbers(queries.search_people(told.workspace, text)) == found


def test_search_knows_the_ids_of_a_system_that_stated_no_trait(told):
    bought = {"order": "A1", "sku": "TEA", "quantity": 1, "price": "9.50", "currency": "GBP"}
    buyer = Claim("crm_id", "till", "16569", True)
    told.tell(event("order.line", "2024-02-01", buyer, origin="import:till", **bought))
    assert numbers(queries.search_people(told.workspace, "16569")) == [8]


def test_a_name_that_is_the_query_comes_first(told):
    told.tell(event("person.identified", "2024-02-01", user("u9"), traits={"name": "小明"}))
    assert numbers(queries.search_people(told.workspace, "小明")) == [8, 1]


def test_one_character_finds_the_newest_of_many_and_the_only_one_from_long_ago(told):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO identity (workspace, number, kind, scope, value, hash, strong, person, first_seen_at)
            SELECT %s, n, 'user_id', 'default', 'm' || n, decode(md5('m' || n), 'hex'), true, n, 0
            FROM generate_series(101, 11100) AS n
            """,
            [told.workspace],
        )
        cursor.execute(
            """
            INSERT INTO person (workspace, number, orders, spent, name, bigrams)
            SELECT %s, n, 0, 0, '陈' || n, ARRAY['陈', '陈1', '11', '10'] FROM generate_series(101, 11100) AS n
            """,
            [told.workspace],
        )
    assert numbers(queries.search_people(told.workspace, "陈", 3)) == [11100, 11099, 11098]
    assert numbers(queries.search_people(told.workspace, "小")) == [1]
    assert numbers(queries.search_people(told.workspace, "王")) == [2, 1]


@pytest.mark.parametrize(
    "name",
    [
        "王小明",
        "欧阳 娜娜",
        "王",
        "王Anna王",
        "Anna Smith",
        "스미스",
        "さくら",
        "\uf900更",
        "𠮷野家",
        "Ⅳ王ﬁ",
        "小\u200b明",
    ],
)
def test_names_that_were_kept_before_become_what_they_would_be_now(told, name):
    """The migration makes of the bigrams, which were all that a name was found by, what a replay makes of the name."""
    told.tell(event("person.identified", "2024-01-07", user("u9"), traits={"name": name}))
    whole = told.fingerprint()
    told.rows(
        "UPDATE person SET bigrams = terms FROM (SELECT %s AS ws, %s::text[] AS terms) AS old "
        "WHERE workspace = ws AND number = 8 RETURNING number",
        bigrams(name),
    )
    with connection.cursor() as cursor:
        cursor.execute(import_module("lianyi.people.profiles.migrations.0005_one_character")._ADD)
    assert told.rows("SELECT bigrams FROM person WHERE workspace = %s AND number = 8") == [(search_terms(name),)]
    assert told.fingerprint() == whole


def test_nobody_has_a_page(told):
    for number in (0, 6, 99, 2**31):
        with pytest.raises(PersonUnknown):
            queries.person_page(told.workspace, number, NOW)


def test_trait_values_for_many_at_once(told):
    everybody = dict(queries.trait_values(told.workspace, ["name", "city"]))
    assert everybody == {
        1: {"name": "王小明"},
        2: {"name": "王明"},
        3: {"name": "Anna Smith", "city": "上海"},
        5: {"city": "广州"},
    }
    assert dict(queries.trait_values(told.workspace, ["city"], [1, 3])) == {3: {"city": "上海"}}
    assert dict(queries.trait_values(told.workspace, ["nothing"])) == {}
    assert [trait.name for trait in queries.trait_catalogue(told.workspace)] == ["city", "name"]


def test_an_export_is_plain_json_and_holds_everything(told):
    told.tell(
        event("page.viewed", "2024-01-07", user("u3"), source=("wechat", "social", "", "")),
        event("tag.added", "2024-01-07", user("u3"), tag="VIP", expires_at=moment("2024-07-01")),
        event("consent.given", "2024-01-07", user("u3"), channel="sms", purpose="marketing", how="form"),
        event("purchase", "2024-01-07", user("u3"), order_id="A", total="12.50"),
    )
    whole = json.loads(json.dumps(queries.export_person(told.workspace, 3, NOW)))
    assert (whole["person"], whole["name"], whole["stage"]) == (3, "Anna Smith", "first_purchase")
    assert (whole["first_seen_at"], whole["last_seen_on"]) == ("2024-01-03T00:00:00Z", "2024-01-07")
    assert [(one["kind"], one["scope"], one["value"]) for one in whole["identities"]] == [("user_id", "shop", "u3")]
    assert [(one["name"], one["value"], one["at"]) for one in whole["traits"]] == [
        ("city", "上海", "2024-01-03T00:00:00Z"),
        ("name", "Anna Smith", "2024-01-03T00:00:00Z"),
    ]
    assert whole["traits"][0]["history"] == [
        {"value": "上海", "at": "2024-01-03T00:00:00Z", "origin": "server", "identity": 3}
    ]
    assert [(one["name"], one["expires_at"]) for one in whole["tags"]] == [("VIP", "2024-07-01T00:00:00Z")]
    assert [(one["channel"], one["given"], one["how"]) for one in whole["consents"]] == [("sms", True, "form")]
    assert [(one["channel"], one["at"]) for one in whole["touches"]] == [("wechat", "2024-01-07T00:00:00Z")]
    assert [(one["number"], one["net"], one["state"]) for one in whole["orders"]] == [("A", "12.5", "placed")]
    assert whole["stages"] == [{"stage": "first_purchase", "at": "2024-01-07T00:00:00Z", "reason": "order"}]


POSTER = ("offline", "poster", "fair", "hall-3")
SEARCH = ("baidu", "organic", "", "")


def days(number: int) -> int:
    return number * queries.ATTRIBUTED_FOR // 30


@pytest.mark.parametrize(
    ("touches", "stated", "expected"),
    [
        ([], ("", "", ""), ("", "", "", None)),
        ([], ("baidu", "", ""), ("baidu", "", "", None)),
        ([(0, POSTER)], ("", "", ""), ("offline", "fair", "hall-3", 0)),
        ([(0, POSTER)], ("baidu", "", ""), ("offline", "fair", "hall-3", 0)),
        ([(0, POSTER)], ("weibo", "fair", ""), ("weibo", "fair", "", None)),
        ([(0, POSTER)], ("wechat", "", "booth-3"), ("wechat", "", "booth-3", None)),
        ([(-30, POSTER)], ("", "", ""), ("offline", "fair", "hall-3", -30)),
        ([(-31, POSTER)], ("", "", ""), ("", "", "", None)),
        ([(1, POSTER)], ("", "", ""), ("", "", "", None)),
        ([(-3, POSTER), (-1, SEARCH)], ("", "", ""), ("offline", "fair", "hall-3", -3)),
        ([(-3, POSTER), (-1, ("weibo", "", "another", ""))], ("", "", ""), ("weibo", "another", "", -1)),
        ([(-31, POSTER), (-1, SEARCH)], ("", "", ""), ("baidu", "", "", -1)),
        ([(-1, SEARCH)], ("google", "", ""), ("google", "", "", None)),
    ],
)
def test_what_somebody_does_is_due_to_the_last_source_before_it(touches, stated, expected):
    told, at = Told(), moment("2024-05-01")
    for day, source in touches:
        told.tell(event("page.viewed", at + days(day), cookie("c1"), source=source))
    told.tell(event("form.submitted", at, cookie("c1")))
    (found,) = queries.came_from(told.workspace, [queries.Act(1, at, *stated)])
    *source, came = expected
    assert found == (*source, None if came is None else at + days(came))


def test_whoever_turns_out_to_be_the_same_person_brings_a_source_along_and_nobody_elses_does(django_assert_num_queries):
    told, at = Told(), moment("2024-05-01")
    told.tell(event("page.viewed", at - 3, cookie("c1"), source=POSTER))  # 1
    told.tell(event("page.viewed", at - 2, cookie("c2"), source=SEARCH))  # 2
    told.tell(event("page.viewed", at - 1, user("u3"), cookie("c3")))  # 3 and 4
    acts = [queries.Act(number, at) for number in (4, 0, 2, 1, 99)]
    nobody = ("", "", "", None)
    with django_assert_num_queries(1):
        found = queries.came_from(told.workspace, acts)
    assert found == [nobody, nobody, ("baidu", "", "", at - 2), ("offline", "fair", "hall-3", at - 3), nobody]
    told.tell(event("page.viewed", at + 1, user("u3"), cookie("c1")))
    assert queries.came_from(told.workspace, acts)[0] == ("offline", "fair", "hall-3", at - 3)
    assert queries.came_from(Told().workspace, acts) == [nobody] * 5
    with django_assert_num_queries(0):
        assert queries.came_from(told.workspace, [queries.Act(0, at), queries.Act(1, at, "x", "y", "z")]) == [
            nobody,
            ("x", "y", "z", None),
        ]


def test_a_source_that_shows_again_counts_until_its_last_moment():
    told, at = Told(), moment("2024-05-01")
    for minute, source in ((0, POSTER), (10, ("weibo", "", "another", "")), (20, POSTER)):
        told.tell(event("page.viewed", at + minute * 60_000_000, cookie("c1"), source=source))

    def at_minute(minute):
        return queries.came_from(told.workspace, [queries.Act(1, at + minute * 60_000_000)])[0]

    assert at_minute(30) == ("offline", "fair", "hall-3", at + 20 * 60_000_000)
