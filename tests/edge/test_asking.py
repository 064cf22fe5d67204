"""What is known of a visitor is not asked again, and nobody learns it from the page; a shared device knows nobody."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.edge.backrooms import Backroom, backroom
from tests.edge.edges import Said, Shop
from tests.edge.test_forms import BROWSER, named, opened, post, published, work_of
from tests.growth.forms.making import CITY, EMAIL, NAME, PHONE

from lianyi.growth.forms.lines import Form
from lianyi.kernel.clock import system_clock
from lianyi.people.erasing.actions import erase
from lianyi.people.profiles import actions as profiles

COMPANY = {"kind": "text", "key": "company", "label": {"en": "Company"}, "maps_to": "trait:company", "required": True}
PROGRESSIVE = {"fields": ["city", "company", "phone"], "at_once": 1}
REMEMBERED = 2.1  # seconds


@pytest.fixture
def behind(shop: Shop, tmp_path: Path) -> Iterator[Backroom]:
    with backroom(shop, tmp_path) as made:
        yield made


def asking(behind: Backroom, **parts: object) -> Form:
    return published(behind.shop, EMAIL, CITY, COMPANY, PHONE, progressive=PROGRESSIVE, **parts)


def visit(behind: Backroom, form: Form, cookie: str = "", **fields: str) -> tuple[Said, list[str], str]:
    """The page, what it asks besides the e-mail address, and the cookie; what is given is sent."""
    page = opened(behind.shop, form, **({"Cookie": cookie} if cookie else {}))
    cookie = cookie or page.headers.get("set-cookie", "").partition(";")[0]
    asked = [key for key in re.findall(r'data-field="(\w+)"', page.body.decode()) if key != "email"]
    if fields:
        told = {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), **fields}
        assert post(behind.shop, form, told, Cookie=cookie).status == 303
        behind.run()
        time.sleep(REMEMBERED)
    return page, asked, cookie


def test_each_visit_asks_the_next_that_is_not_known(behind: Backroom) -> None:
    form = asking(behind)
    _, asked, cookie = visit(behind, form, email="one@example.com", city="上海")
    assert asked == ["city"]
    page, asked, _ = visit(behind, form, cookie, company="Example & Co")
    assert (asked, b"\xe4\xb8\x8a\xe6\xb5\xb7" in page.body) == (["company"], False)
    page, asked, _ = visit(behind, form, cookie, phone="13800138000")
    assert (asked, b"Example" in page.body) == (["phone"], False)
    page, asked, _ = visit(behind, form, cookie)
    assert asked == []
    for known in (b"13800138000", b"one@example.com", b"Example &"):
        assert known not in page.body
    assert [row.answers for row in behind.rows(form)] == [
        {"phone": "+8613800138000"},
        {"company": "Example & Co"},
        {"email": "one@example.com", "city": "上海"},
    ]
    person = behind.person("email", "one@example.com")
    assert behind.person("cookie", cookie.removeprefix("ly_id=")) == behind.person("phone", "+8613800138000") == person
    assert behind.differences() == []


def test_what_was_not_asked_is_neither_needed_nor_taken(behind: Backroom) -> None:
    form = asking(behind)
    visit(behind, form, email="one@example.com", company="not asked", phone="x")
    assert [row.answers for row in behind.rows(form)] == [{"email": "one@example.com"}]


def test_strangers_and_those_who_must_not_be_known_are_asked_alike(behind: Backroom) -> None:
    form = asking(behind)
    _, _, cookie = visit(behind, form, email="one@example.com", city="上海")
    for headers in ({}, {"Cookie": "ly_id=somebody-else-altogether"}, {"Cookie": cookie, "DNT": "1"}):
        page = opened(behind.shop, form, **headers)
        assert 'data-field="city"' in page.body.decode()
    program = {"Accept": "application/json", "Cookie": cookie}
    told = behind.shop.edge.ask("GET", f"/f/{form.address}", headers=BROWSER | program).json
    assert [one["key"] for one in told["definition"]["fields"]] == ["email", "company"]
    assert "progressive" not in told["definition"]


def test_what_was_removed_or_erased_is_asked_again(behind: Backroom) -> None:
    form = asking(behind)
    _, _, cookie = visit(behind, form, email="one@example.com", city="上海")
    person = behind.person("email", "one@example.com")
    assert visit(behind, form, cookie)[1] == ["company"]
    profiles.set_traits(behind.workspace, person, {"city": None}, system_clock())
    behind.run()
    time.sleep(REMEMBERED)
    assert visit(behind, form, cookie)[1] == ["city"]
    erase(behind.workspace, person, system_clock)
    time.sleep(REMEMBERED)
    _, asked, _ = visit(behind, form, cookie, email="one@example.com", city="杭州")
    assert asked == ["city"]
    assert [row.answers["city"] for row in behind.rows(form)] == ["杭州"]


def test_at_a_shared_device_everybody_is_new(behind: Backroom) -> None:
    form = asking(behind, shared=True)
    cookie = "ly_id=that-of-the-device-itself"
    for name in ("上海", "杭州"):
        page, asked, _ = visit(behind, form, cookie, city=name)
        assert (asked, "set-cookie" in page.headers) == (["city"], False)
    assert "set-cookie" not in opened(behind.shop, form).headers
    first, second = (row.person for row in behind.rows(form))
    assert None not in (first, second)
    assert first != second
    assert behind.person("cookie", "that-of-the-device-itself") == 0


def test_a_page_without_such_fields_looks_nobody_up(behind: Backroom) -> None:
    form = published(behind.shop, NAME, shared=True)
    assert 'data-field="name"' in opened(behind.shop, form, Cookie="ly_id=somebody-else").body.decode()


def test_whoever_types_somebodys_address_learns_nothing_of_them(behind: Backroom) -> None:
    form = asking(behind)
    visit(behind, form, email="one@example.com", city="上海", phone="13800138000")
    for typed in ({"email": "one@example.com"}, {"email": "two@example.com", "company": "x"}):
        _, asked, stranger = visit(behind, form)
        assert asked == ["city"]
        visit(behind, form, stranger, **typed)
        visit(behind, form, stranger, email="one@example.com")
        assert behind.person("cookie", stranger.removeprefix("ly_id=")) == behind.person("email", "one@example.com")
        assert visit(behind, form, stranger)[1] == ["city"]
    assert behind.differences() == []


def test_a_browser_that_came_before_somebody_is_not_theirs_by_typing_their_address(behind: Backroom) -> None:
    form = asking(behind)
    older = "ly_id=that-of-a-stranger"
    visit(behind, form, older, email="two@example.com", company="x")
    visit(behind, form, email="one@example.com", city="上海", phone="13800138000")
    assert visit(behind, form, older)[1] == ["city"]
    visit(behind, form, older, email="one@example.com")
    assert behind.person("cookie", "that-of-a-stranger") == behind.person("email", "one@example.com")
    assert visit(behind, form, older)[1] == ["city"]
    behind.differences()


def test_of_a_browser_whose_person_was_erased_nothing_is_known(behind: Backroom) -> None:
    form = asking(behind)
    _, _, cookie = visit(behind, form, email="one@example.com", city="上海", phone="13800138000")
    visit(behind, form, email="two@example.com")
    for address in ("one@example.com", "two@example.com"):
        erase(behind.workspace, behind.person("email", address), system_clock)
    time.sleep(REMEMBERED)
    assert visit(behind, form, cookie)[1] == ["city"]
