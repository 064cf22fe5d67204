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
from lianyi.people.profiles.actions import declare_trait
from lianyi.people.profiles.schemas import Strategy, TraitType
from lianyi.people.profiles.traits.trust import Trust

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


def test_a_trait_is_stated_by_hand_and_removed_and_its_history_stays(brand: Brand) -> None:
    brand.send(known("u1", "王"))
    workspace, client = brand.workspace.pk, brand.visitor()
    declare_trait(workspace, "age", kind=TraitType.NUMBER, strategy=Strategy.MOST_TRUSTED)
    brand.send({"type": "identify", "userId": "u1", "traits": {"age": 30}})
    assert 'value="30"' in client.get("/people/1?trait=age").text
    assert client.post("/people/1/traits", {"trait": "age", "value": "31"})["Location"] == "/people/1"
    brand.project()
    brand.send({"type": "identify", "userId": "u1", "traits": {"age": 32}})

    def age() -> Any:
        found = [one for one in client.get("/people/1").context["page"].traits if one.name == "age"]
        return (found[0].value, found[0].origin, len(found[0].history)) if found else None

    assert age() == (31, f"member:{brand.owner.pk}", 3)
    client.post("/people/1/traits", {"trait": "age", "do": "remove"})
    brand.project()
    assert age() is None
    brand.send({"type": "identify", "userId": "u1", "traits": {"age": 33}})
    assert age() == (33, "server", 4)


def test_what_is_typed_is_read_by_the_trait_s_type_and_refused_at_its_place(brand: Brand) -> None:
    brand.send(known("u1", "王"))
    workspace, client = brand.workspace.pk, brand.visitor()
    for name, kind in (("seen", TraitType.MOMENT), ("likes", TraitType.LIST), ("vip", TraitType.BOOLEAN)):
        declare_trait(workspace, name, kind=kind, strategy=Strategy.LATEST)
    for name, text in (("seen", "2026-03-01T08:00"), ("likes", "茶，咖啡、 tea"), ("vip", "true")):
        assert client.post("/people/1/traits", {"trait": name, "value": text}).status_code == 302
    brand.project()
    page = client.get("/people/1").context["page"]
    told = {one.name: one.value for one in page.traits}
    assert (told["seen"], told["likes"], told["vip"]) == ("2026-03-01T00:00:00Z", ["茶", "咖啡", "tea"], True)
    assert 'value="2026-03-01T08:00"' in client.get("/people/1?trait=seen").text
    before = AuditLine.objects.filter(workspace=workspace, action="person.traits_set").count()
    for name, text, said in (
        ("seen", "soon", "is no moment"),
        ("vip", "", "A value is missing."),
        ("nothing", "x", "There is no trait nothing."),
    ):
        answer = client.post("/people/1/traits", {"trait": name, "value": text})
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert client.get("/people/1?trait=nothing").status_code == 200
    assert AuditLine.objects.filter(workspace=workspace, action="person.traits_set").count() == before


def test_origins_of_members_and_tokens_have_their_rank() -> None:
    order = ("member:3", "cli", "token:5", "import:crm", "system", "server", "browser", "else")
    assert [Trust().rank(origin) for origin in order] == list(range(8))


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
