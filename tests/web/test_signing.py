"""Signing in by a link, once, and what nobody gets without it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import LINK_LIVES_FOR, ensure_member, issue_sign_in_link, issue_sign_in_path
from lianyi.foundation.members.models import Membership, SignInLink
from lianyi.web.security import POLICY

PAGES = ["/", "/people", "/people/1", "/people/1/events", "/overview/newest", "/overview/funnel"]


def test_a_link_signs_in_by_its_button_and_once(brand: Brand) -> None:
    address, client = brand.link(), Client()
    for _ in range(3):  # programs that look at links use nothing up
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    answer = client.post(address)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    again = Client(headers={"accept-language": "en"}).post(address)
    assert again.status_code == 410
    assert "does not work any more" in again.text
    assert "sessionid" not in again.cookies


def test_a_link_leads_to_the_workspace_that_it_was_made_for(new_brand: Callable[[], Brand]) -> None:
    first, second, foreign = new_brand(), new_brand(), new_brand()
    assert "?" not in issue_sign_in_path(first.owner, first.workspace, datetime.now(UTC))
    ensure_member(second.workspace, first.owner.email, Role.OWNER)
    client = Client()
    for brand in (second, first):
        path = issue_sign_in_path(first.owner, brand.workspace, datetime.now(UTC))
        answer = client.post(f"/sign-in/{path}")
        assert answer["Location"] == f"/?workspace={brand.workspace.slug}"
        assert client.get(answer["Location"]).context["request"].seat.workspace == brand.workspace
        assert client.get("/").context["request"].seat.workspace == brand.workspace
    secret = issue_sign_in_link(first.owner, datetime.now(UTC))
    answer = client.post(f"/sign-in/{secret}?workspace={foreign.workspace.slug}")
    assert client.get(answer["Location"]).context["request"].seat.workspace == first.workspace


def test_a_link_that_is_too_old_or_unknown_is_dead_and_signs_nobody_in(brand: Brand) -> None:
    late = datetime.now(UTC) - LINK_LIVES_FOR - timedelta(seconds=1)
    old = issue_sign_in_link(brand.owner, late)
    for secret in (old, "lys_unknown", "x" * 500):
        client = Client()
        assert client.post(f"/sign-in/{secret}").status_code == 410
        assert client.get("/").status_code == 302
    assert SignInLink.objects.filter(used_at=None).count() == 1


def test_the_button_needs_the_token_of_its_page(brand: Brand) -> None:
    client, address = Client(enforce_csrf_checks=True), brand.link()
    assert client.post(address).status_code == 403
    page = client.get(address)
    token = page.context["csrf_token"]
    assert client.post(address, {"csrfmiddlewaretoken": str(token)}).status_code == 302


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_led_to_the_sign_in_page(brand: Brand, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
    part = Client().get(path, headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"], part.content) == (401, "/sign-in", b"")


def test_who_signed_out_or_was_removed_sees_nothing_more(brand: Brand) -> None:
    client = brand.visitor()
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/").status_code == 302
    other = brand.visitor()
    Membership.objects.filter(member=brand.owner).delete()
    assert other.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/sign-in", "/people/1", "/nowhere"])
def test_every_answer_carries_the_policy(brand: Brand, path: str) -> None:
    answer = brand.visitor().get(path)
    assert answer["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert answer.text.count("<script") == answer.text.count("<script src=")
