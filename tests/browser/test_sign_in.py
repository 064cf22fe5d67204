"""Signing in as members do: by password, code, authenticator app and passkey, and coming in by an invitation."""

import os
import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import uncomplaining
from tests.program import Up, lianyi

SLOW = 20_000  # ms: the machine may be busy
GOOD, EMAIL = "lake ripple seven", "new@example.com"
WORDS = {
    "en": {
        "join": "Join",
        "name": "Name",
        "label": "Name",
        "password": "Password",
        "email": "E-mail",
        "sign_in": "Sign in",
        "sign_out": "Sign out",
        "get_code": "Get a code by e-mail",
        "send": "Send the code",
        "code": "Code",
        "go_on": "Go on",
        "save": "Save",
        "add": "Add a passkey",
        "by_passkey": "Sign in by passkey",
        "kept": "I have kept them",
    },
    "zh-CN": {
        "join": "加入",
        "name": "姓名",
        "label": "名称",
        "password": "密码",
        "email": "邮箱",
        "sign_in": "登录",
        "sign_out": "退出",
        "get_code": "用邮箱验证码登录",
        "send": "发送验证码",
        "code": "验证码",
        "go_on": "继续",
        "save": "保存",
        "add": "添加通行密钥",
        "by_passkey": "用通行密钥登录",
        "kept": "我已保存",
    },
}


@pytest.fixture(params=sorted(WORDS))
def spoken(request: pytest.FixtureRequest) -> str:
    """A language."""
    return str(request.param)


@pytest.fixture
def newcomer(chromium: Browser, spoken: str) -> Iterator[BrowserContext]:
    """The browser of somebody new."""
    with uncomplaining(chromium, locale=spoken) as context:
        context.set_default_timeout(SLOW)
        yield context


def look(page: Page, name: str) -> None:
    """Nothing is wider than the screen, on a phone and on a desk."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (name, width)
        if folder := os.environ.get("SCREENS"):
            for light in ("light", "dark"):
                page.emulate_media(color_scheme=light, reduced_motion="reduce")  # type: ignore[arg-type]
                page.wait_for_timeout(400)
                page.screenshot(path=f"{folder}/{name}-{width}-{light}.png", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def mailed(home: Path, pattern: str) -> Callable[[], str]:
    """What the newest mail of the folder has at the pattern, once there is one that is newer than this call."""
    before = set((home / "mail").glob("*"))

    def wait() -> str:
        for _ in range(200):
            for path in set((home / "mail").glob("*.eml")) - before:
                body = message_from_bytes(path.read_bytes(), policy=default).get_content()
                if match := re.search(pattern, body):
                    return match[1]
            time.sleep(0.1)
        raise AssertionError(f"no mail with {pattern}")

    return wait


def invited(home: Path) -> str:
    """The link that a mail brought."""
    link = mailed(home, r"(http://\S+/invitation/\S+)")
    assert lianyi(home, "member", "invite", EMAIL, "--role", "owner").returncode == 0
    return link()


def sign_out(page: Page, words: dict[str, str]) -> None:
    page.get_by_role("button", name=words["sign_out"], exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["sign_in"])


def test_an_invitation_a_password_an_app_and_a_code(running: Up, newcomer: BrowserContext, spoken: str) -> None:
    words, page, place = WORDS[spoken], newcomer.new_page(), running.ready["url"]
    page.goto(invited(running.home))
    look(page, f"{spoken}-invitation")
    page.get_by_label(words["name"], exact=True).fill("Newcomer")
    page.get_by_label(words["password"], exact=True).fill(GOOD)
    page.get_by_role("button", name=words["join"], exact=True).click()
    page.wait_for_url(f"{place}**")
    expect(page.locator("header").get_by_text("Newcomer").last).to_be_visible()
    for name in ("settings/members", "settings/workspace", "settings/audit", "me"):
        page.goto(place + name)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page, f"{spoken}-{name.replace('/', '-')}")

    page.goto(f"{place}me/app")  # the invitation was a moment ago, so nothing is asked again
    key = page.locator("#totp-key").inner_text()
    look(page, f"{spoken}-app")

    def shown_by_app() -> str:
        return str(format_hotp_value(hotp_value(key, next(iter(yield_hotp_counters_from_time())))))

    page.get_by_label(words["code"], exact=True).fill(shown_by_app())
    page.get_by_role("button", name=words["save"], exact=True).click()
    expect(page.locator("ul.code li")).to_have_count(10)
    recovery = page.locator("ul.code li").first.inner_text()
    look(page, f"{spoken}-recovery")
    page.get_by_role("link", name=words["kept"]).click()
    sign_out(page, words)
    look(page, f"{spoken}-sign-in")

    page.get_by_label(words["email"], exact=True).fill(EMAIL)
    page.get_by_label(words["password"], exact=True).fill(GOOD)
    page.get_by_role("button", name=words["sign_in"], exact=True).click()
    page.wait_for_url("**/sign-in/second-factor")
    look(page, f"{spoken}-second-factor")
    page.get_by_label(words["code"], exact=True).fill(recovery)
    page.get_by_role("button", name=words["sign_in"], exact=True).click()
    page.wait_for_url(place)
    sign_out(page, words)

    page.get_by_role("link", name=words["get_code"]).click()
    page.get_by_label(words["email"], exact=True).fill(EMAIL)
    look(page, f"{spoken}-get-code")
    code = mailed(running.home, r"(?m)[:：]\s*([A-Z0-9]{3,}(?:-[A-Z0-9]+)?)\s*$")
    page.get_by_role("button", name=words["send"]).click()
    page.wait_for_url("**/sign-in/code/confirm")
    look(page, f"{spoken}-code")
    page.get_by_label(words["code"], exact=True).fill(code())
    page.get_by_role("button", name=words["go_on"], exact=True).click()
    page.wait_for_url("**/sign-in/second-factor")  # a code stands for the password, not for the app


def test_a_passkey_signs_in_alone(running: Up, newcomer: BrowserContext, spoken: str) -> None:
    words, page, place = WORDS[spoken], newcomer.new_page(), running.ready["url"]
    chosen = {"name": "django_language", "value": "en" if spoken == "en" else "zh-hans", "url": place}
    newcomer.add_cookies([chosen])  # type: ignore[list-item]
    devtools = newcomer.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(running.ready["sign_in"])
    page.get_by_role("button", name=words["sign_in"], exact=True).click()
    page.wait_for_url(place)
    page.goto(f"{place}me/passkeys/new")
    look(page, f"{spoken}-passkey")
    page.get_by_label(words["label"], exact=True).fill("Laptop")
    page.get_by_role("button", name=words["add"], exact=True).click()
    expect(page.locator("ul.code li")).to_have_count(10)
    page.get_by_role("link", name=words["kept"]).click()
    expect(page.get_by_text("Laptop")).to_be_visible()
    look(page, f"{spoken}-me-with-passkey")
    sign_out(page, words)
    page.get_by_role("button", name=words["by_passkey"]).click()
    page.wait_for_url(place)
    listed = lianyi(running.home, "member", "list", "--json")
    assert '"second_factor": true' in listed.stdout
    sign_out(page, words)
    page.goto(str(lianyi(running.home, "sign-in").stdout.removeprefix("Sign in ").strip()))
    page.get_by_role("button", name=words["sign_in"], exact=True).click()
    page.wait_for_url("**/sign-in/second-factor")  # the link is one step, the passkey the other
