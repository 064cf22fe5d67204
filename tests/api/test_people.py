"""The list of people by the API: the filters of the page, and everybody as a file that leaves a line."""

import json

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.bulk.running import run_next_block
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(brand: Brand, call: Program) -> dict[str, int]:
    """Three people by name: one bought and likes coffee, one came by WeChat."""
    wechat = {"campaign": {"source": "wechat", "medium": "social"}}
    order = {"order_id": "o-1", "total": 268.5, "currency": "CNY"}
    brand.send(
        *({"type": "identify", "userId": name, "traits": {"name": name}} for name in ("王小明", "王小红", "张强")),
        {"userId": "王小明", "event": "Order Completed", "properties": order},
        {"type": "page", "userId": "王小红", "context": wechat},
    )
    numbers = {name: search_people(brand.workspace.pk, name)[0].number for name in ("王小明", "王小红", "张强")}
    call("POST", f"/people/{numbers['王小明']}/tags", {"dimension": "preference", "name": "咖啡"})
    brand.project()
    return numbers


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["张强", "王小红", "王小明"]),
        ("q=王小", ["王小红", "王小明"]),
        ("q=咖啡", ["王小明"]),
        ("stage=first_purchase", ["王小明"]),
        ("first_source=wechat", ["王小红"]),
        ("dimension=preference&tag=咖啡", ["王小明"]),
        ("kind=phone", []),
        ("seen_from=2020-01-01&seen_to=2200-01-01", ["王小红", "王小明"]),
        ("orders_from=1&spent_to=300", ["王小明"]),
        ("spent_from=269", []),
        ("order=spent&orders_from=1", ["王小明"]),
    ],
)
def test_who_fits(call: Program, people: dict[str, int], query: str, names: list[str]) -> None:
    found = [one["name"] for one in call.get(f"/people?{query}").json()["items"]]
    assert sorted(found) == sorted(names)
    lines = call.get(f"/people/export?{query}").getvalue().splitlines()
    assert sorted(json.loads(line)["name"] for line in lines) == sorted(names)


def test_a_filter_goes_on_page_by_page(call: Program, people: dict[str, int]) -> None:
    first = call.get("/people?q=王小&limit=1").json()
    further = call.get(f"/people?q=王小&limit=1&cursor={first['next']}").json()
    assert {one["name"] for one in [*first["items"], *further["items"]]} == {"王小明", "王小红"}
    told(call.get(f"/people?limit=1&cursor={first['next']}"), 422, "cursor.invalid")
    told(call.get("/people?tag=咖啡"), 422, "people.tag")


def test_an_export_leaves_a_line_without_what_was_searched_for(call: Program, people: dict[str, int]) -> None:
    call.get("/people/export?q=王小明").getvalue()
    call.get(f"/people/{people['张强']}/export").getvalue()
    one, many = call.get("/audit?limit=2").json()["items"]
    assert (one["action"], one["detail"]) == ("person.exported", {"person": people["张强"]})
    assert (many["action"], many["actor"]) == ("people.exported", f"token:{call.token}")
    assert "王小明" not in json.dumps(many, ensure_ascii=False)


def test_many_people_get_a_tag_and_lose_it(brand: Brand, call: Program, people: dict[str, int]) -> None:
    def tagged() -> set[str]:
        return {one["name"] for one in call.get("/people?dimension=state&tag=new").json()["items"]}

    def run(query: str, **said: object) -> dict[str, object]:
        task = call("POST", f"/taggings{query}", {"dimension": "state", "tag": "new", **said}).json()
        assert not task["finished"]
        assert run_next_block(system_clock)
        brand.project()
        return dict(call.get(f"/taggings/{task['id']}").json())

    assert run("?q=王小", everybody=True)["done"] == 2
    assert tagged() == {"王小明", "王小红"}
    assert run("", do="remove", people=[people["王小红"], people["张强"]])["done"] == 2
    assert tagged() == {"王小明"}
    task = call("POST", "/taggings", {"dimension": "state", "tag": "new", "everybody": True}).json()
    stopped = call("POST", f"/taggings/{task['id']}/stop").json()
    assert (stopped["finished"], stopped["stopped"], stopped["done"]) == (True, True, 0)
    assert not run_next_block(system_clock)
    for said in ({}, {"everybody": True, "people": [people["张强"]]}):
        told(call("POST", "/taggings", {"dimension": "state", "tag": "new", **said}), 422, "people.chosen")
    line = call.get("/audit?limit=1").json()["items"][0]
    assert (line["action"], line["actor"]) == ("people.tagging_stopped", f"token:{call.token}")


def test_tags_are_counted(call: Program, people: dict[str, int]) -> None:
    assert call.get("/tags?dimension=preference&q=咖").json()["items"] == [
        {"dimension": "preference", "name": "咖啡", "people": 1, "passing": 0}
    ]
    assert call.get("/tags?dimension=state").json()["items"] == []


def test_the_events_of_a_person_are_asked_for_by_name_and_time(brand: Brand, call: Program) -> None:
    days = [f"2026-01-0{day}T08:00:00Z" for day in range(1, 6)]
    brand.send(*({"userId": "u", "event": f"Seen {day[9]}", "timestamp": day} for day in days))
    number = call.get("/people").json()["items"][0]["number"]

    def names(query: str) -> list[str]:
        found, cursor, steps = [], "", 0
        while steps == 0 or cursor:
            page = call.get(f"/people/{number}/events?{query}{cursor}").json()
            found += [one["name"] for one in page["items"]]
            cursor, steps = f"&cursor={page['next']}" if page["next"] else "", steps + 1
        return found

    assert names("limit=2") == ["Seen 5", "Seen 4", "Seen 3", "Seen 2", "Seen 1"]
    assert names("name=seen 4") == ["Seen 4"]
    assert names("name=seen&limit=2") == names("")
    assert names(f"since={days[1]}&until={days[3]}") == ["Seen 3", "Seen 2"]
    assert names(f"since={days[1]}&until={days[3]}&limit=1&name=seen") == ["Seen 3", "Seen 2"]
    assert names("name=bought") == []
