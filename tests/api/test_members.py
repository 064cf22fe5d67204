"""Members by the API: seen, given another role, removed; invited by a mail that alone has the link, if mail is sent."""

import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.api.conftest import Program, program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.queries import audit_lines
from lianyi.foundation.audit.schemas import Wanted
from lianyi.foundation.members.actions import ensure_member, remove_member
from lianyi.foundation.members.invitations.actions import secret_of
from lianyi.foundation.members.models import Invitation
from lianyi.foundation.members.queries import role_in
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.tokens import actions as tokens
from lianyi.foundation.tokens.actions import create_token, revoke_token
from lianyi.foundation.tokens.models import ApiToken
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_members_are_seen_changed_and_removed(brand: Brand, call: Program) -> None:
    editor = ensure_member(brand.workspace, "editor@example.com", Role.EDITOR).pk
    seen = call.get("/members?limit=1").json()
    assert [one["role"] for one in seen["items"]] == ["owner"]
    [second] = call.get(f"/members?limit=1&cursor={seen['next']}").json()["items"]
    assert (second["id"], second["role"], second["second_factor"]) == (editor, "editor", False)
    assert call("PATCH", f"/members/{editor}", {"role": "analyst"}).status_code == 204
    assert role_in(brand.workspace.pk, editor) is Role.ANALYST
    assert call("DELETE", f"/members/{editor}").status_code == 204
    told(call("DELETE", f"/members/{editor}"), 404, "member.unknown_here")
    told(call("DELETE", f"/members/{brand.owner.pk}"), 409, "member.last_owner")
    actions = [line.action for line in audit_lines(brand.workspace.pk, 2)]
    assert actions == ["member.removed", "member.role_changed"]


def test_tokens_of_who_left_stay_dead_when_they_come_back(brand: Brand, call: Program) -> None:
    theirs = program(brand, role=Role.EDITOR)
    again = program(brand, role=Role.EDITOR)
    editor = ApiToken.objects.get(pk=theirs.token).member_id
    revoke_token(brand.workspace.pk, again.token, system_clock())
    other = program(brand, role=Role.VIEWER)
    assert theirs.get("/me").status_code == 200
    assert call("DELETE", f"/members/{editor}").status_code == 204
    told(theirs.get("/me"), 401, "token.invalid")
    [line] = audit_lines(brand.workspace.pk, 1, wanted=Wanted(action="token.revoked"))
    assert (line.actor, line.detail) == (f"token:{call.token}", {"member": editor, "tokens": [theirs.token]})
    assert ensure_member(brand.workspace, "editor@" + brand.workspace.slug + ".example.com", Role.EDITOR).pk == editor
    told(theirs.get("/me"), 401, "token.invalid")
    assert (other.get("/me").status_code, program(brand, role=Role.EDITOR).get("/me").status_code) == (200, 200)


def test_a_token_that_is_being_made_when_its_member_is_removed_is_revoked_too(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = ensure_member(brand.workspace, "editor@example.com", Role.MANAGER).pk
    written, go = threading.Event(), threading.Event()
    usual = tokens.record_audit

    def slow(workspace: int | None, action: str, detail: dict[str, Any]) -> None:
        if action == "token.created":
            written.set()
            go.wait(10)
        usual(workspace, action, detail)

    monkeypatch.setattr(tokens, "record_audit", slow)
    made: list[tuple[int, str]] = []

    def make() -> None:
        made.append(create_token(brand.workspace, editor, "late", ["people.see"], system_clock()))
        connection.close()

    def remove() -> None:
        remove_member(brand.workspace, editor, system_clock())
        connection.close()

    threads = [threading.Thread(target=make), threading.Thread(target=remove)]
    threads[0].start()
    assert written.wait(10)
    threads[1].start()
    time.sleep(0.5)  # it waits for the one that is being made
    go.set()
    for one in threads:
        one.join()
    ensure_member(brand.workspace, "editor@example.com", Role.MANAGER)
    told(Program(*made[0]).get("/me"), 401, "token.invalid")


def test_only_who_may_appoint_owners_makes_one(brand: Brand) -> None:
    editor = ensure_member(brand.workspace, "editor@example.com", Role.EDITOR).pk
    manager = program(brand, role=Role.MANAGER)
    told(manager("PATCH", f"/members/{editor}", {"role": "owner"}), 403, "access.denied")
    told(manager("PATCH", f"/members/{brand.owner.pk}", {"role": "viewer"}), 403, "access.denied")
    told(manager("DELETE", f"/members/{brand.owner.pk}"), 403, "access.denied")
    told(manager("POST", "/invitations", {"email": "x@example.com", "role": "owner"}), 403, "access.denied")
    assert not Invitation.objects.exists()


def test_where_no_mail_is_sent_the_answer_has_the_link_once(brand: Brand, call: Program, settings: Any) -> None:
    settings.MAIL_IS_SENT = False
    made = call("POST", "/invitations", {"email": "new@example.com", "role": "sales"}).json()
    assert made["link"] == f"http://testserver/invitation/{secret_of(Invitation.objects.get().nonce)}"
    assert Client().get(made["link"].removeprefix("http://testserver")).status_code == 200
    assert "lyi_" not in call.get("/invitations").text


def test_an_invitation_is_mailed_listed_and_withdrawn(brand: Brand, call: Program, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    made = call("POST", "/invitations", {"email": " New@Example.com ", "role": "sales"})
    assert made.status_code == 201
    assert (made.json()["email"], made.json()["role"]) == ("new@example.com", "sales")
    shown = made.json()
    assert shown.pop("link") is None
    [letter] = OutboxRow.objects.filter(workspace=brand.workspace.pk)
    assert letter.payload["invitation"] == made.json()["id"]
    assert call.get("/invitations").json() == {"items": [shown], "next": None}
    told(call("POST", "/invitations", {"email": "nobody", "role": "sales"}), 422, "member.email")
    told(call("POST", "/invitations", {"email": brand.owner.email, "role": "sales"}), 409, "member.here")
    assert call("DELETE", f"/invitations/{made.json()['id']}").status_code == 204
    told(call("DELETE", f"/invitations/{made.json()['id']}"), 404, "invitation.unknown")
    assert call.get("/invitations").json()["items"] == []
