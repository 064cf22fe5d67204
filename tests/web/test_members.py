"""The members page, invitations, roles, and the audit log."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.web.conftest import Brand

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import change_role, ensure_member, issue_sign_in_link, remove_member
from lianyi.foundation.members.invitations.actions import LIVES_FOR, invite, secret_of
from lianyi.foundation.members.models import Invitation, Member, Membership
from lianyi.foundation.notices.mail import _addressed
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.foundation.outbox.schemas import Parcel
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import secret_hash

HERE = "http://localhost:8620"


def signed_in(member: Member) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post(f"/sign-in/{issue_sign_in_link(member, system_clock())}")
    return client


def actor_of(brand: Brand, member: Member, role: Role) -> Any:
    return acting_as(Actor(f"member:{member.pk}", brand.workspace.pk, ABILITIES[role]))


def role_of(brand: Brand, member: Member) -> str | None:
    return Membership.objects.filter(workspace=brand.workspace, member=member).values_list("role", flat=True).first()


def test_who_invites_is_told_that_mail_is_on_its_way_and_sees_no_link(brand: Brand, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    answer = brand.visitor().post("/settings/members", {"email": "new@example.com", "role": "viewer"}, follow=True)
    assert "is on its way" in answer.text
    assert "/invitation/lyi_" not in answer.text


def test_where_no_mail_is_sent_who_invites_gets_the_link_once(brand: Brand, settings: Any) -> None:
    settings.MAIL_IS_SENT = False
    visitor = brand.visitor()
    answer = visitor.post("/settings/members", {"email": "new@example.com", "role": "viewer"})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    link = f"http://testserver/invitation/{secret_of(Invitation.objects.get().nonce)}"
    assert answer.text.count(link) == 1
    assert 'value="new@example.com"' not in answer.text
    assert "/invitation/lyi_" not in visitor.get("/settings/members").text
    refused = visitor.post("/settings/members", {"email": brand.owner.email, "role": "viewer"})
    assert (refused.status_code, "/invitation/lyi_" in refused.text) == (422, False)
    joining = Client().post(link.removeprefix("http://testserver"), {"name": "N", "password": "lake ripple seven"})
    assert joining["Location"] == f"/?workspace={brand.workspace.slug}"
    assert role_of(brand, Member.objects.get(email="new@example.com")) == "viewer"


def test_an_invitation_is_mailed_and_only_its_hash_is_stored(brand: Brand, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    answer = brand.visitor().post("/settings/members", {"email": "New@Example.com", "role": "editor"})
    assert answer["Location"] == "/settings/members"
    row = Invitation.objects.get()
    secret = secret_of(row.nonce)
    assert (row.email, bytes(row.hash)) == ("new@example.com", secret_hash(secret))
    sent = OutboxRow.objects.get(kind="mail")
    assert secret not in str(sent.payload)
    parcel = Parcel(sent.pk, brand.workspace.pk, "mail", sent.key, 1, sent.payload)
    address, said = _addressed(parcel)
    assert address == "new@example.com"
    assert f"http://testserver/invitation/{secret}" in said.body
    assert AuditLine.objects.get(action="member.invited").actor == f"member:{brand.owner.pk}"


def test_whoever_is_new_joins_with_a_name_and_a_password_once(brand: Brand) -> None:
    secret = invite(brand.workspace, "new@example.com", Role.ANALYST, HERE, system_clock())
    client = Client(headers={"accept-language": "en"})
    assert brand.workspace.name in client.get(f"/invitation/{secret}").text
    assert client.post(f"/invitation/{secret}", {"name": "N", "password": "short"}).status_code == 200
    assert not Member.objects.filter(email="new@example.com").exists()
    answer = client.post(f"/invitation/{secret}", {"name": "New One", "password": "lake ripple seven"})
    assert answer["Location"] == f"/?workspace={brand.workspace.slug}"
    member = Member.objects.get(email="new@example.com")
    assert (member.name, member.language, role_of(brand, member)) == ("New One", "en", "analyst")
    assert AuditLine.objects.get(action="member.joined", detail__member=member.pk).actor == f"member:{member.pk}"
    assert client.get("/").status_code == 200
    again = Client().post(f"/invitation/{secret}", {"name": "Thief", "password": "lake ripple seven"})
    assert again.status_code == 410
    assert Membership.objects.filter(workspace=brand.workspace).count() == 2


def test_who_wants_a_passkey_is_led_to_make_one_at_once(brand: Brand) -> None:
    secret = invite(brand.workspace, "new@example.com", Role.VIEWER, HERE, system_clock())
    client = Client()
    answer = client.post(f"/invitation/{secret}", {"name": "New One", "passkey": "1"})
    assert answer["Location"] == "/me/passkeys/new"
    assert client.get("/me/passkeys/new").status_code == 200
    assert not Member.objects.get(email="new@example.com").has_usable_password()


def test_a_member_of_another_workspace_joins_only_as_themselves(new_brand: Callable[[], Brand]) -> None:
    brand, other = new_brand(), new_brand()
    secret = invite(brand.workspace, other.owner.email, Role.EDITOR, HERE, system_clock())
    words = {"name": "Thief", "password": "lake ripple seven"}
    assert Client().post(f"/invitation/{secret}", words).status_code == 200  # asks to sign in
    assert brand.visitor().post(f"/invitation/{secret}", words).status_code == 200  # signed in as somebody else
    assert role_of(brand, other.owner) is None
    client = signed_in(other.owner)
    assert client.post(f"/invitation/{secret}")["Location"] == f"/?workspace={brand.workspace.slug}"
    assert role_of(brand, other.owner) == "editor"
    other.owner.refresh_from_db()
    assert not other.owner.has_usable_password()


def test_an_invitation_dies_of_age_and_by_withdrawal(new_brand: Callable[[], Brand]) -> None:
    brand, other = new_brand(), new_brand()
    old = invite(brand.workspace, "a@example.com", Role.VIEWER, HERE, system_clock() - LIVES_FOR - timedelta(seconds=1))
    gone = invite(brand.workspace, "b@example.com", Role.VIEWER, HERE, system_clock())
    number = Invitation.objects.get(email="b@example.com").pk
    assert other.visitor().post(f"/settings/invitations/{number}/withdraw").status_code == 404
    assert Client().get(f"/invitation/{gone}").status_code == 200
    assert brand.visitor().post(f"/settings/invitations/{number}/withdraw").status_code == 302
    assert [Client().get(f"/invitation/{secret}").status_code for secret in (old, gone, "lyi_x")] == [410, 410, 410]


def test_only_owners_make_owners_and_nobody_raises_themselves(brand: Brand) -> None:
    manager = ensure_member(brand.workspace, "manager@example.com", Role.MANAGER)
    editor = ensure_member(brand.workspace, "editor@example.com", Role.EDITOR)
    with actor_of(brand, manager, Role.MANAGER):
        for act in (
            lambda: change_role(brand.workspace, editor.pk, Role.OWNER),
            lambda: change_role(brand.workspace, brand.owner.pk, Role.VIEWER),
            lambda: remove_member(brand.workspace, brand.owner.pk, system_clock()),
            lambda: invite(brand.workspace, "x@example.com", Role.OWNER, HERE, system_clock()),
        ):
            with pytest.raises(Denied):
                act()
        with pytest.raises(Refused, match="Nobody changes their own role"):
            change_role(brand.workspace, manager.pk, Role.VIEWER)
        change_role(brand.workspace, editor.pk, Role.ANALYST)
    with actor_of(brand, editor, Role.EDITOR), pytest.raises(Denied):
        change_role(brand.workspace, editor.pk, Role.MANAGER)
    assert [role_of(brand, one) for one in (brand.owner, manager, editor)] == ["owner", "manager", "analyst"]
    assert Invitation.objects.count() == 0


def test_the_last_owner_stays(brand: Brand) -> None:
    for act in (
        lambda: change_role(brand.workspace, brand.owner.pk, Role.MANAGER),
        lambda: remove_member(brand.workspace, brand.owner.pk, system_clock()),
    ):
        with pytest.raises(Refused, match="last owner"):
            act()
    second = ensure_member(brand.workspace, "second@example.com", Role.OWNER)
    remove_member(brand.workspace, brand.owner.pk, system_clock())
    with pytest.raises(Refused, match="last owner"):
        remove_member(brand.workspace, second.pk, system_clock())
    assert Membership.objects.filter(workspace=brand.workspace, role="owner").count() == 1


def test_members_of_another_workspace_are_nowhere(new_brand: Callable[[], Brand]) -> None:
    brand, other = new_brand(), new_brand()
    client = brand.visitor()
    for path, words in (("role", {"role": "viewer"}), ("remove", {})):
        assert client.post(f"/settings/members/{other.owner.pk}/{path}", words).status_code == 404
    assert role_of(other, other.owner) == "owner"
    assert other.owner.email not in client.get("/settings/members").text


def test_the_audit_log_is_searched_and_exported(new_brand: Callable[[], Brand]) -> None:
    brand, other = new_brand(), new_brand()
    editor = ensure_member(brand.workspace, "editor@example.com", Role.EDITOR)
    client = brand.visitor()
    client.post(f"/settings/members/{editor.pk}/role", {"role": "viewer"})
    client.post(f"/settings/members/{editor.pk}/remove")

    def actions(query: str) -> list[str]:
        return [line.action for line, _, _ in client.get(f"/settings/audit?{query}").context["rows"]]

    assert actions(f"about={editor.pk}") == ["member.removed", "member.role_changed", "member.joined"]
    assert actions("action=member.removed") == ["member.removed"]
    assert actions(f"actor=member:{brand.owner.pk}&about={editor.pk}") == ["member.removed", "member.role_changed"]
    assert actions("from=2200-01-01") == []
    assert "editor@example.com" in client.get("/settings/audit").text  # whose work stays under their name
    exported = b"".join(client.get("/settings/audit.csv?action=member.removed").streaming_content).decode()
    assert exported.splitlines()[0] == "\ufeffid,at,actor,action,detail"
    assert len(exported.splitlines()) == 2
    theirs = b"".join(other.visitor().get("/settings/audit.csv").streaming_content).decode()
    assert "member.removed" not in theirs


def test_the_audit_log_is_paged_by_cursor(brand: Brand) -> None:
    AuditLine.objects.bulk_create(
        AuditLine(workspace=brand.workspace.pk, actor="system", action="test.done", detail={"row": number})
        for number in range(120)
    )
    client, seen, before = brand.visitor(), [], ""
    for _ in range(3):
        page = client.get(f"/settings/audit?action=test.done{before}").context
        seen += [line.detail["row"] for line, _, _ in page["rows"]]
        before = f"&before={page['further']}"
    assert seen == list(reversed(range(120)))
    assert page["further"] is None


def test_the_workspace_is_edited_and_shown_in_its_zone(brand: Brand) -> None:
    client = brand.visitor()
    words = {"name": "Lake", "zone": "Europe/Paris", "region": "FR", "currency": "EUR", "language": "en"}
    assert client.post("/settings/workspace", {**words, "password_days": "-1"}).status_code == 422
    assert client.post("/settings/workspace", {**words, "password_days": "90"})["Location"] == "/settings/workspace"
    seat = client.get("/").context["request"].seat
    assert (seat.workspace.name, seat.zone, seat.workspace.currency) == ("Lake", "Europe/Paris", "EUR")
    line = AuditLine.objects.get(action="workspace.changed")
    assert line.detail == {"fields": ["currency", "language", "name", "password_days", "region", "zone"]}


def test_a_profile_is_ones_own(brand: Brand) -> None:
    client = brand.visitor()
    answer = client.post("/me", {"name": "Owner One", "language": "en", "zone": "Asia/Tokyo"})
    assert answer["Location"] == "/me"
    seat = client.get("/").context["request"].seat
    assert (seat.name, seat.zone) == ("Owner One", "Asia/Tokyo")


def test_what_is_refused_is_said_in_the_language_of_the_page(brand: Brand) -> None:
    client = brand.visitor("zh-hans")
    answer = client.post("/settings/members", {"email": brand.owner.email, "role": "viewer"})
    assert answer.status_code == 422
    assert f"{brand.owner.email} 已经是成员。可在列表中修改角色。" in answer.text
    client.post(f"/settings/members/{brand.owner.pk}/remove")
    assert "这是工作区的最后一位所有者。" in client.get("/settings/members").text


def test_a_page_of_members_behind_no_number_is_the_first(brand: Brand) -> None:
    for after in ("", "x", "9" * 40, "9" * 5_000):
        answer = brand.visitor().get(f"/settings/members?after={after}")
        assert [one.email for one in answer.context["members"]] == [brand.owner.email]


@pytest.mark.django_db(transaction=True)
def test_who_accepts_two_invitations_at_once_joins_by_one_and_is_told_of_the_other(
    brand: Brand, new_brand: Callable[[], Brand], monkeypatch: pytest.MonkeyPatch
) -> None:
    second, now = new_brand(), system_clock()
    secrets = [invite(one.workspace, "both@example.com", Role.VIEWER, HERE, now) for one in (brand, second)]
    gate = threading.Barrier(2)
    usual = Member.save

    def save(self: Member, *arguments: Any, **named: Any) -> None:
        if self.pk is None:
            gate.wait(10)  # both have looked, and nobody of this address was there
        usual(self, *arguments, **named)

    monkeypatch.setattr(Member, "save", save)
    found: list[tuple[int, bool]] = []

    def join(secret: str) -> None:
        answer = Client().post(f"/invitation/{secret}", {"name": "B", "password": "lake ripple seven"})
        found.append((answer.status_code, answer.get("Location") == f"/invitation/{secret}"))
        connection.close()

    threads = [threading.Thread(target=join, args=[secret]) for secret in secrets]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [(302, False), (302, True)]  # to the page that says: sign in first
    assert Membership.objects.filter(member__email="both@example.com").count() == 1
    assert Invitation.objects.filter(email="both@example.com").count() == 1


def test_the_audit_line_of_who_joined_names_the_invitation(brand: Brand) -> None:
    secret = invite(brand.workspace, "new@example.com", Role.VIEWER, HERE, system_clock())
    number = Invitation.objects.get().pk
    Client().post(f"/invitation/{secret}", {"name": "N", "password": "lake ripple seven"})
    joined = AuditLine.objects.filter(workspace=brand.workspace.pk, action="member.joined").latest("pk")
    assert joined.detail["invitation"] == number
