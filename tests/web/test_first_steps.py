"""The first steps: what is done follows from what is there; a server's key is nowhere; the card goes when it shall."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.models import Membership
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.foundation.workspaces.queries import public_key
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.web.first_steps import steps_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_snippet_has_the_browsers_key_and_a_servers_is_nowhere(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace
    _, secret = create_write_key(workspace, KeyKind.SERVER, "secret")
    assert 'action="/first-steps/key"' in client.get("/").text
    assert client.post("/first-steps/key").status_code == 302
    assert client.post("/first-steps/key").status_code == 302
    shown = public_key(workspace.pk)
    assert shown.startswith("lyb_")
    assert WriteKey.objects.filter(workspace=workspace, kind="browser").count() == 1
    for way in ("website", "segment", "sensors", "curl", "nonsense"):
        page = client.get("/first-steps", {"way": way}).text
        assert shown in page
        assert secret not in page
        assert "lyw_" not in page
        named = way if way != "nonsense" else "website"
        assert f'?way={named}#snippet" aria-current="page"' in page
    assert not WriteKey.objects.filter(kind="server").exclude(public=None).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        WriteKey.objects.filter(workspace=workspace, kind="server").update(public="lyw_x")


def test_steps_follow_what_is_there_and_the_card_goes(new_brand: Callable[[], Brand]) -> None:
    brand, other = new_brand(), new_brand()
    client = brand.visitor()
    assert (steps_of(brand.workspace.pk, {}).done, steps_of(other.workspace.pk, {}).done) == (1, 1)
    brand.send({"userId": "u"})
    assert steps_of(brand.workspace.pk, {}).done == 4
    assert steps_of(other.workspace.pk, {}).done == 1
    part = client.get("/first-steps", headers={"HX-Target": "steps"})
    assert "<html" not in part.text
    assert part.text.count("data-done") == 4
    client.post("/scores/take")
    assert steps_of(brand.workspace.pk, {}).done == 5
    card = client.get("/").text
    assert "5 of 6" in card
    assert 'id="first-steps"' in card
    assert "Next: Import a file" in card
    assert client.post("/first-steps/close").status_code == 302
    assert 'id="first-steps"' not in client.get("/").text
    assert Membership.objects.get(member=brand.owner, workspace=brand.workspace).guide_closed


def test_the_snippet_is_copied_by_its_button_and_not_by_its_key(brand: Brand) -> None:
    client = brand.visitor()
    client.post("/first-steps/key")
    steps = {"HX-Target": "steps"}
    assert client.get("/first-steps", headers=steps).text.count("data-done") == 1
    assert client.post("/first-steps/copied", headers=steps).text.count("data-done") == 2
    assert client.get("/first-steps", headers=steps).text.count("data-done") == 2
    assert brand.visitor().get("/first-steps", headers=steps).text.count("data-done") == 1


def test_who_may_make_no_key_is_led_nowhere(brand: Brand) -> None:
    client = brand.visitor()
    Membership.objects.filter(member=brand.owner).update(role=Role.VIEWER)
    assert client.get("/first-steps").status_code == 403
    assert client.post("/first-steps/key").status_code == 403
    assert 'id="funnel"' in client.get("/").text
