"""A token makes tokens: never of more than it has, never for longer than it lives, and they end with it."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.tokens import actions
from lianyi.foundation.tokens.actions import create_token, revoke_token
from lianyi.foundation.tokens.models import ApiToken
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keeper(brand: Brand) -> Program:
    """A program that may see people and edit keys, for a day."""
    scopes, now = [Ability.EDIT_KEYS.value, Ability.SEE_PEOPLE.value], system_clock()
    ends = now + timedelta(days=1)
    return Program(*create_token(brand.workspace, brand.owner.pk, "keeper", scopes, now, expires_at=ends))


def made_by(call: Program, *scopes: str) -> Program:
    answer = call("POST", "/tokens", {"label": "child", "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    return Program(answer.json()["id"], answer.json()["token"])


def test_a_token_gives_what_it_has(keeper: Program) -> None:
    child = made_by(keeper, "people.see")
    me = child.get("/me").json()
    assert me["abilities"] == ["people.see"]
    assert me["expires_at"] == keeper.get("/me").json()["expires_at"]
    told(child("POST", "/tokens", {"label": "x", "scopes": ["people.see"]}), 403, "access.denied")
    for scopes in (["people.erase"], ["people.see", "owners.appoint"]):
        told(keeper("POST", "/tokens", {"label": "x", "scopes": scopes}), 422, "token.beyond_yours")
    told(keeper("POST", "/tokens", {"label": "x", "scopes": ["everything"]}), 422, "token.scopes")
    late = (system_clock() + timedelta(days=2)).isoformat()
    body = {"label": "x", "scopes": ["people.see"], "expires_at": late}
    told(keeper("POST", "/tokens", body), 422, "token.outlives")
    assert ApiToken.objects.filter(label="x").count() == 0


def test_tokens_end_with_the_one_that_made_them(brand: Brand, keeper: Program) -> None:
    child = made_by(keeper, "keys.edit", "people.see")
    grandchild = made_by(child, "people.see")
    revoke_token(brand.workspace.pk, keeper.token, system_clock())
    for one in (keeper, child, grandchild):
        told(one.get("/me"), 401, "token.invalid")


def test_a_token_that_is_being_made_when_its_grandparent_is_revoked_is_revoked_too(
    brand: Brand, keeper: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = made_by(keeper, "keys.edit", "people.see")
    written, go = threading.Event(), threading.Event()
    usual = actions.record_audit

    def slow(workspace: int | None, action: str, detail: dict[str, Any]) -> None:
        if action == "token.created":
            written.set()
            go.wait(10)
        usual(workspace, action, detail)

    monkeypatch.setattr(actions, "record_audit", slow)
    made: list[Program] = []

    def make() -> None:
        made.append(made_by(parent, "people.see"))
        connection.close()

    def revoke() -> None:
        revoke_token(brand.workspace.pk, keeper.token, system_clock())
        connection.close()

    threads = [threading.Thread(target=make), threading.Thread(target=revoke)]
    threads[0].start()
    assert written.wait(10)
    threads[1].start()
    time.sleep(0.5)  # it waits for the one that is being made
    go.set()
    for one in threads:
        one.join()
    assert [one.get("/me").status_code for one in (keeper, parent, made[0])] == [401, 401, 401]
