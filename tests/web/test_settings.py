"""The pages of the settings: what they show and save, to whom, in both languages, and in one workspace only."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.foundation.webhooks.receiving import LOOPBACK
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link
from lianyi.foundation.webhooks import actions as hooks
from lianyi.foundation.webhooks import queries
from lianyi.foundation.webhooks.models import Endpoint
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.insight.funnel.queries import own_steps, steps_of
from lianyi.insight.funnel.schemas import Step
from lianyi.insight.kept.keeping import settle
from lianyi.kernel.clock import system_clock
from lianyi.people.erasing.models import Erasure
from lianyi.people.profiles.actions import add_tag, remove_tag
from lianyi.people.profiles.queries import lifecycle_rule, newest_people, trait_catalogue, trust_order
from lianyi.people.profiles.tags.facts import Dimension

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = {
    "/settings/traits": Ability.SEE_REPORTS,
    "/settings/tags": Ability.SEE_REPORTS,
    "/settings/stages": Ability.SEE_REPORTS,
    "/settings/funnel": Ability.SEE_REPORTS,
    "/settings/hours": Ability.EDIT_SETTINGS,
    "/settings/keys": Ability.EDIT_KEYS,
    "/settings/webhooks": Ability.EDIT_KEYS,
    "/settings/privacy": Ability.SEE_REPORTS,
}
WRITES = {
    "/settings/traits/declare": Ability.EDIT_SETTINGS,
    "/settings/traits/trust": Ability.EDIT_SETTINGS,
    "/settings/stages/change": Ability.EDIT_SETTINGS,
    "/settings/funnel/change": Ability.EDIT_SETTINGS,
    "/settings/funnel/reset": Ability.EDIT_SETTINGS,
    "/settings/hours/week": Ability.EDIT_SETTINGS,
    "/settings/hours/day": Ability.EDIT_SETTINGS,
    "/settings/hours/clear": Ability.EDIT_SETTINGS,
    "/settings/keys/create": Ability.EDIT_KEYS,
    "/settings/webhooks/create": Ability.EDIT_KEYS,
}
URL = "https://shop.example.com/hooks"
HOSTILE = '"><script>alert(1)</script>'


def visitor(brand: Brand, role: Role) -> Client:
    member = ensure_member(brand.workspace, f"{role}@{brand.workspace.slug}.cn", role)
    client = Client(headers={"accept-language": "en"})
    assert client.post(f"/sign-in/{issue_sign_in_link(member, system_clock())}").status_code == 302
    return client


def endpoint(brand: Brand) -> int:
    return hooks.create_endpoint(brand.workspace.pk, URL, ["*"], system_clock(), LOOPBACK)[0]


@pytest.mark.parametrize("place", PAGES)
def test_a_page_speaks_one_language(brand: Brand, place: str) -> None:
    chinese = brand.visitor("zh-hans").get(place)
    english = brand.visitor("en").get(place)
    assert (chinese.status_code, english.status_code) == (200, 200)
    main = english.text.partition("<main")[2].partition("</main>")[0]
    assert re.findall(r"[\u4e00-\u9fff]+", main) == []
    assert re.search(r"[\u4e00-\u9fff]", chinese.text.partition("<main")[2])
    assert " style=" not in english.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", english.text)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_and_saves_what_it_may(brand: Brand, role: Role) -> None:
    client = visitor(brand, role)
    seen = {place: client.get(place).status_code for place in PAGES}
    assert seen == {place: 200 if ability in ABILITIES[role] else 403 for place, ability in PAGES.items()}
    for place, ability in WRITES.items():
        assert (client.post(place).status_code == 403) is (ability not in ABILITIES[role]), place


def test_who_may_not_edit_gets_no_forms(brand: Brand) -> None:
    client = visitor(brand, Role.VIEWER)
    for place in ("/settings/traits", "/settings/funnel"):
        assert "/declare" not in client.get(place).text
        assert "/change" not in client.get(place).text


def test_a_key_is_shown_once_with_what_to_paste_and_revoked(brand: Brand) -> None:
    client = brand.visitor()
    page = client.post("/settings/keys/create", {"kind": "browser", "label": "Shop", "group": "shop"})
    (secret,) = re.findall(r"data-secret>(lyb_[\w-]+)<", page.text)
    assert f"data-key=&quot;{secret}" in page.text or f'data-key="{secret}"' in page.text
    assert f"token={secret}" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    key = WriteKey.objects.get(workspace=brand.workspace, label="Shop")
    assert (key.kind, key.group) == ("browser", "shop")
    assert secret not in client.get("/settings/keys").text
    assert client.post(f"/settings/keys/{key.pk}/revoke").status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    refused = client.post("/settings/keys/create", {"kind": "server", "group": "No Group"})
    assert refused.status_code == 400
    assert "is no key group" in refused.text
    chinese = brand.visitor("zh-hans").post("/settings/keys/create", {"kind": "server", "group": "No Group"})
    assert "不能用作密钥分组" in chinese.text
    assert "is no key group" not in chinese.text
    assert WriteKey.objects.filter(workspace=brand.workspace).count() == 2


def test_a_webhook_of_a_host_outside_ascii_shows_the_name_that_is_called(brand: Brand) -> None:
    client = brand.visitor()
    new = "/settings/webhooks/create"
    refused = client.post(new, {"url": "https://★.example/", "events": "*", "label": ""})
    assert refused.status_code in (400, 422)
    assert "No host has the name ★.example." in refused.text
    assert 'value="https://★.example/"' in refused.text
    assert not Endpoint.objects.filter(workspace=brand.workspace).exists()
    client.post(new, {"url": "https://аpple.com/hook", "events": "*", "label": ""})  # its first letter is Cyrillic
    assert Endpoint.objects.get(workspace=brand.workspace).url == "https://xn--pple-43d.com/hook"
    assert "https://xn--pple-43d.com/hook" in client.get("/settings/webhooks").text


def test_a_webhook_is_made_changed_switched_and_removed(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    refused = client.post("/settings/webhooks/create", {"url": "https://10.0.0.1/", "events": "*", "label": HOSTILE})
    assert refused.status_code == 400
    assert "is an address inside a network" in refused.text
    assert HOSTILE not in refused.text
    page = client.post(
        "/settings/webhooks/create", {"url": URL, "events": "order.*\n\n Order Completed ", "label": "E"}
    )
    (secret,) = re.findall(r"data-secret>(whsec_[^<]+)<", page.text)
    (one,) = queries.endpoints(workspace)
    assert (one.url, one.patterns, one.label) == (URL, ["order.*", "Order Completed"], "E")
    place = f"/settings/webhooks/{one.id}"
    assert secret not in client.get(place).text
    rotated = client.post(f"{place}/rotate")
    assert re.findall(r"data-secret>(whsec_[^<]+)<", rotated.text) != [secret]
    assert client.post(f"{place}/change", {"url": "ftp://x", "events": "a"}).status_code == 400
    assert client.post(f"{place}/change", {"url": f"{URL}/2", "events": "a"}).status_code == 302
    assert queries.endpoint(workspace, one.id).url == f"{URL}/2"
    client.post(f"{place}/test")
    (delivery,) = queries.deliveries(workspace, one.id, limit=5)
    assert delivery.event == "webhook.test"
    assert delivery.message in client.get(place).text
    log = client.get(f"{place}/log/{delivery.id}")
    assert "Not called yet." in log.text
    assert client.post(f"{place}/log/{delivery.id}/resend").status_code == 302
    client.post(f"{place}/off")
    assert queries.endpoint(workspace, one.id).state == "off"
    assert "Switch it on first" in client.post(f"{place}/test", follow=True).text
    client.post(f"{place}/on")
    assert queries.endpoint(workspace, one.id).state == "on"
    assert client.post(f"{place}/nonsense").status_code == 404
    client.post(f"{place}/remove")
    assert client.get(place).status_code == 404


def test_the_log_is_paged(brand: Brand) -> None:
    number = endpoint(brand)
    rows = [hooks.send_test(brand.workspace.pk, number, system_clock()) for _ in range(51)]
    client = brand.visitor()
    first = client.get(f"/settings/webhooks/{number}")
    assert [one.id for one in first.context["deliveries"]] == rows[:0:-1]
    second = client.get(f"/settings/webhooks/{number}?before={first.context['further']}")
    assert [one.id for one in second.context["deliveries"]] == rows[:1]
    assert client.get(f"/settings/webhooks/{number}?before=x").status_code == 200


def test_another_workspaces_numbers_are_not_found(new_brand: Callable[[], Brand]) -> None:
    mine, theirs = new_brand(), new_brand()
    number = endpoint(theirs)
    row = hooks.send_test(theirs.workspace.pk, number, system_clock())
    own = endpoint(mine)
    key = WriteKey.objects.get(workspace=theirs.workspace)
    client = mine.visitor()
    before = Endpoint.objects.values().get(pk=number)
    place = f"/settings/webhooks/{number}"
    assert {client.get(one).status_code for one in (place, f"{place}/log/{row}")} == {404}
    assert client.get(f"/settings/webhooks/{own}/log/{row}").status_code == 404
    writes = [f"{place}/{word}" for word in ("change", "rotate", "on", "off", "test", "remove", f"log/{row}/resend")]
    writes += [f"/settings/webhooks/{own}/log/{row}/resend", f"/settings/keys/{key.pk}/revoke"]
    said = {"url": URL, "events": "x"}
    assert {one: client.post(one, said).status_code for one in writes} == dict.fromkeys(writes, 404)
    assert Endpoint.objects.values().get(pk=number) == before
    key.refresh_from_db()
    assert key.revoked_at is None
    assert len(queries.deliveries(theirs.workspace.pk, number, limit=5)) == 1


def test_a_trait_is_declared_and_trust_is_ranked(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    said = {"name": "level", "kind": "number", "strategy": "first", "label_zh": "等级", "label_en": "Level"}
    assert client.post("/settings/traits/declare", {**said, "sensitive": "on"}).status_code == 302
    (one,) = [trait for trait in trait_catalogue(workspace) if trait.name == "level"]
    assert (one.kind, one.strategy, one.label_zh, one.sensitive) == ("number", "first", "等级", True)
    refused = client.post("/settings/traits/declare", {**said, "kind": "text"})
    assert refused.status_code == 400
    assert "cannot become a" in refused.text
    assert 'value="level" readonly' in client.get("/settings/traits?trait=level").text
    assert "No trait of this name." in client.get("/settings/traits?q=zzz").text
    assert client.post("/settings/traits/trust", {"origins": "import:crm\nmember\n"}).status_code == 302
    assert trust_order(workspace) == ["import:crm", "member"]
    assert client.post("/settings/traits/trust", {"origins": "member\nmember"}).status_code == 400
    assert trust_order(workspace) == ["import:crm", "member"]


def test_tags_are_listed_with_how_many_people_have_them(brand: Brand) -> None:
    client = brand.visitor()
    brand.send(*({"type": "identify", "userId": f"u{n}", "traits": {"name": f"N{n}"}} for n in range(3)))

    people = [row.number for row in newest_people(brand.workspace.pk, 9)]
    now = datetime.now(UTC)
    for person in people:
        add_tag(brand.workspace.pk, person, Dimension.STATE, "会员", now)
    add_tag(brand.workspace.pk, people[0], Dimension.STATE, "试用", now, expires_at=2**60)
    brand.project()
    remove_tag(brand.workspace.pk, people[1], Dimension.STATE, "会员", datetime.now(UTC))
    brand.project()
    client.get("/settings/tags")
    settle()
    told = {one.name: (count, passing) for one, count, passing in client.get("/settings/tags").context["tags"]}
    assert told == {"会员": (2, 0), "试用": (1, 1)}
    assert [one.name for one, *_ in client.get("/settings/tags?q=试").context["tags"]] == ["试用"]
    assert client.get("/settings/tags?dimension=behaviour").context["tags"] == []


def test_the_lifecycle_follows_the_rule(brand: Brand) -> None:
    client = brand.visitor()
    assert client.post("/settings/stages/change", {"days": "30", "signals": "a\n b \n"}).status_code == 302
    rule = lifecycle_rule(brand.workspace.pk)
    assert (rule.days_until_dormant, rule.signals) == (30, {"a", "b"})
    refused = client.post("/settings/stages/change", {"days": "0", "signals": "c"})
    assert refused.status_code == 400
    assert ">c</textarea>" in refused.text
    assert lifecycle_rule(brand.workspace.pk) == rule


def test_the_funnels_table_is_changed_and_reset(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    client.post("/settings/funnel/change", {"event": "Quiz Done", "step": "interest"})
    client.post("/settings/funnel/change", {"event": "Product Viewed", "step": ""})
    assert own_steps(workspace) == {"Quiz Done": Step.INTEREST, "Product Viewed": None}
    assert client.get("/settings/funnel").context["out"] == ["Product Viewed"]
    assert client.post("/settings/funnel/change", {"event": " ", "step": "share"}).status_code == 400
    client.post("/settings/funnel/reset")
    assert own_steps(workspace) == {}
    assert steps_of(workspace)["Product Viewed"] is Step.INTEREST


def test_privacy_names_erased_people_by_number(new_brand: Callable[[], Brand]) -> None:
    brand, other = new_brand(), new_brand()
    for n in range(51):
        Erasure.objects.create(
            workspace=brand.workspace.pk, person=n, erased_at=10**15 + n, numbers=[n], beside=[], unwashed=["log"]
        )
    Erasure.objects.create(workspace=other.workspace.pk, person=7, erased_at=1, numbers=[7], beside=[], laked_at=2)
    client = brand.visitor()
    first = client.get("/settings/privacy")
    assert [one.person for one in first.context["erasures"]] == list(range(50, 0, -1))
    assert "Being washed" in first.text
    second = client.get(f"/settings/privacy?before={first.context['further']}")
    assert [one.person for one in second.context["erasures"]] == [0]
    assert other.visitor().get("/settings/privacy").text.count(">Clean<") == 2
