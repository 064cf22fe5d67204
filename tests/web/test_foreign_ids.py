"""Every page with an id in its address, asked by one workspace for what belongs to another.

The ids are those of real things. A new address with an id fails here until `theirs` makes such a thing.
"""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from tests.api.conftest import program
from tests.api.test_operations import ACCOUNT, HOOK, give, spent
from tests.growth.gatherings.making import published, registered_there
from tests.web.conftest import Brand
from tests.web.test_conflicts import vouched
from tests.web.test_every_page import GUARDED

from lianyi.audience.arms.actions import create_test
from lianyi.audience.arms.schemas import Arm, Draft
from lianyi.audience.learned.actions import create_model
from lianyi.audience.segments.actions import create_list
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.invitations.actions import invite
from lianyi.foundation.members.models import Invitation
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.schemas import KeyKind
from lianyi.growth.forms.actions import create_form, publish_form
from lianyi.growth.forms.beginnings import begun
from lianyi.growth.surveys.actions import create_survey, publish_survey
from lianyi.growth.surveys.beginnings import begun as begun_survey
from lianyi.kernel.clock import system_clock
from lianyi.links.actions import save_template
from lianyi.links.drafts import Template
from lianyi.people.duplicates.actions import keep_found
from lianyi.people.duplicates.schemas import Suggestion, Suggestions
from lianyi.people.identity.queries import questions
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
NewBrand = Callable[[], Brand]
TEMPLATE = Template(0, "Theirs", "wechat", "social", "", "", "")
DRAFT = Draft("Theirs", "seed", (Arm("A"), Arm("B")))


def landing(call: Any) -> int:
    """A page."""
    body = {"slug": f"p{random.randrange(10**9)}", "name": "Theirs", "template": "shop"}
    return int(call("POST", "/pages", body).json()["id"])


def theirs(brand: Brand) -> dict[str, dict[str, Any]]:
    """One of everything, by where its pages are: what stands in the addresses there."""
    brand.send(vouched("ann", "13912345670"), vouched("bob", "13912345671"), {"userId": "ann", "event": ""})
    brand.send(vouched("bob", "13912345670"))
    ((a, b),) = [(one.a, one.b) for one in questions(brand.workspace.pk)]
    keep_found(brand.workspace.pk, Suggestions((Suggestion(a, b, 0.9, ()),), 2, 1, -9.0, ()), system_clock())
    call, client = program(brand), brand.visitor()
    hook = call("POST", "/webhooks", HOOK).json()["id"]
    key, _ = create_write_key(brand.workspace, KeyKind.SERVER, "theirs")
    colleague = ensure_member(brand.workspace, f"colleague@{brand.workspace.slug}.example.com", Role.VIEWER)
    invite(brand.workspace, f"new@{brand.workspace.slug}.example.com", Role.VIEWER, "http://x", system_clock())
    passkey = Authenticator.objects.create(user=colleague, type=Authenticator.Type.WEBAUTHN, data={"name": "theirs"})
    ann = search_people(brand.workspace.pk, "ANN")[0].number
    everybody = {"who": "all", "dimension": "state", "tag": "t", "do": "add"}
    link = call("POST", "/links", {"target": "https://example.com/", "kind": "code"}).json()["id"]
    return {
        "people/tags/": {"number": int(client.post("/people/tags", everybody)["Location"].rpartition("/")[2])},
        "people/duplicates/": {"a": a, "b": b},
        "people/conflicts/": {"a": a, "b": b},
        "handovers/": {"handover": call("POST", "/handovers", {"person": ann}).json()["id"], "act": "accept"},
        "people/": {"number": ann, "merge": "0" * 32},
        "events/dead-letters/": {"letter": call.get("/dead-letters").json()["items"][0]["id"]},
        "segments/": {"segment": create_list(brand.workspace.pk, "Theirs", [], system_clock())},
        "models/": {"model": create_model(brand.workspace.pk, "Theirs", "Bought", 30, system_clock()).id},
        "experiments/": {"experiment": create_test(brand.workspace.pk, DRAFT, system_clock()).id, "act": "start"},
        "campaigns/": {
            "campaign": call("POST", "/campaigns", {"key": "theirs", "name": "Theirs"}).json()["id"],
            "act": "archive",
        },
        "links/templates/": {"template": save_template(brand.workspace.pk, TEMPLATE).id},
        "links/looks/": {"look": call("POST", "/codes/looks", {"name": "Theirs"}).json()["id"]},
        "links/sheets/": {"sheet": call("POST", "/codes/sheets", {"links": [link]}).json()["id"], "act": "delete"},
        "links/": {"link": link, "act": "archive", "kind": "svg"},
        "gatherings/": a_gathering(brand),
        "forms/": {"form": a_form(brand), "version": 1, "act": "archive", "event": "0" * 32, "field": "card"},
        "pages/": {"page": landing(call), "block": "top", "kind": "text", "act": "archive"},
        "surveys/": {"survey": a_survey(brand), "act": "archive", "version": 1},
        "interviews/": {
            "note": call("POST", "/interviews", {"person": ann, "held_on": "2026-01-02", "text": "x"}).json()["id"]
        },
        "spend/": {"line": spent(call, {"channel": "wechat", "first_on": "2026-01-01", "amount": "5"})},
        "imports/": {"upload": give(call, "手机\n13800138000\n").json()["id"]},
        "settings/members/": {"number": colleague.pk},
        "settings/invitations/": {"number": Invitation.objects.get(workspace=brand.workspace).pk},
        "settings/handover/": {"place": 1, "button": "remove"},
        "settings/keys/": {"number": key.pk},
        "settings/tokens/": {"number": call.token},
        "settings/accounts/": {"number": call("POST", "/accounts", ACCOUNT).json()["id"]},
        "settings/domains/": {"domain": call("POST", "/domains", {"host": "go.example.com"}).json()["id"]},
        "settings/webhooks/": {
            "number": hook,
            "row": call("POST", f"/webhooks/{hook}/test").json()["delivery"],
            "button": "remove",
        },
        "me/sessions/": {"number": UserSession.objects.get(user=brand.owner).pk},
        "me/passkeys/": {"pk": passkey.pk},
    }


def a_gathering(brand: Brand) -> dict[str, Any]:
    """A published gathering with somebody who registered."""
    made = published(brand.workspace.pk, f"theirs-{brand.workspace.pk}")
    return {"gathering": made.id, "event": registered_there(brand.workspace.pk, made.id), "act": "close"}


def a_survey(brand: Brand) -> int:
    """A published survey."""
    made = create_survey(brand.workspace.pk, "Theirs", begun_survey("needs"), system_clock())
    return publish_survey(brand.workspace.pk, made.id, system_clock()).id


def a_form(brand: Brand) -> int:
    """A published form."""
    made = create_form(brand.workspace.pk, "Theirs", begun("trial"), system_clock())
    return publish_form(brand.workspace.pk, made.id, system_clock()).id


def addresses(numbers: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Each address with an id, and as it is with theirs."""
    found = {}
    for address in GUARDED:
        if _PLACE.search(address):
            room = next(start for start in numbers if address.startswith(start))  # people/tags/ is before people/
            found[address] = "/" + _PLACE.sub(lambda match, room=room: str(numbers[room][match[1]]), address)
    return found


def opens(client: Client, place: str) -> bool:
    """Whether the page is shown; a file is closed again."""
    answer = client.get(place)
    answer.close()
    return answer.status_code == 200


def test_what_belongs_to_another_workspace_is_nowhere(new_brand: NewBrand) -> None:
    other, mine = new_brand(), new_brand()
    asked = addresses(theirs(other))
    here, there = mine.visitor(), other.visitor()
    here.raise_request_exception = False
    before = AuditLine.objects.filter(workspace=other.workspace.pk).count()
    shown = {}
    for address, place in asked.items():
        for method in ("get", "post"):
            status = getattr(here, method)(place).status_code
            if status not in (404, 405) and not address.startswith("me/passkeys/"):  # asks who one is first
                shown[f"{method} {address}"] = status
    assert shown == {}
    assert Authenticator.objects.count() == 1
    assert AuditLine.objects.filter(workspace=other.workspace.pk).count() == before
    opened = {address for address, place in asked.items() if opens(there, place)}
    assert opened >= {
        "people/<int:number>",
        "people/tags/<int:number>",
        "people/duplicates/<int:a>/<int:b>",
        "people/conflicts/<int:a>/<int:b>",
        "events/dead-letters/<int:letter>",
        "segments/<int:segment>",
        "segments/<int:segment>/members",
        "links/looks/<int:look>",
        "links/sheets/<int:sheet>/codes.pdf",
        "pages/<int:page>",
        "pages/<int:page>/preview",
        "spend/<int:line>",
        "handovers/<int:handover>",
        "imports/<int:upload>",
        "settings/accounts/<int:number>",
        "settings/webhooks/<int:number>",
        "settings/webhooks/<int:number>/log/<int:row>",
    }  # so they are there for those whose they are
