"""Every page against every role, and against what belongs to another workspace.

The table follows from the addresses and from what each view says it needs. A new page is in it by itself; one that asks
for nothing has to be named in `OPEN`, with why.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import ABILITIES, Ability, Role
from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link
from lianyi.kernel.clock import system_clock

# The overview counts in another thread, which sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)

# Pages that strangers may open: each shows nothing of a workspace.
OPEN = {
    "sign-in": "where one signs in",
    "sign-in/code": "asks for a code",
    "sign-in/code/confirm": "takes the code",
    "sign-in/second-factor": "the second step",
    "sign-in/passkey": "the browser's question for a passkey",
    "sign-in/<str:secret>": "the link is the permission",
    "invitation/<str:secret>": "the link is the permission",
    "sign-out": "ends what there is",
    "language": "a cookie of the browser",
    "theme": "a cookie of the browser",
    "healthz": "whether the process answers",
    "media/<int:workspace>/<str:name>": "pictures of pages, whose address holds the digest of their content",
    "share/<str:token>": "the address is the permission",
    "share/<str:token>/name": "the address is the permission",
    "share/<str:token>/sheet.pdf": "the address is the permission",
    "share/<str:token>/<int:link>.<str:kind>": "the address is the permission",
    "l/<slug>": "what somebody who follows a link is told",
}
_NO_PAGES = ("^api/", "static/")  # the API has a test of its own
_PLACE = re.compile(r"<(?:(\w+):)?\w+>")
_FILLED = {"int": "987654321", "str": "nowhere", "slug": "nowhere", "uuid": "00000000-0000-0000-0000-000000000000"}


def pages(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every address with its view."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            if not address.startswith(_NO_PAGES):
                yield from pages(one.url_patterns, address)
        elif isinstance(one, URLPattern) and not address.startswith(_NO_PAGES):
            yield address, one.callback


def filled(address: str) -> str:
    """The address with ids that nobody has."""
    return "/" + _PLACE.sub(lambda match: _FILLED[match[1] or "str"], address)


GUARDED = {address: view.__needs__ for address, view in pages() if hasattr(view, "__needs__")}


def test_every_page_names_what_it_needs_or_why_it_needs_nothing() -> None:
    bare = {address for address, view in pages() if not hasattr(view, "__needs__")}
    assert bare - {"parts"} == set(OPEN)  # the parts of pages are there in development only


def test_the_table_is_not_empty() -> None:
    assert len(GUARDED) > 30
    assert {Ability.SEE_PEOPLE, Ability.EDIT_MEMBERS, Ability.SEE_AUDIT, None} <= set(GUARDED.values())


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_the_pages_of_its_abilities_and_no_others(brand: Brand, role: Role) -> None:
    member = ensure_member(brand.workspace, f"{role}@example.com", role)
    client = Client(raise_request_exception=False)
    client.post(f"/sign-in/{issue_sign_in_link(member, system_clock())}")
    wrong = {}
    for address, ability in GUARDED.items():
        allowed = ability is None or ability in ABILITIES[role]
        for method in ("get", "post"):
            status = getattr(client, method)(filled(address)).status_code
            other_method = status == 405 and not allowed  # refused before anybody is looked at
            if status >= 500 or ((status == 403) == allowed and not other_method):
                wrong[f"{method} {address}"] = status
    assert wrong == {}


def test_strangers_get_none_of_them(brand: Brand) -> None:
    client = Client(raise_request_exception=False)
    for address in GUARDED:
        for method in ("get", "post"):
            answer = getattr(client, method)(filled(address))
            assert answer.status_code == 405 or answer["Location"].startswith("/sign-in"), f"{method} {address}"


def test_ids_of_nobody_are_nowhere(brand: Brand) -> None:
    """No page with an id in its address shows anything for one that this workspace does not have."""
    client = brand.visitor()
    client.raise_request_exception = False
    shown = {}
    for address in GUARDED:
        if _PLACE.search(address):
            for method in ("get", "post"):
                status = getattr(client, method)(filled(address)).status_code
                if status not in (404, 405) and not address.startswith("me/passkeys/"):  # asks who one is first
                    shown[f"{method} {address}"] = status
    assert shown == {}
