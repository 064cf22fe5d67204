"""The page of what a campaign brought, beside another, and its file."""

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import Brand

from lianyi.campaigns.campaigns.actions import create_campaign
from lianyi.campaigns.campaigns.schemas import Draft
from lianyi.campaigns.spend.actions import record_spend
from lianyi.campaigns.spend.schemas import Spend
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.events.schemas import Source
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import OPERATOR
from lianyi.insight.kept.keeping import settle
from lianyi.kernel.clock import system_clock, to_micros

pytestmark = pytest.mark.django_db(transaction=True)  # a thread of its own counts


def made(brand: Brand, key: str) -> int:
    with acting_as(OPERATOR):
        return create_campaign(brand.workspace.pk, Draft(key.title(), key, None, None, ""), system_clock()).id


def happened(brand: Brand, *events: tuple[str, str, str], **facts: str) -> None:
    """(name, cookie, code) each; without a code an event states no source."""
    now = to_micros(system_clock())
    told = [
        OwnEvent(
            id=secrets.token_hex(16),
            name=name,
            at=now + place,
            who=[("cookie", "default", who, False)],
            source=("offline", "poster", "fair", code) if code else None,
            properties=dict(facts),
        )
        for place, (name, who, code) in enumerate(events)
    ]
    record_own(brand.workspace.pk, told)
    brand.project()


def page(client: Client, campaign: int, **asked: Any) -> str:
    address = f"/campaigns/{campaign}/results"
    client.get(address, asked)
    settle()
    answer = client.get(address, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_tells_each_step_and_what_it_cost(brand: Brand) -> None:
    client = brand.visitor()
    fair, other = made(brand, "fair"), made(brand, "other")
    happened(
        brand,
        ("code.scanned", "visitor-1", "hall-3"),
        ("code.scanned", "visitor-1", "hall-3"),
        ("code.scanned", "visitor-2", "hall-4"),
        ("form.submitted", "visitor-1", ""),
    )
    with acting_as(OPERATOR):
        line = Spend(Source("offline", "", "fair", ""), date(2026, 1, 1), date(2026, 1, 2), Decimal(90), "CNY", "")
        record_spend(brand.workspace.pk, [line])
    told = page(client, fair, **{"with": other})
    assert "hall-3" in told
    assert "hall-4" in told
    assert "45.00" in told  # 90 for two who clicked
    assert "90.00" in told  # 90 for one lead
    assert "Other" in told
    file = client.get(f"/campaigns/{fair}/results/export")
    rows = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 4
    assert rows[1].split(",")[:3] == ["offline", "poster", "hall-3"]
    assert rows[1].split(",")[5:7] == ["1", "2"]
    assert rows[-1].split(",")[5:7] == ["2", "3"]


def test_places_hours_and_files_are_told_beside_another_campaign(brand: Brand) -> None:
    client = brand.visitor()
    fair, other = made(brand, "fair"), made(brand, "other")
    shanghai = {"country": "CN", "region": "上海", "city": "上海市", "device": "phone"}
    happened(brand, ("code.scanned", "visitor-1", "hall-3"), ("code.scanned", "visitor-2", "hall-3"), **shanghai)
    happened(brand, ("code.scanned", "visitor-1", "hall-3"))
    told = page(client, fair, **{"with": other})
    assert "上海 · 上海市" in told
    assert "Unknown place" in told
    assert told.index("上海 · 上海市") < told.index("Unknown place")
    file = b"".join(client.get(f"/campaigns/{fair}/results/export?by=place").streaming_content)  # type: ignore[attr-defined]
    assert file.decode("utf-8-sig").splitlines()[1:] == ["CN,上海,上海市,2,2", ",,,1,1"]
    days = b"".join(client.get(f"/campaigns/{fair}/results/export?by=day").streaming_content)  # type: ignore[attr-defined]
    assert [line.partition(",")[2] for line in days.decode("utf-8-sig").splitlines()] == ["Clicks", "3"]
    part = client.get(f"/campaigns/{fair}/places").content.decode()
    assert "上海 · 上海市" in part
    assert "<html" not in part


def test_a_campaign_that_brought_nobody_says_what_to_do(brand: Brand) -> None:
    client = brand.visitor()
    fair = made(brand, "fair")
    assert "Nobody has come by this campaign yet." in page(client, fair)
    assert "还没有人通过该营销活动到访" in page(brand.visitor("zh-CN"), fair)


def test_campaigns_of_others_are_not_found(brand: Brand) -> None:
    client = brand.visitor()
    mine = made(brand, "fair")
    assert client.get(f"/campaigns/{mine + 999}/results").status_code == 404
    assert client.get(f"/campaigns/{mine + 999}/results/export").status_code == 404
    assert client.get(f"/campaigns/{mine}/results", {"with": mine + 999}).status_code == 404
