"""Share packs: the page of a campaign's members, and that of each holder, whose address is the permission."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.web.conftest import Brand

from lianyi.campaigns.campaigns.actions import archive_campaign, create_campaign
from lianyi.campaigns.campaigns.schemas import Draft as CampaignDraft
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.foundation.audit.models import AuditLine
from lianyi.insight.kept.keeping import settle
from lianyi.insight.results.queries import standings
from lianyi.insight.results.schemas import Standing
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.links.actions import make_links
from lianyi.links.checking import Ours
from lianyi.links.drafts import Draft
from lianyi.links.packs.queries import holders, pack_of
from lianyi.links.packs.schemas import Holder

pytestmark = pytest.mark.django_db(transaction=True)  # a thread of its own counts
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, SECOND = Holder("staff", "店员一"), Holder("creator", "达人二")


@pytest.fixture
def campaign(brand: Brand) -> int:
    """A campaign with two codes of one holder and one of another, and what they brought."""
    workspace = brand.workspace.pk
    one = create_campaign(workspace, CampaignDraft("春季", "spring"), NOW).id
    target = "https://shop.example/"
    staff = {"holder_kind": "staff", "holder": "店员一"}
    drafts = [
        Draft(target=target, kind="code", campaign="spring", code="s1", name="门口海报", **staff),
        Draft(target=target, kind="code", campaign="spring", code="s2", **staff),
        Draft(target=target, kind="link", campaign="spring", code="c1", holder_kind="creator", holder="达人二"),
        Draft(target=target, campaign="spring", code="nobody"),
    ]
    make_links(workspace, drafts, NOW, Ours())
    came = [("s1", "v-1"), ("s2", "v-1"), ("s2", "v-2"), ("c1", "v-3"), ("nobody", "v-4")]
    now = to_micros(system_clock())
    told = [event("code.scanned", who, now + place, code) for place, (code, who) in enumerate(came)]
    told.append(event("gathering.registered", "v-2", now + 10))
    told += [event("Order Completed", "v-3", now + 11), event("Order Completed", "v-3", now + 12)]
    record_own(workspace, told)
    brand.project()
    return one


def event(name: str, who: str, at: int, code: str = "") -> OwnEvent:
    source = ("code", "", "spring", code) if code else None
    return OwnEvent(secrets.token_hex(16), name, at, [("cookie", "default", who, False)], source=source)


def address_of(client: Client, campaign: int, place: int) -> str:
    """The path of a holder's page, as the page of the members shows it."""
    client.get(f"/campaigns/{campaign}/pack")
    settle()
    page = client.get(f"/campaigns/{campaign}/pack").content.decode()
    return re.findall(r'href="[^"]*(/share/[^"]+)"', page)[place]


def test_holders_are_ranked_by_all_their_codes(brand: Brand, campaign: int) -> None:
    workspace = brand.workspace.pk
    lines = holders(workspace, campaign)
    assert [(one.holder, len(one.links), one.hidden) for one in lines] == [(FIRST, 2, False), (SECOND, 1, False)]
    assert standings(workspace, "spring", lines) == [Standing(FIRST, 3, 2, 1, 0), Standing(SECOND, 1, 1, 0, 2)]
    assert standings(workspace, "spring", []) == []


def test_members_make_a_pack_and_each_holder_has_a_page(brand: Brand, campaign: int) -> None:
    client = brand.visitor()
    before = client.get(f"/campaigns/{campaign}/pack").content.decode()
    assert "/share/" not in before
    assert "店员一" in before
    client.post(f"/campaigns/{campaign}/pack/save", {"text": ["看这里 {link} <b>", " "], "ranking": "1"})
    pack = pack_of(brand.workspace.pk, campaign)
    assert pack is not None
    assert (pack.texts, pack.ranking) == (("看这里 {link} <b>",), True)
    place = address_of(client, campaign, 0)
    stranger = Client(headers={"accept-language": "en"})
    answer = stranger.get(place)
    page = answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert re.findall(r"<dd[^>]*>(\d+)", page) == ["3", "2", "1", "0", "1"]
    assert "门口海报" in page
    assert "&lt;b&gt;" in page
    assert "{link}" not in page
    assert "达人二" in page
    (first, second) = (one.id for one in holders(brand.workspace.pk, campaign)[0].links)
    for kind, begins in (("png", b"\x89PNG"), ("svg", b"<svg"), ("pdf", b"%PDF")):
        assert begins in stranger.get(f"{place}/{first}.{kind}").content[:200]
    assert stranger.get(f"{place}/sheet.pdf").content.startswith(b"%PDF")
    theirs = holders(brand.workspace.pk, campaign)[1].links[0].id
    assert stranger.get(f"{place}/{theirs}.png").status_code == 404
    assert stranger.get(f"{place}/{second}.exe").status_code == 404
    file = b"".join(client.get(f"/campaigns/{campaign}/pack/export.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert [line.split(",")[:7] for line in file.splitlines()[1:]] == [
        ["1", "Staff", "店员一", "3", "2", "1", "0"], ["2", "Creator", "达人二", "1", "1", "0", "2"],
    ]  # fmt: skip
    assert place in file


def test_a_holder_reads_moments_in_the_zone_of_the_workspace(brand: Brand, campaign: int) -> None:
    brand.workspace.zone = "Asia/Shanghai"
    brand.workspace.save()
    client = brand.visitor()
    client.post(f"/campaigns/{campaign}/pack/save", {"text": ["x"], "ranking": "1"})
    page = Client(headers={"accept-language": "en"}).get(address_of(client, campaign, 0)).content.decode()
    (counted,) = re.findall(r"Counted (\d\d:\d\d):\d\d", page)
    now = system_clock().astimezone(ZoneInfo("Asia/Shanghai"))
    assert counted in {f"{now - timedelta(minutes=ago):%H:%M}" for ago in (0, 1)}


def test_who_wishes_so_is_not_named_to_the_others(brand: Brand, campaign: int) -> None:
    client = brand.visitor()
    client.post(f"/campaigns/{campaign}/pack/save", {"text": ["x"], "ranking": "1"})
    first, second = address_of(client, campaign, 0), address_of(client, campaign, 1)
    stranger = Client(headers={"accept-language": "en"})
    assert stranger.post(f"{first}/name", {"name": "hide"})["Location"] == first
    assert "店员一" not in stranger.get(second).content.decode()
    assert "Not named" in stranger.get(second).content.decode()
    assert "店员一" in stranger.get(first).content.decode()
    assert "店员一" in client.get(f"/campaigns/{campaign}/pack").content.decode()
    line = AuditLine.objects.get(action="pack.name_hidden")
    assert (line.actor, line.detail) == (f"pack:{campaign}", {"campaign": campaign})
    stranger.post(f"{first}/name", {"name": "show"})
    assert "店员一" in stranger.get(second).content.decode()
    client.post(f"/campaigns/{campaign}/pack/save", {"text": ["x"]})  # without the ranking
    assert "店员一" not in stranger.get(second).content.decode()


def test_an_address_that_is_forged_made_anew_or_of_an_archived_campaign_leads_nowhere(
    brand: Brand, campaign: int, new_brand: Callable[[], Brand]
) -> None:
    client = brand.visitor()
    client.post(f"/campaigns/{campaign}/pack/save", {"text": ["x"], "ranking": "1"})
    place = address_of(client, campaign, 0)
    stranger = Client()
    assert stranger.get(place).status_code == 200
    assert stranger.get(place[:-1] + ("A" if place[-1] != "A" else "B")).status_code == 404
    assert stranger.get("/share/nonsense").status_code == 404
    assert stranger.post("/share/nonsense/name", {"name": "hide"}).status_code == 404
    assert new_brand().visitor().post(f"/campaigns/{campaign}/pack/renew", {"holder": "店员一"}).status_code == 404
    assert stranger.get(place).status_code == 200
    client.post(f"/campaigns/{campaign}/pack/renew", {"kind": "staff", "holder": "店员一"})
    assert stranger.get(place).status_code == 404
    fresh = address_of(client, campaign, 0)
    assert fresh != place
    assert stranger.get(fresh).status_code == 200
    archive_campaign(brand.workspace.pk, campaign, NOW)
    assert stranger.get(fresh).status_code == 404
