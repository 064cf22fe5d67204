"""The list of people: each filter alone and together, columns, tags for many, and files that are no formulas."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from tests.web.conftest import Brand
from tests.web.paging import page_by_page

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.models import Membership
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.identity.actions import merge
from lianyi.people.profiles.actions import add_tag, remove_tag
from lianyi.people.profiles.bulk.running import run_next_block
from lianyi.people.profiles.persons import finding
from lianyi.people.profiles.queries import found_people, search_people, tagged_people
from lianyi.people.profiles.schemas import Place, Wanted
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.web import tables_out

pytestmark = pytest.mark.django_db(transaction=True)
NewBrand = Callable[[], Brand]


def arrived(user: str, name: str, channel: str, *, total: float | None = None, **traits: Any) -> list[dict[str, Any]]:
    campaign = {"source": channel, "medium": "social", "name": "spring"}
    said: list[dict[str, Any]] = [
        {"type": "page", "userId": user, "context": {"campaign": campaign}},
        {"type": "identify", "userId": user, "traits": {"name": name, **traits}},
    ]
    if total is not None:
        order = {"order_id": f"o-{user}", "total": total, "currency": "CNY"}
        said.append({"userId": user, "event": "Order Completed", "properties": order})
    return said


@pytest.fixture
def shop(brand: Brand) -> Brand:
    """王小明 from WeChat, 李娜 from Weibo who bought, 张伟 from WeChat who bought more, and a formula from Douyin."""
    brand.send(
        *arrived("u1", "王小明", "wechat", email="wang@shop.cn"),
        *arrived("u2", "李娜", "weibo", total=100),
        *arrived("u3", "张伟", "wechat", total=250.5),
        *arrived("u4", "=1+1", "douyin"),
    )
    numbers = {
        row.name: row.number
        for text in ("王小明", "李娜", "张伟", "=1+1")
        for row in search_people(brand.workspace.pk, text)
    }
    brand.numbers = numbers  # type: ignore[attr-defined]
    return brand


def names(client: Any, query: str) -> list[str]:
    return [row.name for row in client.get(f"/people?{query}").context["people"]]


def test_each_filter_finds_exactly_those_who_fit(shop: Brand) -> None:
    client = shop.visitor()
    today = datetime.now(UTC).date()
    tomorrow = today + timedelta(days=1)
    for query, found in {
        "": ["=1+1", "张伟", "李娜", "王小明"],
        "first=wechat": ["张伟", "王小明"],
        "last=weibo": ["李娜"],
        "first=wechat&stage=first_purchase": ["张伟"],
        "stage=prospect&first=wechat": ["王小明"],
        "kind=email": ["王小明"],
        "orders_from=1": ["张伟", "李娜"],
        "orders_to=0": ["=1+1", "王小明"],
        "spent_from=100.01": ["张伟"],
        "spent_to=100": ["=1+1", "李娜", "王小明"],
        "order=spent": ["张伟", "李娜"],
        f"seen_from={today}": ["=1+1", "张伟", "李娜", "王小明"],
        f"seen_from={tomorrow}": [],
        f"seen_to={today - timedelta(days=1)}": [],
        "q=王小&first=wechat": ["王小明"],
        "q=王小&first=weibo": [],
        "q=wang@shop.cn": ["王小明"],
        "tag=nonsense:x&stage=nonsense&orders_from=x&spent_from=NaN&seen_from=x": ["=1+1", "张伟", "李娜", "王小明"],
        "first=nowhere": [],
    }.items():
        assert names(client, query) == found, query


def test_tags_filter_by_the_last_word_of_all_identities(shop: Brand) -> None:
    workspace, numbers, now = shop.workspace.pk, shop.numbers, datetime.now(UTC)  # type: ignore[attr-defined]
    add_tag(workspace, numbers["王小明"], Dimension.STATE, "会员", now)
    add_tag(workspace, numbers["李娜"], Dimension.STATE, "会员", now)
    remove_tag(workspace, numbers["李娜"], Dimension.STATE, "会员", now + timedelta(seconds=1))
    add_tag(workspace, numbers["张伟"], Dimension.STATE, "会员", now, expires_at=to_micros(now) + 1)
    shop.project()
    client = shop.visitor()
    assert names(client, "tag=state:会员") == ["王小明"]
    assert names(client, "q=会员") == ["李娜", "王小明"][1:]
    merge(workspace, numbers["王小明"], numbers["李娜"], now + timedelta(seconds=2))  # whose last word was: removed
    shop.project()
    assert names(client, "tag=state:会员") == []
    assert len(tagged_people(workspace, Dimension.STATE, "会员", to_micros(now) + 2_000_000)) == 0


def test_blocks_and_places_lose_nobody(shop: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, now = shop.workspace.pk, to_micros(datetime.now(UTC))
    shop.send(*(one for i in range(20) for one in arrived(f"v{i}", f"客{i}", "wechat", total=i + 1)))
    monkeypatch.setattr(finding, "_BLOCK", 7)
    monkeypatch.setattr(finding, "_FEW", 3)
    monkeypatch.setattr(finding, "_LONG_ENOUGH", -1.0)
    for wanted in (Wanted(), Wanted(first_source="wechat"), Wanted(orders_from=1, order="spent")):
        whole = page_by_page(workspace, wanted, now)
        every = [number for block, _ in finding.everybody_found(workspace, wanted, now) for number in block]
        assert whole == every
        assert len(set(whole)) == len(whole) == (24 if wanted == Wanted() else 22)
    assert found_people(workspace, Wanted(), now, 2, Place(1)).numbers == ()


def test_columns_are_chosen_and_remembered(shop: Brand) -> None:
    client = shop.visitor()
    assert "First source" in client.get("/people").text
    client.get("/people?columns=1&column=tags&column=nonsense")
    assert [name for name, _ in client.get("/people").context["columns"]] == ["tags"]
    client.get("/people?columns=1")
    assert client.get("/people").context["columns"] == []


def test_many_get_a_tag_and_lose_it_with_one_line_each(shop: Brand) -> None:
    client, workspace, numbers = shop.visitor(), shop.workspace.pk, shop.numbers  # type: ignore[attr-defined]
    some = {
        "who": "chosen",
        "number": [numbers["李娜"], numbers["张伟"], 999_999],
        "dimension": "state",
        "tag": " 老客 ",
    }
    place = client.post("/people/tags", {**some, "do": "add"})["Location"]
    assert client.get(place).context["task"].done == 0
    assert "every 1s" in client.get(place, headers={"HX-Target": "tagging"}).text
    assert run_next_block(system_clock)
    task = client.get(place).context["task"]
    assert (task.finished, task.done) == (True, 2)
    assert "every 1s" not in client.get(place).text
    assert not run_next_block(system_clock)
    shop.project()
    assert sorted(names(client, "tag=state:老客")) == ["张伟", "李娜"]
    everybody = {"who": "all", "filter": "first=wechat", "dimension": "state", "tag": "老客", "do": "remove"}
    place = client.post("/people/tags", everybody)["Location"]
    assert run_next_block(system_clock)
    assert client.get(place).context["task"].done == 2
    shop.project()
    assert names(client, "tag=state:老客") == ["李娜"]
    lines = AuditLine.objects.filter(workspace=workspace, action__in=("people.tagged", "people.untagged"))
    assert lines.count() == 2
    refused = client.post("/people/tags", {"who": "chosen", "tag": "x", "dimension": "state", "do": "add"}, follow=True)
    assert "Choose 1 to 5,000 people" in refused.text
    assert lines.count() == 2


def test_a_file_holds_all_who_fit_and_no_formula(shop: Brand) -> None:
    client = shop.visitor()
    answer = client.post("/people/export", {"form": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows] == ["Name", "'=1+1", "张伟", "李娜", "王小明"]
    assert rows[2][rows[0].index("Spent")] == "250.5"
    answer = client.post("/people/export", {"form": "xlsx", "first": "douyin"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    assert [(cell.value, cell.data_type) for cell in sheet["B"]] == [("Name", "s"), ("'=1+1", "s")]
    assert sheet["H2"].value == 0
    assert AuditLine.objects.filter(workspace=shop.workspace.pk, action="people.exported").count() == 2


def test_too_many_for_a_workbook_are_refused_and_nothing_leaves(shop: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_out, "XLSX_ROWS", 3)
    client = shop.visitor()
    refused = client.post("/people/export", {"form": "xlsx"}, follow=True)
    assert "An Excel file holds 3 rows at most." in refused.text
    assert AuditLine.objects.filter(workspace=shop.workspace.pk, action="people.exported").count() == 0
    monkeypatch.setattr(tables_out, "XLSX_ROWS", 4)
    answer = client.post("/people/export", {"form": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    assert sheet.max_row == 5


@pytest.mark.parametrize("role", list(Role))
def test_who_may_tag_and_who_may_take_people_out(shop: Brand, role: Role) -> None:
    client = shop.visitor()
    Membership.objects.filter(member=shop.owner).update(role=role)
    page = client.get("/people").text
    exports = role in (Role.OWNER, Role.MANAGER, Role.ANALYST)
    tags = role not in (Role.ANALYST, Role.VIEWER)
    assert (client.post("/people/export", {"form": "csv"}).status_code == 200) == exports == ("/people/export" in page)
    posted = client.post("/people/tags", {"who": "all", "dimension": "state", "tag": "t", "do": "add"})
    assert (posted.status_code == 302) == tags == ('name="tag"' in page and "Tag many at once" in page)


def test_tasks_of_other_workspaces_are_not_there(new_brand: NewBrand) -> None:
    mine, theirs = new_brand(), new_brand()
    theirs.send(*arrived("u1", "王", "wechat"))
    owner = theirs.visitor()
    place = owner.post("/people/tags", {"who": "all", "dimension": "state", "tag": "t", "do": "add"})["Location"]
    client = mine.visitor()
    assert client.get(place).status_code == 404
    assert client.post(f"{place}/stop").status_code == 404
    assert not owner.get(place).context["task"].finished


def test_a_task_goes_on_block_by_block_takes_turns_and_is_stopped(shop: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_BLOCK", 2)
    client, workspace = shop.visitor(), shop.workspace.pk
    asked = {"who": "all", "dimension": "state", "do": "add"}
    first, second = (client.post("/people/tags", {**asked, "tag": tag})["Location"] for tag in ("一", "二"))

    def done() -> list[int]:
        return [client.get(place).context["task"].done for place in (first, second)]

    seen = []
    while run_next_block(system_clock):
        seen.append(done())
        if len(seen) == 3:
            assert client.post(f"{second}/stop").status_code == 302
    assert seen[:2] == [[2, 0], [2, 2]]
    assert done() == [4, 2]
    task = client.get(second).context["task"]
    assert (task.finished, task.stopped) == (True, True)
    assert "Stopped." in client.get(second).text
    shop.project()
    now = to_micros(datetime.now(UTC)) + 2_000_000
    assert [len(tagged_people(workspace, Dimension.STATE, tag, now)) for tag in ("一", "二")] == [4, 2]
    assert AuditLine.objects.filter(workspace=workspace, action="people.tagging_stopped").count() == 1
