"""Signing in by password, code, second factor and link; guessing; and what nobody learns on the way."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from structlog.testing import capture_logs
from tests.web.conftest import Brand

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, OPERATOR, Actor, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import ensure_member, remove_member
from lianyi.foundation.members.models import Device, Member
from lianyi.foundation.members.own.actions import change_password, forget_factors
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused

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


def test_names_of_the_product_and_the_workspace_make_no_password(brand: Brand, owner: Member) -> None:
    brand.workspace.name = "Blue Lagoon Tea"
    brand.workspace.save()
    for password in ("Lianyi-2026", "lianyilianyi", "blue lagoon tea!", f"{brand.workspace.slug}-1"):
        with pytest.raises(ValidationError, match="too close"):
            validate_password(password, owner)
    validate_password("lianyi, seven ripples", owner)
    validate_password("a brown lagoon for tea", owner)


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
    remove_member(brand.workspace, leaving.pk, system_clock())
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


class Counting(Argon2PasswordHasher):
    """Counts the hashes that it computes."""

    computed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.computed.append("encode")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.computed.append("verify")
        return super().verify(password, encoded)


def test_one_hash_is_computed_whether_the_address_is_known_or_not(brand: Brand, owner: Member, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    without = ensure_member(brand.workspace, "codes@example.com", Role.VIEWER)  # signs in by codes alone
    computed = {}
    for email in (owner.email, without.email, "nobody@example.com"):
        Counting.computed.clear()
        assert attempt(browser(), email, "wrong password").status_code == 200
        computed[email] = len(Counting.computed)
    assert computed == {owner.email: 1, without.email: 1, "nobody@example.com": 1}


def test_the_members_own_browser_is_not_kept_out_by_the_guesses_of_others(owner: Member) -> None:
    mine = browser("198.51.100.7")
    attempt(mine, owner.email, GOOD)
    mine.post("/sign-out")
    neighbour = browser("198.51.100.7")  # behind the same address
    for _ in range(6):
        attempt(neighbour, owner.email, "guess")
    assert attempt(neighbour, owner.email, GOOD).status_code == 429
    assert attempt(browser("198.51.100.7"), owner.email, GOOD).status_code == 429
    assert attempt(mine, owner.email, GOOD)["Location"] == "/"
    mine.post("/sign-out")
    for _ in range(5):  # it is counted as any other
        attempt(mine, owner.email, "guess")
    assert attempt(mine, owner.email, GOOD).status_code == 429


def test_many_machines_together_guess_fifty_times_an_hour_and_keep_nobody_out_for_good(owner: Member) -> None:
    mine = browser()
    attempt(mine, owner.email, GOOD)
    mine.post("/sign-out")
    for number in range(50):
        attempt(browser(f"198.51.100.{number}"), owner.email, "guess")
    other = browser("192.0.2.1")
    answer = attempt(other, owner.email, GOOD)
    assert (answer.status_code, other.get("/").status_code) == (200, 302)
    assert "Too many attempts. Wait a few minutes, or ask for a code by e-mail." in answer.text
    assert other.post("/sign-in/code", {"email": owner.email})["Location"] == "/sign-in/code/confirm"
    assert other.post("/sign-in/code/confirm", {"code": mails("sign_in.code")[0]["values"]["code"]})["Location"] == "/"
    assert attempt(mine, owner.email, GOOD)["Location"] == "/"


def test_whether_an_address_is_kept_out_says_nothing_of_it(owner: Member) -> None:
    def answers(email: str) -> list[int]:
        guesser = browser("198.51.100.7")
        return [attempt(guesser, email, "guess").status_code for _ in range(6)]

    assert answers(owner.email) == answers("nobody@example.com") == [200, 200, 200, 200, 429, 429]


def test_a_kept_out_address_is_let_in_after_a_quarter_of_an_hour(owner: Member) -> None:
    client = browser()
    for _ in range(6):
        attempt(client, owner.email, "guess")
    row = AccessAttempt.objects.get()
    assert "guess" not in row.post_data
    assert owner.email not in row.post_data
    AccessAttempt.objects.update(attempt_time=row.attempt_time - timedelta(minutes=15, seconds=1))
    assert attempt(client, owner.email, GOOD)["Location"] == "/"


def test_a_link_asks_for_the_second_factor(brand: Brand, owner: Member) -> None:
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    client = browser()
    assert client.post(brand.link())["Location"] == "/sign-in/second-factor"
    assert client.get("/").status_code == 302
    assert client.post("/sign-in/second-factor", {"code": code_now(secret)})["Location"] == "/"
    assert client.get("/").status_code == 200
    line = AuditLine.objects.get(workspace=brand.workspace.pk, action="member.signed_in")
    assert line.detail == {"by": "link", "member": owner.pk}


@pytest.mark.parametrize(("began", "seen", "answer"), [(13, 3, 200), (15, 0, 302), (5, 5, 302)])
def test_a_session_ends_by_its_age_and_by_rest(owner: Member, began: int, seen: int, answer: int) -> None:
    client = browser()
    attempt(client, owner.email, GOOD)
    client.get("/")
    session, now = client.session, int(time.time())
    session["began"], session["seen"] = now - began * 86400, now - seen * 86400
    session.save()
    assert client.get("/").status_code == answer
    assert client.get("/").status_code == answer
    assert UserSession.objects.filter(user=owner).exists()


def test_signing_out_ends_the_session_and_empties_the_browser(owner: Member) -> None:
    client = browser()
    attempt(client, owner.email, GOOD)
    key = client.session.session_key
    answer = client.post("/sign-out", headers={"x-forwarded-proto": "https"})
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.post("/sign-out")
    client.cookies["sessionid"] = key
    assert client.get("/").status_code == 302


def test_what_failed_is_logged_without_who_was_tried(brand: Brand, owner: Member) -> None:
    viewer = ensure_member(brand.workspace, "viewer@example.com", Role.VIEWER)
    change_password(viewer, GOOD, system_clock())
    with capture_logs() as lines:
        client = browser("198.51.100.7")
        attempt(client, viewer.email, "wrong password")
        attempt(client, viewer.email, GOOD)
        assert client.get("/settings/members").status_code == 403
    found = [{name: line.get(name) for name in ("event", "address", "path", "member")} for line in lines]
    assert {"event": "sign_in.failed", "address": "198.51.100.7", "path": "/sign-in", "member": None} in found
    assert {"event": "access.denied", "address": None, "path": "/settings/members", "member": viewer.pk} in found
    assert not any(word in str(lines) for word in (viewer.email, GOOD, "wrong password"))


def test_whoever_lost_every_factor_gets_in_again_when_the_operator_helps(brand: Brand, owner: Member) -> None:
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    client = browser()
    client.post(brand.link())
    client.post("/sign-in/second-factor", {"code": code_now(secret)})
    with acting_as(Actor(f"member:{owner.pk + 1}", brand.workspace.pk, ABILITIES[Role.OWNER])), pytest.raises(Refused):
        forget_factors(owner.pk)
    assert client.get("/").status_code == 200
    with acting_as(OPERATOR):
        assert forget_factors(owner.pk) == 1
    assert client.get("/").status_code == 302
    assert browser().post(brand.link())["Location"] == "/"
    line = AuditLine.objects.get(workspace=brand.workspace.pk, action="member.factors_forgotten")
    assert (line.actor, line.detail) == ("cli", {"member": owner.pk, "factors": 1})
