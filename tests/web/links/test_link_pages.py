"""Pages of links, campaigns and own domains."""

import dataclasses

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from msgspec.structs import replace
from pytest_django import Settings
from tests.growth.gatherings.making import published
from tests.web.conftest import Brand

from lianyi.campaigns.campaigns.actions import create_campaign
from lianyi.campaigns.campaigns.queries import campaigns
from lianyi.campaigns.campaigns.schemas import Draft as CampaignDraft
from lianyi.foundation.domains.queries import domains
from lianyi.growth.forms.actions import archive_form, create_form
from lianyi.growth.forms.beginnings import begun as form_begun
from lianyi.growth.forms.queries import forms_of_campaign
from lianyi.growth.pages.actions import create_page
from lianyi.growth.pages.beginnings import begun as page_begun
from lianyi.growth.surveys.actions import create_survey
from lianyi.growth.surveys.beginnings import begun as survey_begun
from lianyi.kernel.clock import system_clock
from lianyi.links.actions import create_link, make_links
from lianyi.links.checking import Ours
from lianyi.links.drafts import Draft
from lianyi.links.queries import Wanted, every_link, link_of, links, templates

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "https://shop.example/spring"
APPID = "wx0123456789abcdef"


def test_a_link_is_made_shown_listed_and_changed(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    assert b"No link yet." in client.get("/links").content
    assert client.get("/links/new").status_code == 200
    answer = client.post(
        "/links/new",
        {
            "target": PAGE, "kind": "code", "name": "<b>Poster</b>", "slug": "fair", "channel": "offline",
            "expires_at": "2030-01-31T10:00", "password": "p", "holder_kind": "stand", "holder": "Booth 3",
            "route_target": ["https://shop.example/en", ""], "route_weight": ["3", ""],
            "route_countries": ["SG，US", ""], "route_regions": ["", ""], "route_devices": ["phone", ""],
            "route_systems": ["", ""], "route_languages": ["en", ""],
        },
    )  # fmt: skip
    (line,) = links(workspace, 10)
    assert answer["Location"] == f"/links/{line.id}"
    assert line.link.routes[0].countries == ("SG", "US")
    assert line.link.expires_at == 1_896_055_200_000_000
    shown = client.get(f"/links/{line.id}").content.decode()
    assert "/l/fair" in shown
    assert "&lt;b&gt;Poster&lt;/b&gt;" in shown
    assert "<b>Poster" not in shown
    assert "Booth 3" in client.get("/links?q=booth&kind=code&holder=stand").content.decode()
    assert "No link is like that." in client.get("/links?q=nothing").content.decode()
    edit = client.get(f"/links/{line.id}/edit").content.decode()
    assert "2030-01-31T10:00" in edit
    assert "SG, US" in edit
    client.post(f"/links/{line.id}/edit", {"target": "https://shop.example/b", "password_kept": "1"})
    changed = link_of(workspace, line.id).link
    assert (changed.target, changed.password, changed.kind, changed.slug) == (
        "https://shop.example/b", line.link.password, "code", "fair"
    )  # fmt: skip


def test_a_wechat_code_is_entered_shown_and_given_its_picture(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    assert b"No official account is connected" in client.get("/links/new?kind=wechat").content
    client.post("/settings/accounts/connect", {"platform": "wechat", "external": APPID, "name": "Brand account"})
    form = client.get("/links/new?kind=wechat").content.decode()
    assert f'value="{APPID}"' in form
    assert 'name="target"' not in form
    typed = {"kind": "wechat", "account": APPID, "scene": "hall-3", "name": "Hall 3"}
    assert client.post("/links/new", {**typed, "picture": "http://a.example/"}).status_code == 422
    client.post("/links/new", typed)
    (line,) = links(workspace, 10)
    shown = client.get(f"/links/{line.id}").content.decode()
    assert "Brand account" in shown
    assert "Not known yet" in shown
    assert f"/links/{line.id}/code.svg" not in shown
    assert client.get(f"/links/{line.id}/code.svg").status_code == 404
    client.post(f"/links/{line.id}/edit", {"name": "Hall 3", "picture": "http://weixin.qq.com/q/02AbC"})
    assert f"/links/{line.id}/code.svg" in client.get(f"/links/{line.id}").content.decode()
    assert client.get(f"/links/{line.id}/code.png").status_code == 200
    assert "hall-3" in client.get("/links?kind=wechat").content.decode()
    assert "公众号二维码" in brand.visitor("zh-CN").get("/links").content.decode()


def test_a_refusal_keeps_what_was_typed(brand: Brand) -> None:
    client = brand.visitor()
    answer = client.post("/links/new", {"target": "javascript:alert(1)", "name": "Typed"})
    assert answer.status_code == 422
    assert "A link leads to a web address, not to javascript:." in answer.content.decode()
    assert 'value="Typed"' in answer.content.decode()
    for wrong in ({"expires_at": "soon"}, {"route_target": "https://a.example/", "route_weight": "x"}):
        rest = {f"route_{name}": "" for name in ("countries", "regions", "devices", "systems", "languages")}
        assert client.post("/links/new", {"target": PAGE, **rest, **wrong}).status_code == 422
    assert list(every_link(brand.workspace.pk)) == []


def test_archive_templates_and_files(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    one = create_link(workspace, Draft(target=PAGE), system_clock(), Ours())
    client.post(f"/links/{one.id}/archive")
    assert links(workspace, 10) == []
    assert links(workspace, 10, wanted=Wanted(archived="yes"))[0].id == one.id
    client.post(f"/links/{one.id}/restore")
    assert client.post(f"/links/{one.id}/other").status_code == 404
    client.post("/links/templates", {"template_name": "Official account", "channel": "wechat"})
    (template,) = templates(workspace)
    assert 'value="wechat"' in client.get(f"/links/new?template={template.id}").content.decode()
    client.post(f"/links/templates/{template.id}/delete")
    assert templates(workspace) == []
    file = SimpleUploadedFile("codes.csv", f"name,target\nA,{PAGE}\nB,{PAGE}\n".encode())
    assert client.post("/links/upload", {"file": file})["Location"] == "/links"
    wrong = SimpleUploadedFile("codes.csv", b"target\nhttp://10.0.0.1/\n")
    assert client.post("/links/upload", {"file": wrong}).status_code == 422
    assert len(links(workspace, 10)) == 3
    assert len(b"".join(client.get("/links/export.csv?q=A").streaming_content).splitlines()) >= 2  # type: ignore[arg-type]


def test_lists_go_on(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    made = make_links(workspace, [Draft(target=PAGE, name=f"No. {i}.") for i in range(52)], system_clock(), Ours())
    page = client.get("/links?kind=link").content.decode()
    assert f"/links?before={made[2]}&amp;kind=link" in page
    rest = client.get(f"/links?before={made[2]}&kind=link", headers={"HX-Target": "more"}).content.decode()
    assert [f"No. {i}." in rest for i in (0, 1, 2)] == [True, True, False]


def test_a_code_that_opens_on_one_machine_alone_says_so_before_it_is_printed(brand: Brand, settings: Settings) -> None:
    client, said = brand.visitor(), "opens on this machine alone"
    link = create_link(brand.workspace.pk, Draft(target=PAGE), system_clock(), Ours())
    for address, expected in (("http://localhost:8620", True), ("https://go.brand-example.cn", False)):
        settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, url=address)
        pages = [client.get(path).content.decode() for path in ("/links/sheets", f"/links/{link.id}")]
        assert [said in page for page in pages] == [expected] * 2


def test_a_campaign_shows_all_that_belongs_to_it(brand: Brand) -> None:
    client, workspace, now = brand.visitor(), brand.workspace.pk, system_clock()
    one = create_campaign(workspace, CampaignDraft("Spring", "spring"), now)
    assert client.get(f"/campaigns/{one.id}").content.decode().count("None is in this campaign yet") == 4
    create_page(workspace, "spring", "The page", replace(page_begun("shop", "2030-01-31"), campaign="spring"), now)
    create_form(workspace, "The form", replace(form_begun("trial"), campaign="spring"), now)
    create_form(workspace, "Another form", replace(form_begun("trial"), campaign="other"), now)
    create_survey(workspace, "The survey", replace(survey_begun("needs"), campaign="spring"), now)
    gathering = published(workspace, "tasting", campaign="spring")
    text = client.get(f"/campaigns/{one.id}").content.decode()
    assert [name in text for name in ("The page", "The form", "The survey", gathering.name)] == [True] * 4
    assert "Another form" not in text
    assert (text.count("Not published"), "None is in this campaign yet" in text) == (3, False)
    form = forms_of_campaign(workspace, "spring", 10)[0]
    archive_form(workspace, form.id, now)
    assert forms_of_campaign(workspace, "spring", 10) == []


def test_campaigns_and_their_links(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    assert b"No campaign yet." in client.get("/campaigns").content
    assert client.post("/campaigns/new", {"name": "Spring", "key": "a b"}).status_code == 422
    client.post("/campaigns/new", {"name": "Spring", "key": "spring", "begins_on": "2026-03-01", "note": "<i>"})
    (one,) = campaigns(workspace, 10)
    create_link(workspace, Draft(target=PAGE, campaign="spring", name="Poster"), system_clock(), Ours())
    assert "Poster" in client.get(f"/campaigns/{one.id}").content.decode()
    assert 'value="spring" selected' in client.get("/links/new?campaign=spring").content.decode()
    assert 'value="2026-03-01"' in client.get(f"/campaigns/{one.id}/edit").content.decode()
    client.post(f"/campaigns/{one.id}/edit", {"name": "Spring sale", "key": "other"})
    assert campaigns(workspace, 10)[0][1:3] == ("spring", "Spring sale")
    client.post(f"/campaigns/{one.id}/archive")
    assert campaigns(workspace, 10) == []
    assert "Spring sale" in client.get("/campaigns?archived=yes").content.decode()
    assert len(b"".join(client.get("/campaigns/export.csv?archived=all").streaming_content).splitlines()) == 2  # type: ignore[arg-type]
    client.post(f"/campaigns/{one.id}/restore")
    assert len(campaigns(workspace, 10)) == 1


def test_own_domains(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    assert b"No own domain yet." in client.get("/settings/domains").content
    assert client.post("/settings/domains/add", {"host": "127.0.0.1"}).status_code == 422
    client.post("/settings/domains/add", {"host": "go.brand.example", "purpose": "links"})
    (one,) = domains(workspace)
    assert b"go.brand.example" in client.get("/settings/domains").content
    assert b"go.brand.example" in client.get("/links/new").content
    client.post(f"/settings/domains/{one.id}/remove")
    assert domains(workspace) == []
