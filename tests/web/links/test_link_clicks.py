"""What came of links, on the page of one and beside each of a list."""

import re
import secrets
from collections.abc import Callable

import pytest
from tests.web.conftest import Brand

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.insight.kept.keeping import settle
from lianyi.insight.kept.models import KeptAnswer
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.links.actions import create_link
from lianyi.links.checking import Ours
from lianyi.links.drafts import Draft, LinkLine

pytestmark = pytest.mark.django_db(transaction=True)  # a thread of its own counts


def made(brand: Brand, name: str) -> LinkLine:
    return create_link(brand.workspace.pk, Draft(target="https://shop.example/", name=name), system_clock(), Ours())


def clicked(brand: Brand, line: LinkLine, *visitors: str, machines: int = 0) -> None:
    now = to_micros(system_clock())
    told = [
        OwnEvent(
            id=secrets.token_hex(16),
            name=line.link.event,
            at=now + place,
            who=[("cookie", "default", who, False)] if who else [],
            properties={"link": line.id, "country": "CN", "region": "上海", "device": "phone"},
            source=line.link.source,
            machine=place >= len(visitors),
        )
        for place, who in enumerate([*visitors, *[""] * machines])
    ]
    record_own(brand.workspace.pk, told)
    brand.project()


def test_a_link_tells_its_clicks_people_and_machines(brand: Brand) -> None:
    client = brand.visitor()
    line = made(brand, "Poster")
    client.get(f"/links/{line.id}")
    settle()
    assert "Nobody has followed it yet." in client.get(f"/links/{line.id}").content.decode()
    clicked(brand, line, "visitor-1", "visitor-1", "visitor-2", "", machines=5)
    KeptAnswer.objects.all().delete()  # else it rests for some seconds
    client.get(f"/links/{line.id}/clicks")
    settle()
    part = client.get(f"/links/{line.id}/clicks").content.decode()
    assert re.findall(r"<dd[^>]*>(\d+)</dd>", part) == ["4", "2", "5"]
    assert "上海" in part
    assert "Phone" in part
    assert "By machines, not counted" in client.get(f"/links/{line.id}").content.decode()


def test_counts_stand_beside_each_link_of_a_list(brand: Brand) -> None:
    client = brand.visitor()
    one, other = made(brand, "One"), made(brand, "Other")
    clicked(brand, one, "visitor-1", "visitor-1", machines=2)
    client.get("/links")
    settle()
    page = client.get("/links").content.decode()
    assert f'<span id="clicks-{one.id}">2 <span class="text-sm text-base-content/75">/ 1</span></span>' in page
    assert f'<span id="clicks-{other.id}">0</span>' in page
    part = client.get(f"/links/counts?of={other.id},{one.id},x,987654321").content.decode()
    assert re.findall(r'id="clicks-(\d+)" hx-swap-oob="true"', part) == [str(other.id), str(one.id)]


def test_those_of_another_workspace_are_not_told(brand: Brand, new_brand: Callable[[], Brand]) -> None:
    theirs = new_brand()
    line = made(theirs, "Theirs")
    clicked(theirs, line, "visitor-1")
    client = brand.visitor()
    assert client.get(f"/links/{line.id}/clicks").status_code == 404
    assert "clicks-" not in client.get(f"/links/counts?of={line.id}").content.decode()
