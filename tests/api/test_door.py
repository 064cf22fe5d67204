"""The door: tokens, languages, problems, the pace, ETags, and POSTs that are repeated."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.api.conftest import Program, program
from tests.web.conftest import Brand

from lianyi.foundation.access import turns
from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.members.models import Membership
from lianyi.foundation.tokens import answers, pace
from lianyi.foundation.tokens.actions import create_token, revoke_token
from lianyi.foundation.tokens.models import ApiToken, GivenAnswer
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.actions import set_trust

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = {"type", "title", "status", "detail", "code", "next_step", "errors"}
KEY = {"kind": "server", "label": "shop"}


def told(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert set(document) == PARTS
    assert (document["status"], document["code"]) == (status, code)
    assert document["type"] == f"urn:lianyi:problem:{code}"
    return dict(document)


def test_nobody_calls_without_a_token_that_works(brand: Brand, call: Program) -> None:
    assert call.get("/me").status_code == 200
    for header in ("", "Bearer", "Bearer x", f"Basic {call.secret}", f"Bearer {call.secret}x", "Bearer lyt_\x00"):
        response = call.get("/me", authorization=header)
        told(response, 401, "token.invalid")
        assert response["WWW-Authenticate"] == 'Bearer realm="lianyi"'
    revoke_token(brand.workspace.pk, call.token, system_clock())
    told(call.get("/me"), 401, "token.invalid")


def test_a_session_opens_nothing_and_no_website_is_let_in(brand: Brand) -> None:
    visitor = brand.visitor()
    assert visitor.get("/").status_code == 200
    response = visitor.get("/api/v1/me", headers={"origin": "https://elsewhere.example"})
    told(response, 401, "token.invalid")
    assert not [name for name in response.headers if name.lower().startswith("access-control")]
    told(visitor.options("/api/v1/me", headers={"origin": "https://elsewhere.example"}), 401, "token.invalid")


def test_a_token_expires_and_dies_with_its_makers_role(brand: Brand) -> None:
    manager = ensure_member(brand.workspace, "manager@example.com", Role.MANAGER)
    now = system_clock()
    scopes = [Ability.SEE_PEOPLE.value, Ability.EDIT_KEYS.value]
    number, secret = create_token(brand.workspace, manager.pk, "CRM", scopes, now, expires_at=now + timedelta(days=1))
    call = Program(number, secret)
    assert call.get("/me").json()["abilities"] == ["keys.edit", "people.see"]
    Membership.objects.filter(member=manager).update(role=Role.VIEWER)
    me = call.get("/me").json()
    assert (me["role"], me["abilities"], me["scopes"]) == ("viewer", ["people.see"], scopes)
    told(call.get("/write-keys"), 403, "access.denied")
    Membership.objects.filter(member=manager).delete()
    told(call.get("/me"), 401, "token.invalid")
    Membership.objects.create(member=manager, workspace=brand.workspace, role=Role.MANAGER)
    assert call.get("/me").status_code == 200
    ApiToken.objects.filter(pk=number).update(expires_at=now)
    told(call.get("/me"), 401, "token.invalid")


def test_what_is_done_is_done_by_the_token(brand: Brand, call: Program) -> None:
    assert call("POST", "/write-keys", KEY).status_code == 201
    line = call.get("/audit?limit=1").json()["items"][0]
    assert (line["actor"], line["action"]) == (f"token:{call.token}", "key.created")


def test_the_last_use_is_kept_to_the_minute(brand: Brand, call: Program) -> None:
    call.get("/me")
    first = ApiToken.objects.get(pk=call.token).last_used_at
    assert first is not None
    call.get("/me")
    assert ApiToken.objects.get(pk=call.token).last_used_at == first
    ApiToken.objects.filter(pk=call.token).update(last_used_at=first - timedelta(minutes=1))
    call.get("/me")
    assert ApiToken.objects.get(pk=call.token).last_used_at >= first


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("GET", "/nowhere", None, {}, 404, "address.unknown"),
        ("GET", "/people/999", None, {}, 404, "person.unknown"),
        ("PUT", "/me", {}, {}, 405, "method.unknown"),
        ("OPTIONS", "/me", None, {}, 405, "method.unknown"),
        ("POST", "/write-keys", b"x" * 1_000_001, {}, 413, "body.too_large"),
        ("POST", "/write-keys", b"a=1", {"content-type": "application/x-www-form-urlencoded"}, 415, "body.kind"),
        ("POST", "/write-keys", b"{", {}, 400, "body.not_json"),
        ("POST", "/write-keys", b"[" * 65 + b"]" * 65, {}, 400, "body.too_deep"),
        ("POST", "/write-keys", b'{"label": "\xff"}', {}, 400, "body.not_json"),
        ("POST", "/write-keys", {"kind": "server", "label": "\x00"}, {}, 422, "text.nul"),
        ("GET", "/people?q=%00", None, {}, 400, "text.nul"),
        ("GET", "/people?cursor=WzFd:made-up", None, {}, 422, "cursor.invalid"),
        ("POST", "/write-keys", KEY, {"idempotency-key": "é"}, 422, "idempotency.key"),
        ("PUT", "/trust", {"origins": ["a", "a"]}, {}, 422, "trust.order"),
    ],
)
def test_every_error_has_its_problem(
    call: Program, method: str, path: str, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    told(call(method, path, body, **headers), status, code)


def test_a_broken_answer_says_nothing_of_what_broke(call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lianyi.api.people.stage_counts", lambda _: 1 // 0)
    document = told(call.get("/stages"), 500, "broken")
    assert "division" not in json.dumps(document)


def test_parts_that_are_wrong_are_named_by_their_places(call: Program) -> None:
    document = told(call.get("/people?limit=0&stage=x"), 422, "request.invalid")
    assert [(one["place"], one["code"]) for one in document["errors"]] == [
        ("query.limit", "greater_than_equal"),
        ("query.stage", "literal_error"),
    ]
    document = told(call("POST", "/write-keys", {"kind": "server", "more": 1}), 422, "request.invalid")
    assert [(one["place"], one["detail"]) for one in document["errors"]] == [
        ("body.label", "This is missing."),
        ("body.more", "There is no field of this name."),
    ]


@pytest.mark.parametrize(
    ("asked", "title", "language"),
    [("en-GB", "Not found", "en"), ("zh-CN", "没有找到", "zh-hans"), ("fr, *;q=0.1", "没有找到", "zh-hans")],
)
def test_errors_speak_the_callers_language(call: Program, asked: str, title: str, language: str) -> None:
    response = call.get("/people/999", accept_language=asked)
    assert (told(response, 404, "person.unknown")["title"], response["Content-Language"]) == (title, language)


def test_the_pace_is_told_and_kept(call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    response = call.get("/me")
    assert response["RateLimit-Policy"] == '"token";q=600;w=60'
    assert response["RateLimit"] == '"token";r=599;t=1'
    monkeypatch.setattr("lianyi.api.door.take", lambda token, now: pace.take(token, now, limit=3))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM api_pace")
    assert [call.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = call.get("/nowhere")
    told(response, 429, "pace.exceeded")
    assert 1 <= int(response["Retry-After"]) <= 20
    assert response["RateLimit"].startswith('"token";r=0;t=')


def test_a_pace_comes_back_with_time(db: None) -> None:
    assert [pace.take(1, 1000.0, limit=2).wait for _ in range(3)] == [None, None, 30]
    assert pace.take(1, 1029.9, limit=2).wait == 1
    later = pace.take(1, 1030.0, limit=2)
    assert (later.wait, later.remaining, later.reset) == (None, 0, 60)
    assert pace.take(2, 1030.0, limit=2).remaining == 1


def test_an_answer_that_is_known_is_not_sent_again(call: Program) -> None:
    response = call.get("/trust")
    tag = response["ETag"]
    again = call.get("/trust", if_none_match=f'"x", W/{tag}')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert call("PUT", "/trust", {"origins": ["cli", "member"]}).status_code == 200
    assert call.get("/trust", if_none_match=tag).json() == {"origins": ["cli", "member"]}
    head = call("HEAD", "/trust")
    assert (head.status_code, head.content) == (200, b"")


def test_a_change_is_made_to_what_was_seen(call: Program) -> None:
    tag = call.get("/trust")["ETag"]
    changed = call("PUT", "/trust", {"origins": ["cli"]}, if_match=tag)
    assert changed.json() == {"origins": ["cli"]}
    told(call("PUT", "/trust", {"origins": ["member"]}, if_match=tag), 412, "state.changed")
    assert call.get("/trust").json() == {"origins": ["cli"]}
    assert call("PUT", "/trust", {"origins": ["member"]}, if_match="*").status_code == 200
    told(call("PUT", "/traits/shoe", {"kind": "text"}, if_match="*"), 412, "state.changed")
    assert call("PUT", "/traits/shoe", {"kind": "text"}).status_code == 200
    assert call("PUT", "/traits/shoe", {"kind": "text"}, if_match="*").status_code == 200


def test_nobody_changes_anything_between_a_look_and_a_change(
    brand: Brand, call: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that comes in between waits; and whoever cannot be alone in time is told to come again."""
    visitor, tag = brand.visitor(), call.get("/trust")["ETag"]
    looked, order = threading.Event(), []

    def slow(*arguments: Any) -> None:
        looked.set()
        time.sleep(0.5)
        set_trust(*arguments)
        order.append("api")

    monkeypatch.setattr("lianyi.api.catalogue.set_trust", slow)

    def page() -> None:
        looked.wait(10)
        visitor.post("/settings/traits/trust", {"origins": "member"})
        order.append("page")
        connection.close()

    thread = threading.Thread(target=page)
    thread.start()
    assert call("PUT", "/trust", {"origins": ["cli"]}, if_match=tag).status_code == 200
    thread.join()
    assert order == ["api", "page"]
    assert call.get("/trust").json() == {"origins": ["member"]}
    monkeypatch.setattr(turns, "WAITS", 100)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with turns.changing(brand.workspace.pk):
            held.set()
            done.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    told(call("PUT", "/trust", {"origins": ["cli"]}, if_match="*"), 409, "state.busy")
    done.set()
    thread.join()
    assert call.get("/trust").json() == {"origins": ["member"]}


def test_a_repeated_post_is_done_once(brand: Brand, call: Program) -> None:
    first = call("POST", "/write-keys", KEY, idempotency_key="a")
    again = call("POST", "/write-keys", KEY, idempotency_key="a")
    assert (again.status_code, again.content) == (201, first.content)
    assert (again["Idempotency-Replayed"], again["Content-Type"]) == ("true", first["Content-Type"])
    assert WriteKey.objects.filter(label="shop").count() == 1
    other = {**KEY, "label": "other"}
    told(call("POST", "/write-keys", other, idempotency_key="a"), 422, "idempotency.reused")
    assert program(brand)("POST", "/write-keys", KEY, idempotency_key="a").json() != first.json()
    [row] = GivenAnswer.objects.filter(token=call.token)
    assert first.json()["write_key"].encode() not in bytes(row.sealed or b"")
    GivenAnswer.objects.update(at=system_clock() - timedelta(hours=25))
    assert call("POST", "/write-keys", other, idempotency_key="a").status_code == 201
    GivenAnswer.objects.update(at=system_clock() - timedelta(hours=25))
    assert answers.forget_given(system_clock()) == 2


def test_what_was_refused_may_be_repeated(call: Program) -> None:
    told(call("POST", "/people/7/merge", {"other": 8}, idempotency_key="m"), 404, "person.unknown")
    assert not GivenAnswer.objects.exists()
    assert call("POST", "/write-keys", KEY, idempotency_key="m").status_code == 201


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Their answers, with all of them on their way at one time."""
    found: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place: int) -> None:
        gate.wait()
        found[place] = calls[place]()
        connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(calls))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def test_two_at_once_with_a_key_do_it_once(call: Program) -> None:
    for key in "abcde":
        make = partial(call, "POST", "/write-keys", {**KEY, "label": f"at once {key}"}, idempotency_key=key)
        found = at_once([make] * 4)
        assert [one.status_code for one in found] == [201] * 4
        assert len({one.content for one in found}) == 1
        assert WriteKey.objects.filter(label=f"at once {key}").count() == 1


def test_whoever_waits_too_long_is_told_to_come_again(call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "WAITS", 200)
    begun, ended = threading.Event(), threading.Event()

    def slow(*_arguments: Any, **_named: Any) -> None:
        begun.set()
        ended.wait(10)

    monkeypatch.setattr("lianyi.api.keys.create_write_key", slow)

    def first() -> None:
        call("POST", "/write-keys", KEY, idempotency_key="s")
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert begun.wait(10)
    told(call("POST", "/write-keys", KEY, idempotency_key="s"), 409, "idempotency.busy")
    ended.set()
    thread.join()
    assert not GivenAnswer.objects.exists()


def test_a_host_that_is_none_has_its_problem_too(call: Program, brand: Brand) -> None:
    told(call.get("/me", host="!"), 400, "request.invalid")
    page = brand.visitor().get("/", headers={"host": "!"})
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_the_description_needs_no_token() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response.json()["openapi"] == "3.1.0"
    assert Client().post("/api/v1/openapi.json").status_code == 405
