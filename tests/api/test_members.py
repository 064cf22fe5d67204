"""Members by the API: seen, given another role, removed; invited by a mail that alone has the link."""

import pytest
from tests.api.conftest import Program, program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.queries import audit_lines
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.models import Invitation
from lianyi.foundation.members.queries import role_in
from lianyi.foundation.outbox.models import OutboxRow

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


def test_only_who_may_appoint_owners_makes_one(brand: Brand) -> None:
    editor = ensure_member(brand.workspace, "editor@example.com", Role.EDITOR).pk
    manager = program(brand, role=Role.MANAGER)
    told(manager("PATCH", f"/members/{editor}", {"role": "owner"}), 403, "access.denied")
    told(manager("PATCH", f"/members/{brand.owner.pk}", {"role": "viewer"}), 403, "access.denied")
    told(manager("DELETE", f"/members/{brand.owner.pk}"), 403, "access.denied")
    told(manager("POST", "/invitations", {"email": "x@example.com", "role": "owner"}), 403, "access.denied")
    assert not Invitation.objects.exists()


def test_an_invitation_is_mailed_listed_and_withdrawn(brand: Brand, call: Program) -> None:
    made = call("POST", "/invitations", {"email": " New@Example.com ", "role": "sales"})
    assert made.status_code == 201
    assert (made.json()["email"], made.json()["role"]) == ("new@example.com", "sales")
    assert "lyi_" not in made.text
    [letter] = OutboxRow.objects.filter(workspace=brand.workspace.pk)
    assert letter.payload["invitation"] == made.json()["id"]
    assert call.get("/invitations").json() == {"items": [made.json()], "next": None}
    told(call("POST", "/invitations", {"email": "nobody", "role": "sales"}), 422, "member.email")
    told(call("POST", "/invitations", {"email": brand.owner.email, "role": "sales"}), 409, "member.here")
    assert call("DELETE", f"/invitations/{made.json()['id']}").status_code == 204
    told(call("DELETE", f"/invitations/{made.json()['id']}"), 404, "invitation.unknown")
    assert call.get("/invitations").json()["items"] == []
