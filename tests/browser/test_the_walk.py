"""The whole way of one visitor: a printed code, a page, a form, a person with a source; and what the campaign shows."""

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import AGENT
from tests.growth.forms.making import CITY, CONSENT, NAME, PHONE, object_of
from tests.growth.gatherings.making import object_of as hall_of
from tests.growth.surveys.making import NPS, page
from tests.growth.surveys.making import object_of as survey_of
from tests.links.codes.reading import pages, read
from tests.program import Up, lianyi

CAMPAIGN = "spring-fair"
STEPS = dict.fromkeys(["exposure", "click", "visit", "registration", "check_in", "lead", "order"], (0, 0))
SCOPES = ("campaigns.edit", "people.see", "people.edit", "reports.see")


class Told:
    """What the installation's program and its API say."""

    def __init__(self, up: Up) -> None:
        self.up = up
        self.place = up.ready["url"].rstrip("/")
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        self._token = self.verb("token", "create", *scopes)["token"]

    def verb(self, *words: str) -> Any:
        done = lianyi(self.up.home, *words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def api(self, method: str, path: str, body: Any = None) -> Any:
        connection = HTTPConnection("127.0.0.1", urlsplit(self.place).port or 80, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
            connection.request(method, f"/api/v1/{path}", None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            said = answer.read()
            assert answer.status in (200, 201), said
            return json.loads(said)
        finally:
            connection.close()

    def gathering(self, slug: str, folder: Path) -> int:
        """Makes and publishes one."""
        file = folder / "gathering.json"
        file.write_text(json.dumps(hall_of(questions=[NAME, PHONE])))
        made: int = self.verb("gathering", "create", slug, str(file), "--seats", "5")["id"]
        self.verb("gathering", "publish", str(made))
        return made

    def survey(self, folder: Path) -> str:
        """Makes and publishes one; its address."""
        file = folder / "survey.json"
        file.write_text(json.dumps(survey_of(page(NPS))))
        made = self.verb("survey", "create", "Fair", "--file", str(file))
        self.verb("survey", "publish", str(made["id"]))
        return str(made["address"])

    def drained(self) -> None:
        assert lianyi(self.up.home, "drain", "--timeout", "60").returncode == 0

    def counts(self) -> dict[str, tuple[int, int]]:
        """People and events of each step of the campaign."""
        self.drained()
        rows = lianyi(self.up.home, "campaign", "results", CAMPAIGN, "--json").stdout.splitlines()
        return {row["step"]: (row["people"], row["times"]) for row in map(json.loads, rows)}


def scanned(told: Told, folder: Path) -> str:
    """The address that a phone reads off the printed sheet."""
    sheet = folder / "codes.pdf"
    told.verb("code", "sheet", str(sheet), "--campaign", CAMPAIGN, "--layout", "poster")
    (address,) = {text for picture in pages(sheet.read_bytes(), folder, dots=150) for text in read(picture, folder)}
    return address


def on_a_phone(chromium: Browser) -> Page:
    context = chromium.new_context(user_agent=AGENT, locale="zh-CN", viewport={"width": 390, "height": 844})
    return context.new_page()


def landing(form: dict[str, Any], segment: int) -> dict[str, Any]:
    """Whoever is not known yet is led to the form; a subscriber is offered the download."""
    gift = {"key": "gift", "label": {"zh": "免费下载", "en": "Download"}, "target": "#more", "segment": segment}
    ask = {"key": "form", "label": {"zh": "预约", "en": "Book"}, "target": f"/f/{form['address']}"}
    return {
        "blocks": [
            {"kind": "hero", "key": "top", "title": {"zh": "春季展会", "en": "Spring fair"}},
            {"kind": "cta", "key": "next", "title": {"zh": "下一步", "en": "Next"}, "options": [gift, ask]},
            {"kind": "text", "key": "more", "title": {"zh": "我们在三号展位。", "en": "We are at booth 3."}},
        ],
    }


@pytest.mark.needs("zbar-tools", "poppler-utils")
def test_from_the_poster_to_the_results(running: Up, chromium: Browser, tmp_path: Path) -> None:
    told = Told(running)
    told.verb("campaign", "create", CAMPAIGN, "--name", "Spring fair")
    asked = object_of(NAME, PHONE, CITY, CONSENT, guard={"quickest": 0})
    form = told.api("POST", "forms", {"name": "Trial", "definition": asked})
    told.api("POST", f"forms/{form['id']}/publish")
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps({"kind": "consented", "channel": "email", "purpose": "marketing"}))
    segment = told.verb("segment", "create", "Subscribers", str(rule))["id"]
    page = told.verb("page", "create", "fair")["id"]
    draft = tmp_path / "page.json"
    draft.write_text(json.dumps(landing(form, segment)))
    told.verb("page", "save", str(page), str(draft))
    told.verb("page", "publish", str(page))
    told.verb(
        *("link", "create", f"{told.place}/p/fair", "--kind", "code", "--code", "booth-3", "--campaign", CAMPAIGN),
        *("--channel", "offline", "--medium", "poster", "--holder-kind", "stand", "--holder", "Booth 3"),
    )

    phone = on_a_phone(chromium)
    phone.goto(scanned(told, tmp_path))
    expect(phone.get_by_role("heading", name="春季展会")).to_be_visible()
    phone.get_by_role("link", name="预约").click()
    phone.get_by_label("姓名").fill("访客一")
    phone.get_by_label("手机号").fill("13800138000")
    phone.get_by_label("上海").check()
    phone.locator("#agree").check()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("status")).to_contain_text("谢谢")
    told.drained()

    person = told.verb("people", "find", "13800138000")
    assert (person["name"], person["first_source"]) == ("访客一", "offline")
    assert told.counts() == STEPS | {"click": (1, 1), "visit": (1, 1), "lead": (1, 1)}
    phone.goto(f"{told.place}/p/fair")
    expect(phone.get_by_role("link", name="免费下载")).to_be_visible()

    phone.goto(f"{told.place}/s/{told.survey(tmp_path)}")
    phone.get_by_role("radiogroup").get_by_label("9").check()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("status")).to_be_visible()
    told.drained()
    assert told.verb("people", "show", str(person["person"]))["tags"]

    hall = told.gathering("tasting", tmp_path)
    phone.goto(f"{told.place}/g/tasting")
    phone.get_by_label("姓名").fill("访客一")
    phone.get_by_label("手机号").fill("13800138000")
    phone.get_by_role("button", name="报名").click()
    expect(phone.locator("svg").first).to_be_visible()
    ticket = read(phone.locator("svg").first.screenshot(), tmp_path)
    for outcome in ("came", "before"):
        said = told.api("POST", f"gatherings/{hall}/check-ins", {"scans": [{"ticket": ticket[0]}]})
        assert [one["outcome"] for one in said["items"]] == [outcome]
    assert told.counts() == STEPS | {
        "click": (1, 1),
        "visit": (1, 1),
        "lead": (1, 1),
        "registration": (1, 1),
        "check_in": (1, 1),
    }
