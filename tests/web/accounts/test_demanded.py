"""A workspace that demands a second factor of everybody: who decides that, and who gets in meanwhile."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from tests.api.conftest import program
from tests.api.test_door import told
from tests.web.accounts.test_sign_in import code_now
from tests.web.conftest import Brand
from tests.web.test_every_page import GUARDED, filled
from tests.web.test_members import signed_in

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import demand_second_factor, ensure_member
from lianyi.foundation.members.invitations.actions import invite
from lianyi.foundation.members.models import Member
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

SWITCH = "/settings/workspace/second-factor"


def give_factor(member: Member) -> str:
    secret = generate_totp_secret()
    TOTP.activate(member, secret)
    return secret


def demands(brand: Brand) -> bool:
    return Workspace.objects.get(pk=brand.workspace.pk).second_factor


@pytest.fixture
def demanding(brand: Brand) -> Brand:
    """A brand whose owner has a factor and demands one of everybody."""
    give_factor(brand.owner)
    demand_second_factor(brand.workspace, brand.owner.pk, demanded=True)
    return brand


def test_an_owner_who_has_one_demands_it_and_takes_that_back(brand: Brand) -> None:
    visitor = brand.visitor()
    assert "Demand it of everybody" in visitor.get("/settings/workspace").text
    refused = visitor.post(SWITCH, {"demanded": "yes"}, follow=True)
    assert "You have no second factor yourself." in refused.text
    assert not demands(brand)
    give_factor(brand.owner)
    for said, word in ((True, "Demand it of nobody"), (True, "Demand it of nobody"), (False, "Demand it of everybody")):
        page = visitor.post(SWITCH, {"demanded": "yes" if said else "no"}, follow=True)
        assert (demands(brand), word in page.text) == (said, True)
    lines = AuditLine.objects.filter(workspace=brand.workspace.pk, action="workspace.second_factor").order_by("pk")
    assert [(line.actor, line.detail) for line in lines] == [
        (f"member:{brand.owner.pk}", {"demanded": True}),
        (f"member:{brand.owner.pk}", {"demanded": False}),
    ]


def test_nobody_but_an_owner_decides_it(brand: Brand) -> None:
    manager = ensure_member(brand.workspace, "manager@example.com", Role.MANAGER)
    give_factor(manager)
    actor = Actor(f"member:{manager.pk}", brand.workspace.pk, ABILITIES[Role.MANAGER])
    with acting_as(actor), pytest.raises(Denied):
        demand_second_factor(brand.workspace, manager.pk, demanded=True)
    token = program(brand, role=Role.MANAGER)
    told(token("PUT", "/workspace/second-factor", {"demanded": True}), 403, "access.denied")
    assert not demands(brand)


def test_recovery_codes_are_no_second_factor(brand: Brand) -> None:
    RecoveryCodes.activate(brand.owner)
    with pytest.raises(Refused, match="no second factor yourself"):
        demand_second_factor(brand.workspace, brand.owner.pk, demanded=True)


def test_who_lacks_the_factor_that_the_workspace_demands_sets_one_up_before_anything_else(demanding: Brand) -> None:
    member = ensure_member(demanding.workspace, "editor@example.com", Role.MANAGER)
    client = signed_in(member)  # by a link
    for address, ability in GUARDED.items():
        if ability is not None:
            answers = [client.get(filled(address)), client.post(filled(address))]
            led = {answer["Location"] for answer in answers if answer.status_code != 405}
            assert (led, {answer.status_code for answer in answers} - {405}) == ({"/me/second-factor"}, {302}), address
    part = client.get("/people", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"], part.content) == (403, "/me/second-factor", b"")
    page = client.get("/me/second-factor")
    assert (page.status_code, demanding.workspace.name in page.text) == (200, True)
    assert client.get("/me").status_code == 200
    secret = client.get("/me/app").context["form"].secret
    assert client.post("/me/app", {"code": code_now(secret)})["Location"] == "/me/recovery-codes"
    assert client.get("/people").status_code == 200
    assert client.get("/me/second-factor")["Location"] == "/"
    Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).delete()
    assert client.get("/people")["Location"] == "/me/second-factor"


def test_another_workspace_of_theirs_demands_nothing(demanding: Brand, new_brand: Callable[[], Brand]) -> None:
    other = new_brand()
    member = ensure_member(demanding.workspace, "both@example.com", Role.VIEWER)
    ensure_member(other.workspace, member.email, Role.VIEWER)
    client = signed_in(member)
    assert client.get("/people")["Location"] == "/me/second-factor"
    assert f"/?workspace={other.workspace.slug}" in client.get("/me/second-factor").text
    assert client.get(f"/people?workspace={other.workspace.slug}").status_code == 200
    assert client.get(f"/people?workspace={demanding.workspace.slug}")["Location"] == "/me/second-factor"


def test_whoever_is_invited_sets_one_up_first(demanding: Brand) -> None:
    secret = invite(demanding.workspace, "new@example.com", Role.EDITOR, "http://testserver", system_clock())
    client = Client(headers={"accept-language": "en"})
    client.post(f"/invitation/{secret}", {"name": "N", "password": "lake ripple seven"})
    assert client.get("/")["Location"] == "/me/second-factor"


def test_tokens_wait_for_the_factor_of_their_maker(brand: Brand) -> None:
    owners, editors = program(brand), program(brand, role=Role.EDITOR)
    told(owners("PUT", "/workspace/second-factor", {"demanded": True}), 409, "member.no_factor")
    give_factor(brand.owner)
    assert owners("PUT", "/workspace/second-factor", {"demanded": True}).json()["second_factor"] is True
    for method, path, body in (("GET", "/me", None), ("GET", "/people", None), ("POST", "/tokens", {"label": "x"})):
        told(editors(method, path, body), 403, "access.second_factor")
    assert owners.get("/workspace").json()["second_factor"] is True
    editor = Member.objects.get(email=f"editor@{brand.workspace.slug}.example.com")
    give_factor(editor)
    assert editors.get("/people").status_code == 200
    assert owners("PUT", "/workspace/second-factor", {"demanded": False}).json()["second_factor"] is False
