"""Signing in by password, code, second factor and link; guessing; and what nobody learns on the way."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import ensure_member, remove_member
from lianyi.foundation.members.models import Device, Member
from lianyi.foundation.members.own.actions import change_password
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.kernel.clock import system_clock

GOOD = "lake ripple seven"


@pytest.fixture
def owner(brand: Brand) -> Member:
    """An owner with a password."""
    change_password(brand.owner, GOOD, system_clock())
    Member.objects.filter(pk=brand.owner.pk).update(language="en")
    return brand.owner


def browser(address: str = "203.0.113.5") -> Client:
    return Client(headers={"accept-language": "en", "x-forwarded-for": address})


def attempt(client: Client, email: str, password: str):
    return client.post("/sign-in", {"login": email, "password": password})


def mails(notice: str) -> list[dict]:
    rows = OutboxRow.objects.filter(payload__notice=notice).order_by("pk")
    return [row.payload for row in rows]


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_password_signs_in_and_the_session_is_listed(owner: Member) -> None:
    client = browser()
    answer = attempt(client, owner.email.upper(), GOOD)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    session = UserSession.objects.get(user=owner)
    assert session.ip == "203.0.113.5"
    assert client.cookies["lianyi_device"]["httponly"]
    owner.refresh_from_db()
    assert owner.password.startswith("argon2$argon2id$")


def test_known_and_unknown_addresses_get_the_same_answers(owner: Member) -> None:
    def shown(email: str) -> tuple[int, str]:
        answer = attempt(browser(), email, "wrong password")
        return answer.status_code, "".join(answer.context["form"].non_field_errors())

    assert (
        shown(owner.email) == shown("nobody@example.com") == (200, "The e-mail address or the password is not right.")
    )

    def asked(email: str) -> tuple[str, str]:
        client = browser()
        place = client.post("/sign-in/code", {"email": email})["Location"]
        return place, client.get(place).text.replace(email, "").split("csrfmiddlewaretoken")[0]

    (place, page), (other_place, other_page) = asked(owner.email), asked("nobody@example.com")
    assert place == other_place == "/sign-in/code/confirm"
    assert page == other_page
    assert len(mails("sign_in.code")) == 1


def test_a_code_signs_in_once_in_its_own_browser(owner: Member) -> None:
    client = browser()
    client.post("/sign-in/code", {"email": owner.email})
    [mail] = mails("sign_in.code")
    code = mail["values"]["code"]
    assert mail["member"] == owner.pk
    assert browser().post("/sign-in/code/confirm", {"code": code})["Location"] == "/sign-in/code"
    assert client.post("/sign-in/code/confirm", {"code": "WRONG"}).status_code == 200
    assert client.post("/sign-in/code/confirm", {"code": code})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_five_wrong_codes_end_the_attempt(owner: Member) -> None:
    client = browser()
    client.post("/sign-in/code", {"email": owner.email})
    code = mails("sign_in.code")[0]["values"]["code"]
    for _ in range(5):
        client.post("/sign-in/code/confirm", {"code": "WRONG"})
    assert client.post("/sign-in/code/confirm", {"code": code})["Location"] == "/sign-in/code"
    assert client.get("/").status_code == 302


def test_an_authenticator_app_is_asked_after_the_password_and_after_a_code(
    owner: Member, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser()
    attempt(client, owner.email, GOOD)
    page = client.get("/me/app")
    assert page["Location"].startswith("/me/again/password")
    assert client.post(page["Location"], {"password": GOOD})["Location"] == "/me/app"
    secret = client.get("/me/app").context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/me/app", {"code": code_now(secret)})["Location"] == "/me/recovery-codes"
    recovery = client.get("/me/recovery-codes").context["unused_codes"]
    assert len(recovery) == 10
    stored = Authenticator.objects.filter(user=owner).values_list("data", flat=True)
    assert not any(secret in str(data) for data in stored)
    told = {mail["values"]["what"] for mail in mails("sign_in.changed")}
    assert told == {"member.totp_activated"}

    other = browser()
    assert attempt(other, owner.email, GOOD)["Location"] == "/sign-in/second-factor"
    assert other.get("/").status_code == 302
    assert other.post("/sign-in/second-factor", {"code": "000000"}).status_code == 200
    assert other.post("/sign-in/second-factor", {"code": recovery[0]})["Location"] == "/"
    assert other.get("/").status_code == 200
    third = browser()
    attempt(third, owner.email, GOOD)
    assert third.post("/sign-in/second-factor", {"code": recovery[0]}).status_code == 200  # it worked once
    fourth = browser()
    fourth.post("/sign-in/code", {"email": owner.email})
    code = mails("sign_in.code")[0]["values"]["code"]
    assert fourth.post("/sign-in/code/confirm", {"code": code})["Location"] == "/sign-in/second-factor"


def test_who_guesses_is_kept_out_and_nobody_else_is(owner: Member) -> None:
    guesser, elsewhere = browser("198.51.100.7"), browser("203.0.113.5")
    answers = [attempt(guesser, owner.email, f"guess {number}").status_code for number in range(6)]
    assert answers == [200, 200, 200, 200, 429, 429]
    kept_out = attempt(guesser, owner.email, GOOD)
    assert kept_out.status_code == 429
    assert "Wait a quarter of an hour" in kept_out.text
    assert attempt(elsewhere, owner.email, GOOD)["Location"] == "/"
    assert guesser.post("/sign-in/code", {"email": owner.email})["Location"] == "/sign-in/code/confirm"


def test_the_address_of_a_caller_is_what_the_edge_says_last(owner: Member) -> None:
    for number in range(5):
        attempt(browser(f"10.0.0.{number}, 198.51.100.7"), owner.email, "guess")
    assert attempt(browser("203.0.113.9, 198.51.100.7"), owner.email, GOOD).status_code == 429
    assert attempt(browser("198.51.100.7, 203.0.113.9"), owner.email, GOOD)["Location"] == "/"


@pytest.mark.parametrize(
    "password", ["short1!", "password123", "1234567890", "owner@shop.example", "owner.shop.example"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, Member(email="owner@shop.example"))


@pytest.mark.parametrize("password", [GOOD, "湖上一圈一圈的涟漪散开", "x7" * 40])
def test_any_letters_make_a_password(password: str) -> None:
    validate_password(password, Member(email="owner@shop.example"))


def test_a_changed_password_ends_the_other_sessions(owner: Member) -> None:
    here, there = browser(), browser()
    attempt(here, owner.email, GOOD)
    attempt(there, owner.email, GOOD)
    words = {"oldpassword": GOOD, "password1": "another lake seven", "password2": "another lake seven"}
    assert here.post("/me/password", {**words, "oldpassword": "wrong"}).status_code == 200
    assert there.get("/").status_code == 200
    assert here.post("/me/password", words)["Location"] == "/me"
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert UserSession.objects.filter(user=owner).count() == 1
    assert mails("sign_in.changed")[0]["values"]["what"] == "member.password_changed"


def test_sessions_are_ended_one_by_one_and_all_together(brand: Brand, owner: Member) -> None:
    clients = [browser() for _ in range(3)]
    for client in clients:
        attempt(client, owner.email, GOOD)
    first, _, third = clients
    numbers = list(UserSession.objects.filter(user=owner).order_by("pk").values_list("pk", flat=True))
    stranger = ensure_member(brand.workspace, "other@example.com", Role.OWNER)
    change_password(stranger, GOOD, system_clock())
    foreign = browser()
    attempt(foreign, stranger.email, GOOD)
    assert foreign.post(f"/me/sessions/{numbers[1]}/end").status_code == 404
    assert first.post(f"/me/sessions/{numbers[1]}/end")["Location"] == "/me"
    assert [client.get("/").status_code for client in clients] == [200, 302, 200]
    first.post("/me/sessions/end-others")
    assert [client.get("/").status_code for client in (first, third, foreign)] == [200, 302, 200]


def test_a_new_device_is_told_by_mail_and_the_first_one_is_not(owner: Member) -> None:
    client = browser()
    attempt(client, owner.email, GOOD)
    client.post("/sign-out")
    attempt(client, owner.email, GOOD)
    assert (Device.objects.count(), mails("sign_in.new_device")) == (1, [])
    other = browser("198.51.100.9")
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
    other.post("/sign-in", {"login": owner.email, "password": GOOD}, headers={"user-agent": agent})
    [mail] = mails("sign_in.new_device")
    assert (mail["values"]["device"], mail["values"]["address"]) == ("Edge, Windows", "198.51.100.9")


def test_an_old_password_is_reminded_of(brand: Brand, owner: Member) -> None:
    client = browser()
    attempt(client, owner.email, GOOD)
    assert "Your password is old." not in client.get("/").text
    Member.objects.filter(pk=owner.pk).update(password_changed_at=datetime.now(UTC) - timedelta(days=181))
    assert "Your password is old." in client.get("/").text
    brand.workspace.password_days = 0
    brand.workspace.save()
    assert "Your password is old." not in client.get("/").text


def test_nobody_signs_up_or_signs_in_from_a_closed_account(owner: Member) -> None:
    assert browser().get("/signup").status_code == 404
    Member.objects.filter(pk=owner.pk).update(is_active=False)
    client = browser()
    answer = attempt(client, owner.email, GOOD)
    assert "sessionid" not in client.cookies or client.get("/").status_code == 302
    assert answer.status_code in (200, 302)
    client.post("/sign-in/code", {"email": owner.email})
    assert mails("sign_in.code") == []


def test_a_removed_member_is_out_at_once(brand: Brand, owner: Member) -> None:
    leaving = ensure_member(brand.workspace, "leaving@example.com", Role.EDITOR)
    change_password(leaving, GOOD, system_clock())
    client = browser()
    attempt(client, leaving.email, GOOD)
    assert client.get("/").status_code == 200
    remove_member(brand.workspace, leaving.pk)
    assert client.get("/").status_code == 302
    assert not UserSession.objects.filter(user=leaving).exists()


def test_sign_ins_are_written_down_without_secrets(brand: Brand, owner: Member) -> None:
    attempt(browser(), owner.email, GOOD)
    line = AuditLine.objects.get(workspace=brand.workspace.pk, action="member.signed_in")
    assert (line.actor, line.detail) == (f"member:{owner.pk}", {"by": "password", "member": owner.pk})
    assert not any(GOOD in str(one.detail) for one in AuditLine.objects.all())


def test_a_place_to_go_on_to_is_ours(owner: Member) -> None:
    for place, lands in (("/people", "/people"), ("https://evil.example/", "/"), ("//evil.example/", "/")):
        answer = browser().post(f"/sign-in?next={place}", {"login": owner.email, "password": GOOD, "next": place})
        assert answer["Location"] == lands


def test_a_known_and_an_unknown_address_take_as_long(owner: Member) -> None:
    def seconds(email: str) -> float:
        began = time.perf_counter()
        attempt(browser(), email, "wrong password")
        return time.perf_counter() - began

    attempt(browser(), "warm@example.com", "up")
    known, unknown = seconds(owner.email), seconds("nobody@example.com")
    assert 0.2 < known / unknown < 5  # a hash is computed for both
