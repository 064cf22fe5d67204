"""What members do to one person from its page, and who may."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.models import Membership
from lianyi.people.identity.actions import merge
from lianyi.people.identity.queries import merges_of, numbers_of, person_exists

pytestmark = pytest.mark.django_db(transaction=True)
NewBrand = Callable[[], Brand]


def known(user: str, name: str) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "traits": {"name": name, "email": f"{user}@shop.cn"}}


def test_tags_come_and_go(brand: Brand) -> None:
    brand.send(known("u1", "王"))
    client = brand.visitor()
    answer = client.post("/people/1/tags", {"dimension": "state", "tag": "会员", "do": "add"})
    assert (answer.status_code, answer["Location"]) == (302, "/people/1")
    brand.project()
    assert [tag.name for tag in client.get("/people/1").context["page"].tags] == ["会员"]
    client.post("/people/1/tags", {"dimension": "state", "tag": "会员", "do": "remove"})
    brand.project()
    assert client.get("/people/1").context["page"].tags == ()
    refused = client.post("/people/1/tags", {"dimension": "state", "tag": " "}, follow=True)
    assert "A tag has 1 to" in refused.text


def test_a_merge_is_taken_back_and_identities_are_split_off(brand: Brand) -> None:
    workspace = brand.workspace.pk
    brand.send(known("u1", "甲"), known("u2", "乙"))
    one, other = numbers_of(workspace, 1), numbers_of(workspace, 3)
    merge(workspace, 1, 3, datetime.now(UTC))
    brand.project()
    client = brand.visitor()
    (made,) = merges_of(workspace, 1)
    assert client.post(f"/people/1/merges/{'0' * 32}/undo").status_code == 404
    client.post(f"/people/1/merges/{made.event_id}/undo")
    brand.project()
    assert (numbers_of(workspace, 1), numbers_of(workspace, 3)) == (one, other)
    nothing = client.post("/people/1/split", follow=True)
    assert "A split needs an identity on either side." in nothing.text
    client.post("/people/1/split", {"identity": [one[1]]})
    brand.project()
    assert numbers_of(workspace, 1) == one[:1]
    assert numbers_of(workspace, one[1]) == one[1:]


def test_all_that_is_known_leaves_as_one_file_with_a_line(brand: Brand) -> None:
    brand.send(known("u1", "王"), {"userId": "u1", "event": "Product Viewed", "properties": {"name": "茶"}})
    answer = brand.visitor().post("/people/1/export")
    told = json.loads(b"".join(answer.streaming_content))
    assert told["name"] == "王"
    assert [(one["event"], one["said"]) for one in told["events"]][:1] == [("Product Viewed", {"name": "茶"})]
    assert AuditLine.objects.filter(action="person.exported", detail={"person": 1}).count() == 1


def test_erasing_asks_for_the_number(brand: Brand) -> None:
    brand.send(known("u1", "王"))
    client = brand.visitor()
    wrong = client.post("/people/1/erase", {"typed": "#2"}, follow=True)
    assert "Nothing was erased" in wrong.text
    assert person_exists(brand.workspace.pk, 1)
    assert client.post("/people/1/erase", {"typed": "#1"})["Location"] == "/people"
    assert not person_exists(brand.workspace.pk, 1)
    assert client.get("/people/1").status_code == 404


def test_the_timeline_is_filtered_by_kind_and_period(brand: Brand) -> None:
    day = datetime.now(UTC) - timedelta(days=3)
    brand.send(
        {"userId": "u", "event": "Product Viewed", "timestamp": day.isoformat()},
        {"userId": "u", "event": "Order Completed", "properties": {"order_id": "1", "total": 1, "currency": "CNY"}},
        {"userId": "u", "event": "Odd"},
    )
    client = brand.visitor()

    def told(query: str) -> set[str]:
        return {one.name for one in client.get(f"/people/1/events?{query}").context["moments"]}

    assert told("what=visits") == {"Product Viewed"}
    assert told("what=orders") == {"Order Completed"}
    assert told("what=other&name=od") == {"Odd"}
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    assert told(f"until={yesterday}") == {"Product Viewed"}
    assert "Product Viewed" not in told(f"since={yesterday}")
    assert told(f"since={yesterday}&until={yesterday}") == set()
    assert "Odd" in told("since=x&until=x&what=x")


ACTS = {
    "tags": Ability.EDIT_PEOPLE,
    "split": Ability.EDIT_PEOPLE,
    "merges/00/undo": Ability.EDIT_PEOPLE,
    "export": Ability.EXPORT_PEOPLE,
    "erase": Ability.ERASE_PEOPLE,
}


@pytest.mark.parametrize("role", list(Role))
def test_each_act_asks_for_its_ability(brand: Brand, role: Role) -> None:
    brand.send(known("u1", "王"))
    client = brand.visitor()
    Membership.objects.filter(member=brand.owner).update(role=role)
    for act, ability in ACTS.items():
        allowed = client.post(f"/people/1/{act}").status_code != 403
        assert allowed == (ability in ABILITIES[role]), act
    page = client.get("/people/1").text
    assert ("/people/1/erase" in page) == (Ability.ERASE_PEOPLE in ABILITIES[role])


def test_people_of_other_workspaces_cannot_be_touched(new_brand: NewBrand) -> None:
    mine, theirs = new_brand(), new_brand()
    theirs.send(known("u1", "王"))
    client = mine.visitor()
    for act in ACTS:
        assert client.post(f"/people/1/{act}", {"typed": "#1", "tag": "t"}).status_code == 404, act
    assert person_exists(theirs.workspace.pk, 1)
