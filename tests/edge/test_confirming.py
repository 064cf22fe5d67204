"""An address is confirmed by mail: by whom, once, and what counts only then."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.edge.backrooms import Backroom, backroom
from tests.edge.edges import Said, Shop
from tests.edge.test_asking import REMEMBERED
from tests.edge.test_forms import BROWSER, named, opened, post, published, send, work_of
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, WORDING

from lianyi.assembly.replay import replay
from lianyi.events.schemas import Event
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.growth.forms import actions
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.passes import PARAMETER, Pass, Purpose, write
from lianyi.growth.forms.schemas import digest
from lianyi.kernel.clock import system_clock
from lianyi.people.erasing.actions import erase
from lianyi.people.profiles.queries import consented

OPT_IN = {"field": "email", "days": 3}
BY_PHONE = {**CONSENT, "key": "calls", "channel": "sms"}


@pytest.fixture
def behind(shop: Shop, tmp_path: Path) -> Iterator[Backroom]:
    with backroom(shop, tmp_path) as made:
        yield made


def fill_in(behind: Backroom, form: Form, language: str = "en", **fields: str) -> Said:
    page = opened(behind.shop, form, f"?lang={language}")
    return send(behind.shop, form, page, name="访客一", **fields)


def press(behind: Backroom, link: str, **headers: str) -> Said:
    return behind.ask("POST", link, b"", **headers)


def told(behind: Backroom) -> list[Event]:
    """What visitors did; the pipeline records events of its own besides."""
    return [one for one in behind.shop.counted() if one.name.startswith(("form.", "consent."))]


def names(behind: Backroom) -> list[str]:
    return [one.name for one in told(behind)]


def test_consent_for_mail_counts_when_the_address_was_confirmed(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, CONSENT, BY_PHONE, double_opt_in=OPT_IN)
    said = fill_in(behind, form, email="One@example.com", agree="yes", calls="yes")
    assert said.headers["location"] == f"/f/{form.address}/thanks?lang=en&mail=1"
    assert "we have sent you a mail" in behind.ask("GET", said.headers["location"]).body.decode()
    submitted, sms = behind.shop.counted()
    assert (sms.name, sms.properties["channel"]) == ("consent.given", "sms")
    assert submitted.properties["confirm"] == "email"
    (mail,) = behind.mail()
    assert (mail.to, mail.subject) == ("one@example.com", "Please confirm your e-mail address")
    assert "访客一" not in mail.body
    person = behind.person("email", "one@example.com")
    assert not consented(behind.workspace, person, "email", "marketing")

    page = behind.ask("GET", mail.link)
    assert (page.status, behind.ask("HEAD", mail.link).status) == (200, 200)
    assert "<button>Confirm</button>" in page.body.decode()
    assert page.headers["referrer-policy"] == "no-referrer"
    behind.run()
    assert [row.confirmed_at for row in behind.rows(form)] == [0]

    pressed = press(behind, mail.link)
    assert "Your address is confirmed." in pressed.body.decode()
    assert pressed.headers["referrer-policy"] == "no-referrer"
    behind.run()
    assert consented(behind.workspace, person, "email", "marketing")
    confirmed, consent = told(behind)[2:]
    assert confirmed.properties == {"form": form.id, "version": 1, "submission": submitted.id.hex()}
    assert [(one.kind, one.value) for one in confirmed.claims] == [("email", "one@example.com")]
    proof = (
        f"{WORDING['en']}\n[form {form.address}, version 1, {digest(form.draft)}, confirmed by {confirmed.id.hex()}]"
    )
    assert consent.properties == {"channel": "email", "purpose": "marketing", "how": "form", "proof": proof}
    assert [row.confirmed_at for row in behind.rows(form)] == [confirmed.occurred_at]
    assert behind.differences() == []


def test_one_mail_however_often_it_is_read_and_one_confirmation_however_often_pressed(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, CONSENT, double_opt_in=OPT_IN)
    fill_in(behind, form, email="one@example.com", agree="yes")
    (mail,) = behind.mail()
    replay(behind.workspace, "forms", check=False)
    assert len(behind.mail()) == len(behind.mail()) == 1
    assert {press(behind, mail.link).status for _ in range(3)} == {200}
    assert names(behind) == ["form.submitted", "form.confirmed", "consent.given"]
    behind.run()
    replay(behind.workspace, "forms", check=False)
    assert [row.confirmed_at is not None for row in behind.rows(form)] == [True]
    assert len(behind.mail()) == 1


def test_a_mail_that_a_killed_worker_had_claimed_goes_out_once(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, double_opt_in=OPT_IN)
    fill_in(behind, form, email="one@example.com")
    assert len(behind.mail()) == 1
    over = system_clock() - timedelta(seconds=1)
    OutboxRow.objects.filter(workspace=behind.workspace).update(state="sending", claimed_until=over, settled_at=None)
    assert [mail.to for mail in behind.mail()] == ["one@example.com"]
    (row,) = OutboxRow.objects.filter(workspace=behind.workspace)
    assert row.state != "failed"
    assert "one@example.com" not in str(row.payload) + row.key


def test_nobody_fills_a_mailbox_by_a_form(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, double_opt_in=OPT_IN)
    other = published(behind.shop, NAME, EMAIL, double_opt_in=OPT_IN)
    for place in range(10):
        fill_in(behind, (form, other)[place % 2], email="One@Example.com")
    fill_in(behind, form, email="two@example.com")
    assert [mail.to for mail in behind.mail()] == ["one@example.com"] * 3 + ["two@example.com"]
    for hours in (2, 4, 6):
        for _ in range(5):
            fill_in(behind, form, email="one@example.com")
        behind.mail(timedelta(hours=hours))
    assert [mail.to for mail in behind.mails()].count("one@example.com") == 6


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_link_that_is_over_says_so_and_leads_back(behind: Backroom, language: str) -> None:
    form = published(behind.shop, NAME, EMAIL, double_opt_in=OPT_IN)
    held = Pass(form.address, "0" * 32)
    old = write(behind.secret, Purpose.CONFIRM, held, 1_700_000_000)
    said = behind.ask("GET", f"/f/{form.address}/confirm?{PARAMETER}={old}&lang={language}")
    assert (said.status, f'href="/f/{form.address}?lang={language}"' in said.body.decode()) == (410, True)
    for forged in ("", "x", old[:-1] + "x", write(b"other", Purpose.CONFIRM, held, 2**33),
                   write(behind.secret, Purpose.DOWNLOAD, held, 2**33),
                   write(behind.secret, Purpose.CONFIRM, Pass("other", held.event), 2**33)):  # fmt: skip
        for method in ("GET", "POST"):
            said = behind.ask(
                method, f"/f/{form.address}/confirm?{PARAMETER}={forged}", b"" if method == "POST" else None
            )
            assert said.status == 404
    assert behind.shop.accepted() == []


def test_the_mail_speaks_as_the_form_says_in_the_language_of_its_reader(behind: Backroom) -> None:
    words = {"subject": {"zh": "请确认\n订阅", "en": "Confirm"}, "text": {"zh": "点一下就好。", "en": "One press."}}
    form = published(behind.shop, NAME, EMAIL, double_opt_in={**OPT_IN, **words})
    fill_in(behind, form, "zh", email="one@example.com")
    (mail,) = behind.mail()
    assert mail.subject == "请确认 订阅"
    assert mail.body.startswith("点一下就好。\n\nhttp://127.0.0.1:")
    assert parse_qs(urlsplit(mail.link).query)["lang"] == ["zh"]
    assert "未经您确认" in mail.body
    assert "您的邮箱已确认" in press(behind, mail.link).body.decode()


def test_a_form_taken_offline_still_lets_people_confirm(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, CONSENT, double_opt_in=OPT_IN)
    fill_in(behind, form, email="one@example.com", agree="yes")
    (mail,) = behind.mail()
    actions.archive_form(behind.workspace, form.id, system_clock())
    assert press(behind, mail.link).status == 200
    assert names(behind) == ["form.submitted", "form.confirmed", "consent.given"]


def test_whoever_was_erased_gets_no_mail_and_confirms_nothing(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, double_opt_in=OPT_IN)
    fill_in(behind, form, email="one@example.com")
    fill_in(behind, form, email="two@example.com")
    first, second = behind.mail()
    erase(behind.workspace, behind.person("email", "one@example.com"), system_clock)
    said = press(behind, first.link)
    assert (said.status, "has been deleted" in said.body.decode()) == (410, True)
    assert press(behind, second.link).status == 200
    fill_in(behind, form, email="three@example.com")
    behind.run()
    erase(behind.workspace, behind.person("email", "three@example.com"), system_clock)
    assert len(behind.mail()) == 2
    assert behind.differences() == []
    assert [row.answers["email"] for row in behind.rows(form)] == ["two@example.com"]


def test_an_address_that_was_left_empty_gives_no_consent_for_mail(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, CONSENT, double_opt_in=OPT_IN)
    said = fill_in(behind, form, agree="yes")
    assert said.headers["location"] == f"/f/{form.address}/thanks?lang=en"
    assert names(behind) == ["form.submitted"]
    assert behind.mail() == []


def test_a_browser_in_which_an_address_was_confirmed_is_its_owners(behind: Backroom) -> None:
    progressive = {"fields": ["city"], "at_once": 1}
    form = published(behind.shop, EMAIL, CITY, double_opt_in=OPT_IN, progressive=progressive)
    send(behind.shop, form, opened(behind.shop, form), email="one@example.com", city="上海")
    send(behind.shop, form, opened(behind.shop, form), email="two@example.com", city="上海")
    behind.run()
    page = opened(behind.shop, form)
    cookie = page.headers["set-cookie"].partition(";")[0]
    told = {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), "email": "one@example.com"}
    assert post(behind.shop, form, told | {"city": "上海"}, Cookie=cookie).status == 303
    (mail,) = [one for one in behind.mail()[2:] if one.to == "one@example.com"]
    assert 'data-field="city"' in opened(behind.shop, form, Cookie=cookie).body.decode()
    pressed = press(behind, mail.link, Cookie=cookie, **BROWSER)
    proof = pressed.headers["set-cookie"]
    assert proof.endswith("Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax")
    both = f"{cookie}; {proof.partition(';')[0]}"
    behind.run()
    time.sleep(REMEMBERED)
    assert 'data-field="city"' not in opened(behind.shop, form, Cookie=both).body.decode()
    assert 'data-field="city"' in opened(behind.shop, form, Cookie=cookie).body.decode()
    for forged in (both[:-1] + ("A" if both[-1] != "A" else "B"), both.replace("ly_id=", "ly_id=other-")):
        assert 'data-field="city"' in opened(behind.shop, form, Cookie=forged).body.decode()

    page = opened(behind.shop, form, Cookie=both)
    told = {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), "email": "two@example.com"}
    assert post(behind.shop, form, told, Cookie=both).status == 303
    behind.run()
    time.sleep(REMEMBERED)
    assert behind.person("email", "one@example.com") == behind.person("email", "two@example.com")
    assert 'data-field="city"' in opened(behind.shop, form, Cookie=both).body.decode()
