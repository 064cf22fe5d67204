"""The pages of hand-overs: queue, board, one of them, speed, and the settings of assignment."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import Brand

from lianyi.audience.handover import actions, queries
from lianyi.audience.handover.schemas import Way
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link, remove_member
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)


class Sales:
    """A brand with people and somebody who sells."""

    def __init__(self, brand: Brand) -> None:
        self.brand, self.workspace = brand, brand.workspace.pk
        self.seller = ensure_member(brand.workspace, f"sales@{brand.workspace.slug}.example.com", Role.SALES)
        names = [f"N{number:02}" for number in range(4)]
        brand.send(*({"type": "identify", "userId": name, "traits": {"name": name, "city": "上海"}} for name in names))
        self.people = {name: search_people(self.workspace, name)[0].number for name in names}

    def offer(self, name: str, member: int | None = None) -> int:
        return actions.offer_person(self.workspace, self.people[name], member, system_clock())

    def page(self, client: Client, place: str, status: int = 200) -> str:
        answer = client.get(place)
        assert answer.status_code == status
        return unescape(answer.content.decode())

    def as_seller(self) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.post(f"/sign-in/{issue_sign_in_link(self.seller, system_clock())}")
        return client


@pytest.fixture
def sales(brand: Brand) -> Sales:
    return Sales(brand)


def test_who_sells_sees_their_own_at_first_and_accepts_them(sales: Sales) -> None:
    mine, other = sales.offer("N00"), sales.offer("N01", sales.brand.owner.pk)
    client = sales.as_seller()
    text = sales.page(client, "/handovers")
    assert "N00" in text
    assert "N01" not in text
    assert "N01" in sales.page(client, "/handovers?whose=all")
    assert f"/handovers/{other}/accept" not in sales.page(client, "/handovers?whose=all")
    answer = client.post(f"/handovers/{mine}/accept", {"from": "queue"})
    assert answer["Location"] == "/handovers"
    one = queries.handover(sales.workspace, mine)
    assert (one.state, one.member) == ("accepted", sales.seller.pk)
    assert client.post(f"/handovers/{other}/accept").status_code == 422
    assert "offered to another member" in client.post(f"/handovers/{other}/accept").content.decode()
    assert queries.handover(sales.workspace, other).state == "offered"


def test_won_with_an_amount_and_what_is_none_is_said(sales: Sales) -> None:
    number = sales.offer("N00")
    client = sales.as_seller()
    client.post(f"/handovers/{number}/accept")
    refused = client.post(f"/handovers/{number}/win", {"amount": "a lot", "currency": "CNY"})
    assert refused.status_code == 422
    assert "is no amount" in refused.content.decode()
    client.post(f"/handovers/{number}/win", {"amount": "1234.5", "currency": "cny", "note": "<b>signed</b>"})
    answer = client.get(f"/handovers/{number}").content.decode()
    assert "¥1,234.50" in answer
    assert "&lt;b&gt;signed" in answer


@pytest.mark.parametrize(("act", "reason", "state"), [("reject", "unfit", "rejected"), ("lose", "price", "lost")])
def test_a_reason_is_asked_for(sales: Sales, act: str, reason: str, state: str) -> None:
    number = sales.offer("N00")
    client = sales.as_seller()
    if act == "lose":
        client.post(f"/handovers/{number}/accept")
    assert "A reason is missing." in client.post(f"/handovers/{number}/{act}").content.decode()
    assert client.post(f"/handovers/{number}/{act}", {"reason": reason}).status_code == 302
    assert queries.handover(sales.workspace, number).state == state
    assert "Counts as nurture until" in sales.page(client, f"/handovers/{number}")


def test_passed_on_and_unknown_acts(sales: Sales) -> None:
    number = sales.offer("N00")
    client = sales.as_seller()
    assert client.post(f"/handovers/{number}/burn").status_code == 404
    assert client.post(f"/handovers/{number}/pass", {"member": sales.brand.owner.pk}).status_code == 302
    assert queries.handover(sales.workspace, number).member == sales.brand.owner.pk


def test_a_long_queue_and_a_long_column_go_on(sales: Sales, monkeypatch: pytest.MonkeyPatch) -> None:
    from lianyi.web import handovers

    monkeypatch.setattr(handovers, "_PAGE", 2)
    monkeypatch.setattr(handovers, "_CARDS", 2)
    numbers = [sales.offer(name) for name in sales.people]
    client = sales.as_seller()
    first = sales.page(client, "/handovers")
    (more,) = re.findall(r'hx-get="(/handovers\?[^"]+)"', first)
    rest = client.get(more, headers={"hx-target": "further"}).content.decode()
    found = re.findall(r'href="/handovers/(\d+)"', first + rest)
    assert [int(one) for one in found] == numbers[::-1]
    assert "<html" not in rest
    board = sales.page(client, "/handovers/board")
    (more,) = re.findall(r'hx-get="(/handovers/board/column\?[^"]+)"', board)
    found = re.findall(r'href="/handovers/(\d+)"', board + client.get(more).content.decode())
    assert [int(one) for one in found] == numbers[::-1]
    assert client.get("/handovers/board/column?state=nothing").status_code == 404


def test_the_board_counts_each_state(sales: Sales) -> None:
    for name in ("N00", "N01", "N02"):
        sales.offer(name)
    actions.accept(sales.workspace, queries.handovers(sales.workspace)[0].number, system_clock())
    text = sales.page(sales.brand.visitor(), "/handovers/board")
    columns = re.findall(r'id="column-(\w+)".*?tabular-nums[^>]*>(\d+)<', text, re.DOTALL)
    assert columns == [("offered", "2"), ("accepted", "1"), ("won", "0"), ("lost", "0"), ("rejected", "0")]


def test_speed_and_rate(sales: Sales) -> None:
    number = sales.offer("N00")
    sales.offer("N01")
    actions.accept(sales.workspace, number, system_clock())
    text = sales.page(sales.brand.visitor(), "/handovers/pace")
    assert sales.seller.email in text
    assert "100%" in text
    assert "No offers in this period." in sales.page(
        sales.brand.visitor(), "/handovers/pace?from=2020-01-01&to=2020-01-02"
    )
    assert sales.seller.email in sales.page(sales.brand.visitor(), "/handovers/pace?from=2020-13-45&to=x")


def test_a_file_of_what_is_looked_at(sales: Sales) -> None:
    sales.offer("N00")
    answer: Any = sales.brand.visitor().post("/handovers/export", {"whose": "all", "state": "offered"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].split(",")[2] == "N00"
    assert sales.as_seller().post("/handovers/export").status_code == 403


def test_a_person_is_handed_over_from_their_page(sales: Sales) -> None:
    client = sales.as_seller()
    place = f"/people/{sales.people['N00']}"
    assert "By the rules" in sales.page(client, place)
    made = client.post(f"{place}/hand-over", {"member": ""})
    assert made["Location"].startswith("/handovers/")
    assert made["Location"] in sales.page(client, place)
    again = client.post(f"{place}/hand-over", {"member": ""}, follow=True)
    assert "handed over already" in again.content.decode()


def test_assignment_is_set_on_its_page(sales: Sales) -> None:
    client, workspace = sales.brand.visitor(), sales.workspace
    assert client.post("/settings/handover/change", {"hours": "2", "days": "7"}).status_code == 302
    found = queries.assignment(workspace)
    assert (found.accept_minutes, found.pause_days) == (120, 7)
    assert client.post("/settings/handover/change", {"hours": "x", "days": "7"}).status_code == 422
    east = {"name": "East", "way": "table", "trait": "city", "table": f"上海 = {sales.seller.email}\n"}
    assert client.post("/settings/handover/add", east).status_code == 302
    boss = {"name": "Boss", "way": "member", "member": [str(sales.brand.owner.pk)]}
    assert client.post("/settings/handover/add", boss).status_code == 302
    bad = client.post("/settings/handover/add", {**east, "name": "West", "table": "北京"})
    assert bad.status_code == 422
    assert "has no value and member" in bad.content.decode()
    assert [(rule.name, rule.way) for rule in queries.assignment(workspace).rules] == [
        ("East", Way.TABLE),
        ("Boss", Way.MEMBER),
    ]
    text = sales.page(client, "/settings/handover")
    assert f"上海 → {sales.seller.email}" in text
    client.post("/settings/handover/2/up", {"name": "Boss"})
    assert [rule.name for rule in queries.assignment(workspace).rules] == ["Boss", "East"]
    for _press in range(2):  # pressed twice, it removes one
        client.post("/settings/handover/1/remove", {"name": "Boss"})
        assert [rule.name for rule in queries.assignment(workspace).rules] == ["East"]
    assert "Somebody else changed the settings meanwhile." in sales.page(client, "/settings/handover")
    assert client.post("/settings/handover/2/remove", {"name": "East"}).status_code == 404
    assert queries.handover(workspace, sales.offer("N00")).rule == "East"


VIP = '{"kind": "any_of", "rules": [{"kind": "tagged", "tag": "vip"}, {"kind": "identified", "by": "phone"}]}'


def test_a_rule_of_assignment_says_all_that_the_builder_can_and_is_changed(sales: Sales) -> None:
    client, seller = sales.brand.visitor(), str(sales.seller.pk)
    page = sales.page(client, "/settings/handover")
    assert "data-builder" in page
    assert '"segments"' in page
    typed = {"name": "Big", "way": "member", "member": [seller], "rule": VIP}
    tried = client.post("/settings/handover/add", {**typed, "do": "try"})
    assert (tried.status_code, 'data-count="0"' in tried.text, "has the tag" in tried.text) == (200, True, True)
    assert queries.assignment(sales.workspace).rules == ()
    assert client.post("/settings/handover/add", typed).status_code == 302
    owners = {"name": "Known", "way": "owner"}
    assert client.post("/settings/handover/add", owners).status_code == 302
    page = sales.page(client, "/settings/handover")
    assert "has the tag 'vip' or has a phone number → Always to one member: " in " ".join(page.split())
    table = f"上海 = {sales.seller.email}"
    form = sales.page(client, "/settings/handover/1")
    assert '"tag": "vip"' in form
    assert f'value="{seller}" checked' in form
    assert 'name="was" value="Big"' in form
    changed = {
        **typed,
        "place": "1",
        "was": "Big",
        "name": "Bigger",
        "way": "table",
        "trait": "city",
        "table": table,
        "rule": "",
    }
    assert client.post("/settings/handover/add", changed).status_code == 302
    found = queries.assignment(sales.workspace).rules
    assert [(one.name, one.way, one.rule, one.trait) for one in found] == [
        ("Bigger", Way.TABLE, None, "city"),
        ("Known", Way.OWNER, None, ""),
    ]
    stale = client.post("/settings/handover/add", {**changed, "name": "Biggest"})
    assert stale.status_code == 422
    assert "Somebody else changed the settings meanwhile." in stale.text
    assert queries.assignment(sales.workspace).rules == found
    assert table in sales.page(client, "/settings/handover/1")
    assert client.get("/settings/handover/3").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name": ""}, "name", "A rule needs a name"),
        ({"name": "Taken"}, "name", "Two rules are named 'Taken'."),
        ({"way": "luck"}, "way", "How the member is found is missing."),
        ({"member": []}, "members", "needs its members, each once."),
        ({"member": ["999999"]}, "members", "Member 999999 may not take hand-overs here."),
        ({"way": "table", "trait": "nothing", "table": ""}, "trait", "needs a trait that is in the catalogue."),
        ({"way": "table", "trait": "city", "table": ""}, "table", "needs values with a member each."),
        ({"way": "table", "trait": "city", "table": "上海 = x@y.cn"}, "table", "Nobody here has the address 'x@y.cn'."),
        ({"rule": "{"}, "", "This is no JSON"),
        ({"rule": '{"kind": "in_segment", "segment": 9}'}, "segment", "There is no segment 9."),
        ({"rule": '{"kind": "any_of", "rules": []}'}, "rules", "This must not be empty."),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_at_its_place(
    sales: Sales, wrong: dict[str, Any], field: str, said: str
) -> None:
    client = sales.brand.visitor()
    client.post("/settings/handover/add", {"name": "Taken", "way": "owner"})
    typed = {"name": "New", "way": "turns", "member": [str(sales.seller.pk)], "rule": "", **wrong}
    refused = client.post("/settings/handover/add", typed)
    page = unescape(refused.text)
    assert refused.status_code == 422
    if "rule" in wrong:
        assert f'data-problem="{field}"' in page
        assert said in page[page.index(f'data-problem="{field}"') :]
    else:
        assert said in page[page.index(f'<p id="{field}-error"') :][:300]
    assert [rule.name for rule in queries.assignment(sales.workspace).rules] == ["Taken"]


def test_times_that_are_none_are_said_at_their_place_and_whoever_left_hinders_nobody(sales: Sales) -> None:
    client = sales.brand.visitor()
    client.post("/settings/handover/add", {"name": "Her", "way": "member", "member": [str(sales.seller.pk)]})
    page = unescape(client.post("/settings/handover/change", {"hours": "0", "days": "7"}).text)
    assert "The time to accept is" in page[page.index('<p id="hours-error"') :][:200]
    page = unescape(client.post("/settings/handover/change", {"hours": "2", "days": "9999"}).text)
    assert "The pause is 0 to 3,650 days." in page[page.index('<p id="days-error"') :][:200]
    remove_member(sales.brand.workspace, sales.seller.pk, system_clock())
    assert client.post("/settings/handover/change", {"hours": "3", "days": "7"}).status_code == 302
    assert client.post("/settings/handover/1/up", {"name": "Her"}).status_code == 302
    assert [rule.members for rule in queries.assignment(sales.workspace).rules] == [(sales.seller.pk,)]
