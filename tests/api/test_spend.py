"""Spend by the API: lines by hand and by file, changed, exported, and beside the people who came."""

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.api.operations import OCTETS
from lianyi.campaigns.spend.actions import LARGEST_FILE

pytestmark = pytest.mark.django_db(transaction=True)
LINE = {"channel": "wechat", "medium": "social", "first_on": "2026-01-01", "last_on": "2026-01-31", "amount": "310"}


def test_lines_are_kept_once_changed_and_deleted(call: Program) -> None:
    assert call("POST", "/spend", {"lines": [LINE, LINE]}).json() == {"new": 1, "same": 1}
    (line,) = call.get("/spend").json()["items"]
    assert line == {"id": line["id"], **LINE, "campaign": "", "code": "", "currency": "CNY", "note": ""}
    place = f"/spend/{line['id']}"
    tag = call.get(place)["ETag"]
    assert call("PUT", place, {**LINE, "amount": "12.50"}, if_match=tag).json()["amount"] == "12.5"
    told(call("PUT", place, {**LINE, "amount": "13"}, if_match=tag), 412, "state.changed")
    told(call("PUT", place, {**LINE, "amount": "much"}), 422, "money.unreadable")
    call("POST", "/spend", {"lines": [LINE]})
    told(call("PUT", place, LINE), 409, "spend.twice")
    assert call("DELETE", place).status_code == 204
    told(call.get(place), 404, "spend.unknown")
    assert len(call.get("/spend").json()["items"]) == 1


def test_all_lines_or_none(call: Program) -> None:
    told(call("POST", "/spend", {"lines": [LINE, {**LINE, "last_on": "2025-01-01"}]}), 422, "spend.period")
    assert call.get("/spend").json()["items"] == []


def test_a_file_brings_lines_and_leaves_as_one(call: Program) -> None:
    def give(content: str) -> object:
        return call("POST", "/spend/file?name=cost.csv", content.encode(), content_type=OCTETS)

    assert give("渠道,开始,结束,金额\nweibo,2026-01-01,2026-01-31,310\n").json() == {"new": 1, "same": 0}  # type: ignore[attr-defined]
    told(give("channel,from,amount\nweibo,2026-01-01,x\n"), 422, "spend.row")
    told(give("a" * (LARGEST_FILE + 1)), 413, "body.too_large")
    call("POST", "/spend", {"lines": [{**LINE, "note": "=1+1"}]})
    assert call.get("/spend/export").getvalue().decode().splitlines() == [
        "channel,medium,campaign,code,from,to,amount,currency,note",
        "wechat,social,,,2026-01-01,2026-01-31,310,CNY,'=1+1",
        "weibo,,,,2026-01-01,2026-01-31,310,CNY,",
    ]


def test_what_spend_brought(brand: Brand, call: Program) -> None:
    campaign = {"campaign": {"source": "wechat", "medium": "social"}}
    brand.send(*({"type": "page", "userId": f"u{i}", "context": campaign} for i in range(4)))
    call("POST", "/spend", {"lines": [{**LINE, "last_on": "2026-01-02", "amount": "100"}]})
    items = call.get("/spend/returns?from=2026-01-02&to=2200-01-01").json()["items"]
    assert [(one["costs"], one["people"]) for one in items] == [([{"amount": "50", "currency": "CNY"}], 4)]
    told(call.get("/spend/returns?from=2026-01-02&to=2026-01-01"), 422, "spend.period")
