"""Forms at the edge: the page, what is sent by it, and what comes of that."""

import json
import re
import time
from collections.abc import Callable
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.edge.edges import Said, Shop
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, PHONE, WORDING, definition_of

from lianyi.growth.forms import actions
from lianyi.growth.forms.guarding import solved
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.schemas import digest
from lianyi.kernel.clock import system_clock

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0",
    "Accept": "text/html",
    "Accept-Language": "en-GB,en;q=0.9",
}
FAST = {"quickest": 0, "work": 4, "per_minute": 0}


def published(shop: Shop, *fields: dict[str, Any], **parts: Any) -> Form:
    definition = definition_of(*fields, **{"guard": FAST, **parts})
    made = actions.create_form(shop.workspace.pk, "Trial", definition, system_clock())
    return actions.publish_form(shop.workspace.pk, made.id, system_clock())


def opened(shop: Shop, form: Form, query: str = "", **headers: str) -> Said:
    return shop.edge.ask("GET", f"/f/{form.address}{query}", headers=BROWSER | headers)


def named(page: Said, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.body.decode())
    assert found, page.body
    return unescape(found[1])


def work_of(page: Said) -> str:
    riddle = re.search(r'data-riddle="(\w+)" data-work="(\d+)"', page.body.decode())
    assert riddle
    return next(str(one) for one in count() if solved(int(riddle[2]), riddle[1], str(one)))


def post(shop: Shop, form: Form, fields: dict[str, Any], **headers: str) -> Said:
    body = urlencode(fields, doseq=True).encode()
    return shop.edge.ask("POST", f"/f/{form.address}", body, FORM | BROWSER | headers)


def send(shop: Shop, form: Form, page: Said, **fields: Any) -> Said:
    return post(shop, form, {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), **fields})


def test_a_submission_becomes_events_before_it_is_answered(shop: Shop) -> None:
    form = published(shop, NAME, PHONE, EMAIL, CITY, CONSENT)
    page = opened(shop, form, "?utm_source=wechat&utm_campaign=spring&ly_code=booth-3", **{"Accept-Language": "zh-CN"})
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    said = send(shop, form, page, name="访客一", phone="13800138000", email="A@example.com", city="上海", agree="yes")
    assert (said.status, said.headers["location"]) == (303, f"/f/{form.address}/thanks?lang=zh")
    submitted, consent = shop.accepted()
    assert (submitted.name, consent.name) == ("form.submitted", "consent.given")
    answers = {"name": "访客一", "phone": "+8613800138000", "email": "a@example.com", "city": "上海", "agree": True}
    assert submitted.properties == {
        "form": form.id,
        "version": 1,
        "language": "zh",
        "answers": answers,
        "agreed": {"agree": WORDING["zh"]},
    }
    assert submitted.traits == {key: value for key, value in answers.items() if key != "agree"}
    assert [(one.kind, one.value, one.strong) for one in submitted.claims] == [
        ("phone", "+8613800138000", False),
        ("email", "a@example.com", False),
    ]
    assert tuple(submitted.source or ()) == ("wechat", "", "spring", "booth-3")
    assert consent.properties == {
        "channel": "email",
        "purpose": "marketing",
        "how": "form",
        "proof": f"{WORDING['zh']}\n[form {form.address}, version 1, {digest(form.draft)}]",
    }
    assert consent.claims == submitted.claims
    assert abs(submitted.occurred_at / 1e6 - time.time()) < 60


def test_a_known_browser_is_named_too_and_one_that_objects_is_not(shop: Shop) -> None:
    form = published(shop, NAME)
    page = opened(shop, form)
    cookie = page.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("ly_id=")
    fields = {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), "name": "a"}
    assert post(shop, form, fields, Cookie=cookie).status == 303
    again = opened(shop, form, DNT="1")
    assert "set-cookie" not in again.headers
    fields = {"ly_issue": named(again, "ly_issue"), "ly_work": work_of(again), "name": "b"}
    assert post(shop, form, fields, Cookie=cookie, DNT="1").status == 303
    first, second = shop.accepted()
    assert [(one.kind, one.scope, f"ly_id={one.value}") for one in first.claims] == [("cookie", "default", cookie)]
    assert second.claims == ()


def test_the_longest_source_is_carried_along(shop: Shop) -> None:
    form = published(shop, NAME)
    texts = ["\U00020bb7" * 200, '"' * 200, "春" * 200, "\\" * 200]
    names = ("utm_source", "utm_medium", "utm_campaign", "ly_code")
    page = opened(shop, form, "?" + urlencode(dict(zip(names, texts, strict=True))))
    assert send(shop, form, page, name="a").status == 303
    assert [tuple(one.source or ()) for one in shop.accepted()] == [tuple(texts)]


def test_what_nobody_sees_in_the_name_of_a_page_is_left_out(shop: Shop) -> None:
    form = published(shop, NAME)
    for said in ("\x00of\x1bfer\u202e", "\x00"):
        assert send(shop, form, opened(shop, form), name="a", ly_page=said).status == 303
    assert [one.properties.get("page") for one in shop.accepted()] == ["offer", None]


def test_the_same_page_counts_once(shop: Shop) -> None:
    form = published(shop, NAME)
    page = opened(shop, form)
    assert {send(shop, form, page, name=name).status for name in "aab"} == {303}
    assert [one.properties["answers"] for one in shop.counted()] == [{"name": "a"}]


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(shop: Shop) -> None:
    form = published(shop, NAME, PHONE, EMAIL)
    said = send(shop, form, opened(shop, form, "?lang=en"), name="<b>'\"", phone="138", email="x")
    text = said.body.decode()
    assert said.status == 422
    assert 'id="phone-wrong">This is no phone number.</p>' in text
    assert 'id="email-wrong">This is no e-mail address.</p>' in text
    assert 'value="&lt;b&gt;&#x27;&quot;"' in text
    assert "<b>" not in text
    assert text.count('aria-invalid="true"') == 2
    assert shop.accepted() == []
    assert send(shop, form, said, name="<b>").status == 303
    assert [one.properties["answers"] for one in shop.accepted()] == [{"name": "<b>"}]


def test_the_sentences_are_told_in_the_language_of_the_page(shop: Shop) -> None:
    form = published(shop, PHONE)
    for language, said in (("zh", "电话号码格式不对。"), ("en", "This is no phone number.")):
        page = opened(shop, form, f"?lang={language}")
        assert json.dumps(said, ensure_ascii=False) in unescape(page.body.decode())  # the browser's, before
        assert f">{said}</p>" in send(shop, form, page, phone="1").body.decode()  # the server's, after


def test_without_scripts_one_confirms(shop: Shop) -> None:
    wish = {"kind": "long_text", "key": "wish", "label": {"en": "Wish"}}
    form = published(shop, NAME, wish)
    fields = {"ly_website": "", "ly_work": "", "name": " a ", "wish": "\r\none\r\ntwo"}
    page = post(shop, form, {**fields, "ly_issue": named(opened(shop, form, "?lang=en"), "ly_issue")})
    assert page.status == 200
    assert "One more step: please look at your answers and confirm them." in page.body.decode()
    assert shop.accepted() == []
    other = post(shop, form, {**fields, "ly_issue": named(page, "ly_issue"), "name": "b"})
    assert (other.status, shop.accepted()) == (200, [])
    assert post(shop, form, {**fields, "ly_issue": named(page, "ly_issue")}).status == 303
    assert [one.properties["answers"] for one in shop.accepted()] == [{"name": "a", "wish": "one\ntwo"}]


def test_the_guard_says_why_and_lets_a_person_send_again(shop: Shop) -> None:
    form = published(shop, NAME, guard={**FAST, "quickest": 1})
    page = opened(shop, form, "?lang=en")
    quick = send(shop, form, page, name="a")
    assert (quick.status, "That was very quick." in quick.body.decode()) == (409, True)
    time.sleep(1.1)
    trapped = send(shop, form, page, name="a", ly_website="https://example.com")
    assert (trapped.status, "people do not see" in trapped.body.decode()) == (409, True)
    assert "https://example.com" not in trapped.body.decode()
    forged = post(shop, form, {"ly_issue": "x.1.y", "name": "a"})
    assert forged.status == 409
    assert shop.accepted() == []
    assert send(shop, form, trapped, name="a").status == 303
    assert len(shop.accepted()) == 1


def test_a_flood_is_held_back_and_told_for_how_long(shop: Shop) -> None:
    form = published(shop, NAME, guard={**FAST, "per_minute": 3})
    page = opened(shop, form)
    said = [send(shop, form, page, name="a") for _ in range(5)]
    assert [one.status for one in said] == [303, 303, 303, 429, 429]
    assert 0 < int(said[3].headers["retry-after"]) <= 21
    assert len(shop.counted()) == 1


@pytest.mark.parametrize("end", [actions.unpublish_form, actions.archive_form])
def test_a_form_that_ended_while_its_page_was_open_says_so(shop: Shop, end: Callable[..., Form]) -> None:
    form = published(shop, NAME)
    page = opened(shop, form)
    end(shop.workspace.pk, form.id, system_clock())
    time.sleep(10.5)  # a form is remembered for ten seconds
    said = send(shop, form, page, name="a")
    assert (said.status, "This form takes no more answers." in said.body.decode()) == (410, True)
    assert opened(shop, form).status == 410
    assert shop.accepted() == []


def test_a_page_of_an_earlier_version_is_judged_by_that_version(shop: Shop) -> None:
    form = published(shop, NAME)
    page = opened(shop, form)
    actions.change_form(shop.workspace.pk, form.id, "Trial", definition_of(EMAIL, guard=FAST), system_clock())
    actions.publish_form(shop.workspace.pk, form.id, system_clock())
    time.sleep(10.5)
    assert send(shop, form, page, name="a").status == 303
    assert send(shop, form, opened(shop, form), email="a@example.com").status == 303
    assert [one.properties["version"] for one in shop.accepted()] == [1, 2]


def test_what_is_no_form_is_told_so(shop: Shop) -> None:
    form = published(shop, NAME)
    for path in ("/f/abc", "/f/" + "a" * 500, "/f/%00", "/f/a-b", "/f/abc/thanks"):
        assert shop.edge.ask("GET", path, headers=BROWSER).status == 404
        assert shop.edge.ask("POST", path.removesuffix("/thanks"), b"name=a", FORM | BROWSER).status == 404
    large = post(shop, form, {"name": "a" * 200_001})
    assert (large.status, "too long" in large.body.decode()) == (413, True)
    assert post(shop, form, {f"n{one}": "a" for one in range(501)}).status == 400
    assert shop.edge.ask("POST", f"/f/{form.address}", b"x", BROWSER | {"Content-Type": "text/plain"}).status == 415
    assert shop.edge.ask("PUT", f"/f/{form.address}", b"x", BROWSER).status == 405
    assert shop.accepted() == []


def test_programs_read_and_send_json(shop: Shop) -> None:
    topics = {
        "kind": "choices",
        "key": "topics",
        "label": {"en": "Topics"},
        "options": [{"value": "a"}, {"value": "b"}],
    }
    form = published(shop, NAME, topics, CONSENT, {"kind": "number", "key": "n", "label": {"en": "N"}})
    place, ask = f"/f/{form.address}", BROWSER | {"Accept": "application/json", "Accept-Language": "en"}
    told = shop.edge.ask("GET", place, headers=ask)
    assert told.headers["access-control-allow-origin"] == "*"
    assert [one["key"] for one in told.json["definition"]["fields"]] == ["name", "topics", "agree", "n"]
    work = next(str(one) for one in count() if solved(told.json["work"], told.json["riddle"], str(one)))
    ask |= {"Content-Type": "application/json"}

    def give(answers: dict[str, Any]) -> Said:
        return shop.edge.ask(
            "POST", place, json.dumps({"issue": told.json["issue"], "work": work, "answers": answers}).encode(), ask
        )

    bad = give({"topics": ["c"]})
    assert (bad.status, bad.code) == (422, "form.invalid")
    assert bad.json["errors"] == {"name": "Fill this in.", "topics": "Choose among what is offered."}
    assert give({"name": {}}).status == 400
    assert shop.edge.ask("POST", place, b"{", ask).status == 400
    assert shop.accepted() == []
    good = give({"name": "a", "topics": ["a", "b"], "agree": True, "n": 1.5})
    assert (good.status, good.json) == (
        200,
        {"success": True, "thanks": "", "address": "", "confirm": False, "download": ""},
    )
    assert shop.accepted()[0].properties["answers"] == {"name": "a", "topics": ["a", "b"], "agree": True, "n": 1.5}
    assert shop.edge.ask("OPTIONS", place, headers=ask).status == 204


def test_the_page_runs_nothing_of_what_is_in_it(shop: Shop) -> None:
    bad = "</script></textarea><script>alert(1)</script>\"'"
    form = published(
        shop,
        {**NAME, "label": {"zh": bad}, "help": {"zh": bad}},
        {**CITY, "options": [{"value": bad, "label": {"zh": bad}}]},
        {**CITY, "key": "menu", "maps_to": "", "menu": True, "options": [{"value": bad}]},
        {**CONSENT, "wording": {"zh": bad}},
        {"kind": "hidden", "key": "h", "parameter": "h"},
        title={"zh": bad},
        intro={"zh": bad},
        button={"zh": bad[:40]},
        thanks={"text": {"zh": bad}},
    )
    page = opened(shop, form, "?" + urlencode({"h": bad, "page": bad}))
    for said in (page, shop.edge.ask("GET", f"/f/{form.address}/thanks", headers=BROWSER)):
        assert said.body.count(b"<script") == 1 + (said is page)  # ours
        assert b"alert(1)</script>" not in said.body
        assert said.headers["content-security-policy"].startswith("default-src 'none'")
        assert said.headers["x-content-type-options"] == "nosniff"
    assert len(page.body) < 100_000
    assert named(page, "h") == bad


def test_thanks_may_be_elsewhere(shop: Shop) -> None:
    form = published(shop, NAME, thanks={"address": "https://example.com/thanks?a=1"})
    said = send(shop, form, opened(shop, form), name="a")
    assert (said.status, said.headers["location"]) == (303, f"/f/{form.address}/thanks?lang=en")
    page = shop.edge.ask("GET", said.headers["location"], headers=BROWSER).body.decode()
    assert '<meta http-equiv="refresh" content="0;url=https://example.com/thanks?a=1">' in page
    assert '<a class="button" href="https://example.com/thanks?a=1" target="_top">' in page


def test_from_the_thanks_one_gets_back_to_the_page_of_ours_that_the_form_stood_on_and_nowhere_else(shop: Shop) -> None:
    form = published(shop, NAME)
    thanks = f"/f/{form.address}/thanks?lang=en"
    for page, place in (("/p/tea", f"{thanks}&from=/p/tea"), ("//evil.example/p/tea", thanks), ("/p/tea\r\n", thanks)):
        said = send(shop, form, opened(shop, form), name="a", ly_page=page)
        assert (said.status, said.headers["location"]) == (303, place)
    back = '<a href="/p/tea">Back to the page</a>'
    assert back in shop.edge.ask("GET", f"{thanks}&from=/p/tea", headers=BROWSER).body.decode()
    for wrong in ("//evil.example", "javascript:alert(1)", "/p/tea%22%3E", "/sign-in"):
        page = shop.edge.ask("GET", f"{thanks}&from={wrong}", headers=BROWSER).body.decode()
        assert "Back to the page" not in page


def test_in_a_frame_the_website_says_who_visits_and_whence(shop: Shop) -> None:
    form = published(shop, NAME)
    query = "?ly_referrer=www.baidu.com&ly_visitor=visitor-of-the-site&page=shop.example/offers"
    framed = opened(shop, form, query, **{"Sec-Fetch-Dest": "iframe", "Referer": "https://shop.example/offers"})
    assert "set-cookie" not in framed.headers
    thanks = send(shop, form, framed, name="访客一", ly_page="shop.example/offers")
    assert thanks.headers["location"].endswith("&frame=1")
    alone = opened(shop, form, query, **{"Sec-Fetch-Dest": "document"})
    assert send(shop, form, alone, name="访客二").status == 303
    objecting = opened(shop, form, query, **{"Sec-GPC": "1"})
    assert send(shop, form, objecting, name="访客三").status == 303
    direct = opened(shop, form, "?ly_referrer=&ly_visitor=visitor-of-the-site", Referer="https://shop.example/offers")
    assert send(shop, form, direct, name="访客四").status == 303
    first, second, third, fourth = shop.wait_for(4)
    assert [(one.kind, one.value) for one in first.claims] == [("cookie", "visitor-of-the-site")]
    assert first.source is not None
    assert (first.source.channel, first.source.medium) == ("baidu", "organic")
    assert (second.claims, third.claims) == ((), ())
    assert ([one.value for one in fourth.claims], fourth.source) == (["visitor-of-the-site"], None)


def test_thanks_elsewhere_are_reached_by_the_website_around(shop: Shop) -> None:
    form = published(shop, NAME, thanks={"address": "https://shop.example/thanks"})
    alone = shop.edge.ask("GET", f"/f/{form.address}/thanks?lang=en", headers=BROWSER).body.decode()
    framed = shop.edge.ask("GET", f"/f/{form.address}/thanks?lang=en&frame=1", headers=BROWSER).body.decode()
    assert ('http-equiv="refresh"' in alone, "data-go>" in alone) == (True, False)
    button = 'href="https://shop.example/thanks" target="_top" data-go>'
    assert ('http-equiv="refresh"' in framed, button in framed) == (False, True)


def test_what_fills_websites_with_forms_is_served(shop: Shop) -> None:
    said = shop.edge.ask("GET", "/lianyi-forms.js", headers={"Accept-Encoding": "gzip"})
    assert (said.status, said.headers["content-type"]) == (200, "text/javascript; charset=utf-8")
    assert len(said.body) < 2_000


def test_what_follows_a_form_is_told_to_no_program_before_it_is_sent(shop: Shop) -> None:
    thanks = {"text": {"en": "Your code is 4711."}, "address": "https://example.com/secret"}
    form = published(shop, NAME, thanks=thanks, notify=[7])
    told = shop.edge.ask("GET", f"/f/{form.address}", headers=BROWSER | {"Accept": "application/json"})
    assert [one["key"] for one in told.json["definition"]["fields"]] == ["name"]
    assert told.json["definition"].keys() & {"notify", "download"} == set()
    assert (b"4711" in told.body, b"example.com/secret" in told.body) == (False, False)
