"""Links, campaigns and own domains by the API."""

from functools import partial

import pytest
from tests.api.conftest import Program, program
from tests.api.test_door import at_once, told
from tests.links.codes.reading import logo
from tests.web.conftest import Brand

from lianyi.api.operations import OCTETS
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.foundation.access.schemas import Role
from lianyi.kernel.clock import system_clock, to_micros

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "https://shop.example/spring"


def test_a_link_is_made_changed_archived_and_restored(call: Program) -> None:
    made = call("POST", "/links", {"target": PAGE, "slug": "fair", "channel": "wechat"})
    assert made.status_code == 201
    link = made.json()
    assert (link["slug"], link["code"], link["channel"], link["password"]) == ("fair", "fair", "wechat", False)
    assert link["address"].endswith("/l/fair")
    told(call("POST", "/links", {"target": PAGE, "slug": "FAIR"}), 409, "link.taken")
    told(call("POST", "/links", {"target": "javascript:alert(1)"}), 422, "link.scheme")
    told(call("POST", "/links", {"target": PAGE, "campaign": "none"}), 422, "link.campaign")
    place = f"/links/{link['id']}"
    route = {"target": "https://shop.example/en", "languages": ["en"]}
    changed = call("PUT", place, {"target": "https://shop.example/b", "routes": [route], "password": "p"}).json()
    assert (changed["target"], changed["password"], changed["routes"][0]["languages"]) == (
        "https://shop.example/b", True, ["en"]
    )  # fmt: skip
    told(call("PUT", place, {"target": PAGE, "slug": "other"}), 409, "link.fixed")
    assert call("POST", f"{place}/archive").json()["archived_at"] is not None
    assert call.get("/links").json()["items"] == []
    assert len(call.get("/links?archived=yes&words=fai&kind=link").json()["items"]) == 1
    assert call("POST", f"{place}/restore").json()["archived_at"] is None
    told(call.get("/links/987654321"), 404, "link.unknown")


def test_a_wechat_code_is_of_a_connected_account(brand: Brand, call: Program) -> None:
    appid, picture = "wx0123456789abcdef", "http://weixin.qq.com/q/02AbC"
    told_of = {"kind": "wechat", "account": appid, "scene": "hall-3", "picture": picture}
    told(call("POST", "/links", told_of), 422, "link.account")
    assert call("POST", "/accounts", {"platform": "wechat", "external": appid}).status_code == 201
    made = call("POST", "/links", told_of).json()
    assert (made["account"], made["scene"], made["picture"], made["address"]) == (appid, "hall-3", picture, picture)
    assert (made["target"], made["code"], made["channel"]) == ("", "hall-3", "wechat")
    told(call("POST", "/links", told_of), 409, "link.scene_taken")
    told(call("POST", "/links", {"scene": "x"}), 422, "link.no_scene")
    place = f"/links/{made['id']}"
    told(call("PUT", place, {"scene": "hall-4"}), 409, "link.fixed")
    assert call("PUT", place, {"name": "三号馆"}).json()["picture"] == ""
    assert [one["id"] for one in call.get("/links?kind=wechat").json()["items"]] == [made["id"]]
    told(program(brand, role=Role.ANALYST)("POST", "/links", {**told_of, "scene": "y"}), 403, "access.denied")


def test_clicks_of_a_link_and_of_a_campaign(brand: Brand, call: Program) -> None:
    campaign = call("POST", "/campaigns", {"key": "fair", "name": "Fair"}).json()["id"]
    link = call("POST", "/links", {"target": PAGE, "code": "hall-3", "campaign": "fair", "channel": "offline"}).json()
    nothing = call.get(f"/links/{link['id']}/clicks").json()
    assert (nothing["times"], nothing["people"], nothing["machines"], nothing["places"]) == (0, 0, 0, [])
    facts = {"link": link["id"], "country": "CN", "region": "上海", "city": "上海市", "device": "phone"}
    source, now = ("offline", "", "fair", "hall-3"), to_micros(system_clock())
    who = [("cookie", "default", "visitor-1", False)]
    record_own(
        brand.workspace.pk,
        [
            OwnEvent("a" * 32, "link.clicked", now, who, properties=facts, source=source),
            OwnEvent("b" * 32, "link.clicked", now, who, properties=facts, source=source),
            OwnEvent("c" * 32, "link.clicked", now, properties=facts, source=source, machine=True),
        ],
    )
    brand.project()
    for place in (f"/links/{link['id']}/clicks", f"/campaigns/{campaign}/clicks"):
        found = call.get(place).json()
        assert (found["times"], found["people"], found["machines"], sum(found["hours"])) == (2, 1, 1, 2)
        assert found["places"] == [{"country": "CN", "region": "上海", "city": "上海市", "times": 2, "people": 1}]
        assert found["devices"] == [{"device": "phone", "times": 2, "people": 1}]
        assert [one["times"] for one in found["days"]] == [2]
    told(call.get("/links/987654321/clicks"), 404, "link.unknown")
    told(call.get("/campaigns/987654321/clicks"), 404, "campaign.unknown")


def test_share_packs_and_the_ranking_of_holders(call: Program) -> None:
    campaign = call("POST", "/campaigns", {"key": "fair", "name": "Fair"}).json()["id"]
    place, who = f"/campaigns/{campaign}", {"holder_kind": "staff", "holder": "店员一"}
    call("POST", "/links", {"target": PAGE, "kind": "code", "campaign": "fair", **who})
    assert call.get(f"{place}/pack").json() == {"texts": [], "ranking": True}
    assert call.get(f"{place}/addresses").json() == {"items": [], "left_out": 0}
    told(call("POST", f"{place}/addresses/renew", who), 409, "pack.none")
    pack = {"texts": ["{link}"], "ranking": False}
    assert call("PUT", f"{place}/pack", pack).json() == pack
    told(call("PUT", f"{place}/pack", {"texts": ["x" * 2_001]}), 422, "request.invalid")
    assert call.get(f"{place}/holders").json() == {
        "items": [{**who, "clicks": 0, "people": 0, "registrations": 0, "orders": 0}], "left_out": 0,
    }  # fmt: skip
    (address,) = call.get(f"{place}/addresses").json()["items"]
    assert "/share/" in address["address"]
    renewed = call("POST", f"{place}/addresses/renew", who).json()
    assert renewed["address"] != address["address"]
    assert call.get(f"{place}/addresses").json()["items"] == [renewed]
    told(call("POST", f"{place}/addresses/renew", {"holder": "nobody"}), 404, "pack.holder")


def test_pages_of_links_follow_each_other(call: Program) -> None:
    for i in range(3):
        call("POST", "/links", {"target": PAGE, "name": f"No. {i}"})
    first = call.get("/links?limit=2").json()
    assert [one["name"] for one in first["items"]] == ["No. 2", "No. 1"]
    second = call.get(f"/links?limit=2&cursor={first['next']}").json()
    assert ([one["name"] for one in second["items"]], second["next"]) == (["No. 0"], None)


def test_a_file_brings_codes_and_they_leave_as_one(call: Program) -> None:
    content = f"名称,目标,持有人类型,持有人\n一号,{PAGE},展位,Booth 1\n二号,{PAGE},展位,Booth 2\n".encode()
    assert call("POST", "/links/file?name=codes.csv", content, content_type=OCTETS).json() == {"made": 2}
    wrong = f"target\n{PAGE}\nhttp://127.0.0.1/\n".encode()
    told(call("POST", "/links/file?name=codes.csv", wrong, content_type=OCTETS), 422, "link.row")
    lines = call.get("/links/export").getvalue().decode().splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(f"二号,{PAGE},code,")


def test_templates_of_links(call: Program) -> None:
    made = call("POST", "/links/templates", {"name": "Official account", "channel": "WeChat"}).json()
    assert (made["name"], made["channel"]) == ("Official account", "wechat")
    assert call.get("/links/templates").json() == {"items": [made]}
    assert call("DELETE", f"/links/templates/{made['id']}").status_code == 204
    told(call("DELETE", f"/links/templates/{made['id']}"), 404, "link.template_unknown")


def test_campaigns(call: Program) -> None:
    told(call("POST", "/campaigns", {"key": "a b", "name": "Spring"}), 422, "campaign.key")
    made = call("POST", "/campaigns", {"key": "spring", "name": "Spring", "begins_on": "2026-03-01"}).json()
    told(call("POST", "/campaigns", {"key": "spring", "name": "Again"}), 409, "campaign.there")
    place = f"/campaigns/{made['id']}"
    assert call("PUT", place, {"key": "spring", "name": "Spring sale"}).json()["name"] == "Spring sale"
    told(call("PUT", place, {"key": "other", "name": "Spring sale"}), 409, "campaign.key_fixed")
    link = call("POST", "/links", {"target": PAGE, "campaign": "spring"}).json()
    assert [one["id"] for one in call.get(f"/links?campaign={made['id']}").json()["items"]] == [link["id"]]
    assert call("POST", f"{place}/archive").json()["archived_at"] is not None
    assert call.get("/campaigns").json()["items"] == []
    assert [one["key"] for one in call.get("/campaigns?archived=all&words=sal").json()["items"]] == ["spring"]
    assert call("POST", f"{place}/restore").json()["archived_at"] is None
    told(call.get("/campaigns/987654321"), 404, "campaign.unknown")


def test_domains(brand: Brand, call: Program) -> None:
    made = call("POST", "/domains", {"host": "Go.Brand.example", "purpose": "links"}).json()
    assert made["host"] == "go.brand.example"
    told(call("POST", "/domains", {"host": "go.brand.example"}), 409, "domain.taken")
    told(call("POST", "/domains", {"host": "127.0.0.1"}), 422, "domain.host")
    link = call("POST", "/links", {"target": PAGE, "domain": "go.brand.example", "slug": "fair"}).json()
    assert link["address"] == "https://go.brand.example/fair"
    told(call("DELETE", f"/domains/{made['id']}"), 409, "domain.used")
    other = call("POST", "/domains", {"host": "b.brand.example"}).json()
    assert call("DELETE", f"/domains/{other['id']}").status_code == 204
    assert [one["id"] for one in call.get("/domains").json()["items"]] == [made["id"]]
    told(program(brand, role=Role.EDITOR)("POST", "/domains", {"host": "c.example"}), 403, "access.denied")


def test_looks_are_kept_with_their_logo_and_codes_printed_in_them(call: Program) -> None:
    for place in range(3):
        call("POST", "/links", {"target": PAGE, "kind": "code", "slug": f"booth-{place}", "holder": "店员一"})
    picture = call("POST", "/codes/logos?name=logo.png", logo(), content_type=OCTETS)
    assert picture.status_code == 201
    bad = call("POST", "/codes/logos?name=logo.png", b"<svg onload=alert(1)>", content_type=OCTETS)
    told(bad, 422, "code.logo")
    body = {"name": "Brand", "dark": "#1a3a8f", "correction": "H", "logo": picture.json()["id"], "usual": True}
    look = call("POST", "/codes/looks", body)
    assert (look.status_code, look.json()["caption"]) == (201, "{name}\n{holder}\n{address}")
    assert call.get("/codes/looks").json()["items"] == [look.json()]
    told(call("PUT", f"/codes/looks/{look.json()['id']}", {**body, "dark": "#ffd400"}), 422, "code.contrast")
    made = call("POST", "/codes/sheets", {"holder": "店员一", "saved": look.json()["id"]})
    assert (made.status_code, made.json()["state"], made.json()["codes"]) == (201, "done", 3)
    place = f"/codes/sheets/{made.json()['id']}"
    assert call.get(place).json() == made.json() == call.get("/codes/sheets").json()["items"][0]
    document = b"".join(call.get(f"{place}/file").streaming_content)
    assert (len(document), document[:5]) == (made.json()["bytes"], b"%PDF-")
    other = {"look": {"form": "poster", "paper": "a5", "caption": "{address}"}}
    assert call("POST", "/codes/sheets", other).json()["pages"] == 3
    told(call("POST", "/codes/sheets", {"holder": "nobody"}), 422, "sheet.many")
    told(call("POST", "/codes/sheets", {"look": {"form": "10x20"}}), 422, "sheet.size")
    assert call("DELETE", place).status_code == 204
    told(call.get(f"{place}/file"), 404, "sheet.unknown")
    assert call("DELETE", f"/codes/looks/{look.json()['id']}").status_code == 204


def test_many_codes_wait_for_the_worker_and_are_stopped(call: Program) -> None:
    rows = "".join(f"Booth {n},https://shop.example.com/\n" for n in range(201))
    call("POST", "/links/file?name=codes.csv", f"name,target\n{rows}".encode(), content_type=OCTETS)
    made = call("POST", "/codes/sheets", {}).json()
    assert (made["state"], made["done"], made["there"]) == ("running", 0, False)
    told(call.get(f"/codes/sheets/{made['id']}/file"), 404, "sheet.no_file")
    told(call("DELETE", f"/codes/sheets/{made['id']}"), 409, "sheet.runs")
    assert call("POST", f"/codes/sheets/{made['id']}/stop").json()["state"] == "stopped"
    assert call("DELETE", f"/codes/sheets/{made['id']}").status_code == 204


def test_looks_that_are_saved_at_once_are_saved_one_after_another(call: Program) -> None:
    found = at_once([partial(call, "POST", "/codes/looks", {"name": "Brand", "usual": True}) for _ in range(4)])
    assert ([one.status_code for one in found], len({one.content for one in found})) == ([201] * 4, 1)
    found = at_once([partial(call, "POST", "/codes/looks", {"name": f"No. {n}", "usual": True}) for n in range(4)])
    assert [one.status_code for one in found] == [201] * 4
    assert [one["usual"] for one in call.get("/codes/looks").json()["items"]] == [True] + [False] * 4
