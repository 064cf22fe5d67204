"""Sources and spend: added by hand and by file, shown beside people, exported, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import pytest
from tests.web.conftest import Brand

from lianyi.campaigns.spend.queries import spend_lines

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = datetime.now(UTC).date().isoformat()
LINE = {"channel": "wechat", "from": TODAY, "amount": "100", "currency": "CNY", "note": "=1+1"}


def test_a_line_is_added_shown_changed_exported_and_deleted(brand: Brand) -> None:
    campaign = {"campaign": {"source": "wechat", "medium": "social"}}
    brand.send(*({"type": "page", "userId": f"u{i}", "context": campaign} for i in range(4)))
    client = brand.visitor()
    assert client.post("/spend/add", LINE).status_code == 302
    page = client.get("/spend", {"from": "2020-01-01", "to": "2100-01-01"})
    (wechat,) = page.context["returns"]
    assert (wechat.people, [(int(amount), code) for amount, code in wechat.each]) == (4, [(25, "CNY")])
    assert "CN¥25.00" in page.text
    (line,) = spend_lines(brand.workspace.pk, 10)
    assert client.post(f"/spend/{line.id}", {**LINE, "amount": "40"}).status_code == 302
    exported = client.get("/spend/export.csv").text.splitlines()
    assert exported == [
        "channel,medium,campaign,code,from,to,amount,currency,note",
        f"wechat,,,,{TODAY},{TODAY},40,CNY,'=1+1",
    ]
    assert client.post(f"/spend/{line.id}/delete").status_code == 302
    assert "No spend yet." in client.get("/spend").text


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(brand: Brand) -> None:
    client = brand.visitor()
    wrong = client.post("/spend/add", {**LINE, "amount": "much"})
    assert wrong.status_code == 422
    assert "is no amount" in wrong.text
    file = BytesIO(b"channel,from,amount\nweibo,2026-01-01,5\nweibo,2026-01-02,x\n")
    file.name = "spend.csv"
    refused = client.post("/spend/upload", {"file": file})
    assert refused.status_code == 422
    assert "Row 3:" in refused.text
    assert spend_lines(brand.workspace.pk, 10) == []


def test_a_file_brings_lines_once(brand: Brand) -> None:
    client = brand.visitor()
    for _ in range(2):
        file = BytesIO("渠道,开始,结束,金额\nweibo,2026-01-01,2026-01-31,310\n".encode())
        file.name = "花费.csv"
        assert client.post("/spend/upload", {"file": file}).status_code == 302
    assert len(spend_lines(brand.workspace.pk, 10)) == 1
    (weibo,) = client.get("/spend", {"from": "2026-01-30", "to": "2026-02-10"}).context["returns"]
    assert [int(amount) for amount, _ in weibo.costs] == [20]


def test_another_workspace_s_lines_are_not_there(new_brand: Callable[[], Brand]) -> None:
    mine, other = new_brand(), new_brand()
    mine.visitor().post("/spend/add", LINE)
    (line,) = spend_lines(mine.workspace.pk, 10)
    client = other.visitor()
    assert client.get(f"/spend/{line.id}").status_code == 404
    assert client.post(f"/spend/{line.id}", LINE).status_code == 404
    assert client.post(f"/spend/{line.id}/delete").status_code == 404
    assert len(spend_lines(mine.workspace.pk, 10)) == 1
