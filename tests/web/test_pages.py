"""The pages: what they show, to whom, in which words, and at what cost."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.insight.kept.keeping import settle
from lianyi.people.identity.actions import merge
from lianyi.people.identity.queries import person_exists
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)  # as the pipeline works

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
NewBrand = Callable[[], Brand]


def buyer(user: str, name: str, **more: Any) -> list[dict[str, Any]]:
    """Somebody who came by a campaign, said who they are, and bought."""
    campaign = {"source": "wechat", "medium": "social", "name": more.pop("campaign", "spring")}
    total = {"order_id": f"o-{user}", "total": 268.5, "currency": "CNY"}
    return [
        {"type": "page", "userId": user, "name": "Home", "context": {"campaign": campaign}},
        {"type": "identify", "userId": user, "traits": {"name": name, "email": f"{user}@shop.cn", **more}},
        {"userId": user, "event": "Order Completed", "properties": total},
    ]


def number_of(brand: Brand, text: str) -> int:
    (row,) = search_people(brand.workspace.pk, text)
    return row.number


def counted(client: Client, address: str, name: str) -> Any:
    """What a part shows once it is counted."""
    for _ in range(50):
        shown = client.get(address).context[name]
        if shown.fresh:
            return shown
        settle()
        time.sleep(0.1)
    raise AssertionError(f"{address} was never counted")


def test_new_people_by_source_and_stages(brand: Brand) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    brand.send(*buyer("u1", "王小明"), {"anonymousId": "a1"}, {"anonymousId": "a2", "timestamp": long_ago})
    client = brand.visitor()
    shown = counted(client, "/overview/newcomers?period=7", "newcomers")
    assert (shown.total, len(shown.chart["labels"])) == (2, 7)
    assert sorted((one["name"], one["values"]) for one in shown.chart["series"]) == [
        ("Unknown", [0, 0, 0, 0, 0, 0, 1]),
        ("WeChat", [0, 0, 0, 0, 0, 0, 1]),
    ]
    assert counted(client, "/overview/newcomers?period=all", "newcomers").total == 3
    stages = counted(client, "/overview/stages", "stages")
    assert dict(stages.counts)["first_purchase"] == 1
    assert sum(dict(stages.counts).values()) == 3


def test_the_overview_shows_people_events_stages_and_the_funnel(brand: Brand) -> None:
    brand.send(*buyer("u1", "王小明"), {"anonymousId": "a1", "event": "Product Viewed"})
    client = brand.visitor()
    page = client.get("/").text
    assert "王小明" in page
    assert "Viewed a product" in page
    assert "/live/ticks?token=" in page
    assert client.get("/overview/newest").text.strip() in page
    funnel = counted(client, "/overview/funnel?period=7&by=last_source", "funnel")
    assert [cell.people for cell in funnel.total.cells] == [0, 1, 1, 1, 0]
    assert [cell.rate for cell in funnel.total.cells] == [None, None, 0.0, 1.0, 0.0]
    assert {line.source: [cell.people for cell in line.cells] for line in funnel.lines} == {
        "wechat": [0, 0, 1, 1, 0],
        "unknown": [0, 1, 0, 0, 0],
    }
    assert client.get("/overview/funnel?period=x&by=x").context["funnel"].side == "first_source"


def test_the_funnel_of_old_files_is_that_of_all_time(brand: Brand) -> None:
    old = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    brand.send({"anonymousId": "a", "timestamp": old})
    client = brand.visitor()
    assert client.get("/").context["period"] == "all"
    assert counted(client, "/overview/funnel?period=30", "funnel").empty
    assert not counted(client, "/overview/funnel?period=all", "funnel").empty
    brand.send({"anonymousId": "b"})
    assert client.get("/").context["period"] == "30"


def test_a_person_is_shown_whole(brand: Brand) -> None:
    brand.send(*buyer("u1", "王小明", city="杭州"))
    number = number_of(brand, "王小明")
    client = brand.visitor()
    page = client.get(f"/people/{number}").text
    for part in (
        "王小明",
        "u1@shop.cn",
        "杭州",
        "spring",
        "First source",
        "o-u1",
        "CN¥268.50",
        "First purchase",
        "strong",
    ):
        assert part in page, part
    events = client.get(f"/people/{number}/events")
    assert [one.name for one in events.context["moments"]].count("Order Completed") == 1
    assert "CN¥268.50" in events.text


def test_names_of_events_filter_the_timeline_and_pages_follow_one_another(brand: Brand) -> None:
    start = datetime.now(UTC) - timedelta(hours=1)
    brand.send(
        *(
            {
                "userId": "u",
                "event": f"{'Odd' if i % 2 else 'Even'} {i}",
                "timestamp": (start + timedelta(seconds=i)).isoformat(),
            }
            for i in range(70)
        )
    )
    client, seen, further = brand.visitor(), [], ""
    while True:
        answer = client.get("/people/1/events", {"before": further} if further else {})
        seen += [one.name for one in answer.context["moments"]]
        further = answer.context["further"]
        if not further:
            break
    assert seen == [f"{'Odd' if i % 2 else 'Even'} {i}" for i in reversed(range(70))]
    odd = client.get("/people/1/events?name=odd").context
    assert [one.name for one in odd["moments"]] == [f"Odd {i}" for i in range(69, 10, -2)]
    rest = client.get("/people/1/events", {"name": "odd", "before": odd["further"]}).context
    assert [one.name for one in rest["moments"]] == [f"Odd {i}" for i in range(9, 0, -2)]
    assert client.get("/people/1/events?before=nonsense&name=none").context["moments"] == []


def test_a_property_may_be_named_like_anything_of_a_template(brand: Brand) -> None:
    said = {"items": 7_431, "keys": "brass", "values": [], "0": "first"}
    brand.send({"userId": "u", "event": "Odd", "properties": said})
    events = brand.visitor().get("/people/1/events")
    assert [one.said for one in events.context["moments"]] == [said]
    assert "<dt>items</dt><dd>7,431</dd>" in events.text
    assert "<dt>keys</dt><dd>brass</dd>" in events.text


def test_what_hostile_senders_write_stays_text(brand: Brand) -> None:
    brand.send(*buyer("u1", HOSTILE, campaign=HOSTILE, city=HOSTILE), {"userId": "u1", "event": HOSTILE})
    client = brand.visitor()
    for path in ("/", "/people", "/people?q=script", "/people/1", "/people/1/events", f"/people?q={HOSTILE}"):
        page = client.get(path).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    assert "&lt;script&gt;alert(1)" in client.get("/people/1").text


def test_a_merged_number_leads_to_the_person_it_is_part_of(brand: Brand) -> None:
    brand.send(*buyer("u1", "甲"), *buyer("u2", "乙"))
    one, other = number_of(brand, "甲"), number_of(brand, "乙")
    merge(brand.workspace.pk, one, other, datetime.now(UTC))
    brand.project()
    assert not person_exists(brand.workspace.pk, max(one, other))
    client = brand.visitor()
    answer = client.get(f"/people/{max(one, other)}")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{min(one, other)}")
    assert "A member joined identities" in client.get(f"/people/{min(one, other)}").text
    assert client.get(f"/people/{max(one, other)}/events").status_code == 404


def test_people_of_other_workspaces_are_nobody(new_brand: NewBrand) -> None:
    mine, theirs = new_brand(), new_brand()
    theirs.send(*buyer("u1", "王小明"))
    client = mine.visitor()
    number = number_of(theirs, "王小明")
    for path in (
        f"/people/{number}",
        f"/people/{number}/events",
        f"/people/{number}?workspace={theirs.workspace.slug}",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/people?q=王小明").context["people"] == []
    assert "王小明" not in client.get(f"/?workspace={theirs.workspace.slug}").text
    for number in (0, 2**31, 10**30):
        assert client.get(f"/people/{number}").status_code == 404


def test_a_member_of_two_workspaces_chooses(new_brand: NewBrand) -> None:
    mine, other = new_brand(), new_brand()
    other.send(*buyer("u1", "王小明"))
    ensure_member(other.workspace, mine.owner.email, Role.VIEWER)
    client = mine.visitor()
    assert "王小明" not in client.get("/people").text
    assert "王小明" in client.get(f"/people?workspace={other.workspace.slug}").text
    assert "王小明" in client.get("/people").text  # the choice stays
    assert "王小明" not in client.get(f"/people?workspace={mine.workspace.slug}").text


def test_people_are_found_and_listed_a_page_at_a_time(brand: Brand) -> None:
    brand.send(*({"type": "identify", "userId": f"u{i}", "traits": {"name": f"王{i}"}} for i in range(120)))
    client, listed, path = brand.visitor(), [], "/people"
    while path:
        answer = client.get(path)
        listed += [row.number for row in answer.context["people"]]
        path = f"/people?after={answer.context['further']}" if answer.context["further"] else ""
    assert listed == list(range(120, 0, -1))
    assert [row.name for row in client.get("/people?q=王119").context["people"]] == ["王119"]
    assert [row.name for row in client.get("/people?q=u7").context["people"]] == ["王7"]
    assert "Nobody fits" in client.get("/people?q=李四").text
    assert len(client.get("/people?stage=prospect").context["people"]) == 50
    assert client.get("/people?stage=repeat").context["people"] == []
    part = client.get("/people?q=王119", headers={"HX-Request": "true", "HX-Target": "people"}).text
    assert "<html" not in part
    assert part.count("people-name") == 1


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "客户"), ("en-GB", "People"), ("fr", "客户")])
def test_pages_speak_the_browsers_language_and_chinese_otherwise(brand: Brand, language: str, title: str) -> None:
    page = brand.visitor(language).get("/people").text
    assert f"<title>{title} · " in page
    assert ('lang="zh-Hans">' in page) == (title == "客户")


def test_the_switch_of_the_language_stays(brand: Brand) -> None:
    client = brand.visitor("zh-CN")
    answer = client.post("/language", {"language": "en", "next": "/people"})
    assert (answer.status_code, answer["Location"]) == (302, "/people")
    assert "<title>People · Lianyi</title>" in client.get("/people").text
    assert client.post("/language", {"language": "en", "next": "https://elsewhere.test/"})["Location"] == "/"


def test_more_people_cost_no_more_queries(new_brand: NewBrand) -> None:
    paths = ("/", "/people", "/people?q=王", "/overview/newest", "/people/1", "/people/1/events")
    cost = []
    for size in (2, 30):
        brand = new_brand()
        people = [message for i in range(size) for message in buyer(f"u{i}", f"王{i}")]
        brand.send(*people, *({"userId": "u0", "event": f"E{i}"} for i in range(size)))
        client = brand.visitor()
        cost.append({path: queries(client, path) for path in paths})
    assert cost[0] == cost[1]
    assert max(cost[0].values()) <= 45, cost


def queries(client: Any, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_links_and_controls_have_names(brand: Brand) -> None:
    brand.send(*buyer("u1", "王小明"))
    client = brand.visitor()
    for path in ("/", "/people", "/people/1"):
        page = client.get(path).text
        for found in re.findall(r"<(?:button|a|summary)\b([^>]*)>(.*?)</(?:button|a|summary)>", page, re.S):
            assert "aria-label" in found[0] or re.sub(r"<[^>]*>|\s", "", found[1]), found
        fields = re.findall(r'<(?:select|input(?! type="hidden"))\b[^>]*\bid="([^"]+)"', page)
        for name in fields:
            assert f'for="{name}"' in page or re.search(rf'<label[^>]*>(?:(?!</label>).)*id="{name}"', page, re.S), name
        assert len(re.findall(r"<h1\b", page)) == 1


@pytest.mark.parametrize(
    "place", ["/settings/audit?actor=%00", "/settings/audit.csv?action=a%00", "/settings/tags?q=%00", "/people?q=a%00"]
)
def test_a_character_that_no_store_holds_is_a_bad_request_in_an_address(brand: Brand, place: str) -> None:
    assert brand.visitor().get(place).status_code == 400


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("/people/export", {"first": "a\x00b", "form": "csv"}),
        ("/settings/keys/create", {"kind": "server", "label": "a\x00b"}),
        ("/settings/keys/create", {"kind": "server", "a\x00b": ""}),
    ],
)
def test_and_in_a_form(brand: Brand, place: str, said: dict[str, str]) -> None:
    assert brand.visitor().post(place, said).status_code == 400


@pytest.mark.parametrize("asked", ["q=%00", "first=a%00", "tag=attribute:%00"])
def test_a_filter_inside_a_form_leaves_it_out(brand: Brand, asked: str) -> None:
    said = {"who": "all", "tag": "t", "filter": asked}
    assert brand.visitor().post("/people/tags", said)["Location"].startswith("/people/tags/")
