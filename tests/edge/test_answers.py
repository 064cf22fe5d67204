"""What the door answers to what is wrong, over HTTP: a reason and a status below 500, and nothing in the log."""

import base64
import gzip
import http.client
import json
import socket
import time
from typing import Any
from urllib.parse import quote

import pytest
from tests.edge.edges import Shop, basic, track

from lianyi.foundation.workspaces.models import WriteKey

TEN_MB = b"x" * 10_000_000
NASTY = 'Robert\'); DROP TABLE log;-- <script>alert("1")</script> \\ \u2028 ${7*7} 雪\U0001f600 \u202e\x7f'


def test_who_brings_no_good_key_is_refused(shop: Shop) -> None:
    body = json.dumps({"batch": [track()]}).encode()
    for headers in ({}, {"Authorization": basic("lyw_nobody")}, {"Authorization": "Basic %%%"}, {"Authorization": "x"}):
        said = shop.edge.ask("POST", "/v1/batch", body, headers)
        assert (said.status, said.code, said.headers.get("www-authenticate")) == (401, "key.unknown", "Basic")
        assert said.headers["access-control-allow-origin"] == "*"
    # A beacon brings the page's credentials along: a challenge would make the browser ask for a password.
    inside = json.dumps({"batch": [track()], "writeKey": "lyb_nobody"}).encode()
    said = shop.edge.ask("POST", "/v1/batch", inside)
    assert (said.status, said.code, "www-authenticate" in said.headers) == (401, "key.unknown", False)
    exposed = json.dumps({"batch": [track()], "writeKey": shop.server_key}).encode()
    said = shop.edge.ask("POST", "/v1/batch", exposed)
    assert (said.status, said.code, "www-authenticate" in said.headers) == (401, "key.exposed", False)
    assert shop.accepted() == []
    public = json.dumps({"batch": [track()], "writeKey": shop.browser_key}).encode()
    assert shop.edge.ask("POST", "/v1/batch", public).status == 200
    assert len(shop.accepted()) == 1


def test_a_revoked_key_stops_within_ten_seconds(shop: Shop) -> None:
    assert shop.send(track()).status == 200
    WriteKey.objects.filter(workspace=shop.workspace).update(revoked_at="2026-01-01T00:00:00Z")
    revoked = time.monotonic()
    while shop.send(track(1)).status == 200:
        assert time.monotonic() - revoked < 11
        time.sleep(0.5)
    assert shop.send(track(2)).code == "key.unknown"


@pytest.mark.parametrize("query", ["token={key}&project=another", "token=lyw_nobody", "", "token={key}&" + "a=1&" * 60])
def test_sensors_calls_by_no_good_key_are_refused(shop: Shop, query: str) -> None:
    data = quote(base64.b64encode(b'{"type":"track","event":"A","distinct_id":"u"}').decode())
    said = shop.edge.ask("GET", "/sa?" + query.format(key=shop.server_key) + "&data=" + data)
    assert said.status == (400 if "a=1" in query else 401)
    assert shop.accepted() == []


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/track", "POST, OPTIONS"),
        ("PUT", "/v1/batch", "POST, OPTIONS"),
        ("DELETE", "/sa", "GET, POST, OPTIONS"),
    ],
)
def test_other_methods(shop: Shop, method: str, path: str, allow: str) -> None:
    said = shop.edge.ask(method, path)
    assert (said.status, said.code, said.headers["allow"]) == (405, "method.not_allowed", allow)


def large_bodies(shop: Shop) -> list[tuple[str, Any, dict[str, str]]]:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    bomb = gzip.compress(bytes(50_000_000))
    data = b"data=" + quote(base64.b64encode(bomb).decode()).encode()
    key = {"Authorization": basic(shop.server_key)}
    sa = f"/sa?token={shop.server_key}"
    return [
        ("/v1/batch", TEN_MB, key),
        ("/v1/batch", (TEN_MB[i : i + 100_000] for i in range(0, 10_000_000, 100_000)), key),
        ("/v1/batch", bomb, {**key, "Content-Encoding": "gzip"}),
        ("/v1/track", TEN_MB, key),
        (sa, TEN_MB, form),
        (sa, data, form),
        (sa, bomb, {**form, "Content-Encoding": "gzip"}),
        ("/v1/batch", json.dumps({"batch": [{}] * 5_001}).encode(), key),
        ("/v1/batch", json.dumps({"batch": [{}] * 100, "context": {"a": "x" * 200_000}}).encode(), key),
    ]


def test_too_large_bodies(shop: Shop) -> None:
    for path, body, headers in large_bodies(shop):
        said = shop.edge.ask("POST", path, body, headers)
        assert (said.status, said.code) in ((413, "body.too_large"), (413, "batch.too_long"))
    assert shop.accepted() == []
    assert shop.edge.alive()


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/identify", "/sa"])
def test_other_encodings(shop: Shop, path: str) -> None:
    said = shop.post(b"\x1b\x00", path=path, Content_Encoding="br")
    assert (said.status, said.code) == (415, "encoding.unknown")


PACKED = gzip.compress(json.dumps({"batch": [track()]}).encode(), mtime=0)  # cases are named by it


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (PACKED[:-10], {"Content_Encoding": "gzip"}, "gzip.truncated"),
        (b"no gzip", {"Content_Encoding": "gzip"}, "gzip.invalid"),
        (b"", {}, "json.invalid"),
        (b"null", {}, "json.invalid"),
        (b"[]", {}, "json.invalid"),
        (b'{"batch":3}', {}, "json.invalid"),
        (b'{"batch":[{"type":"track"', {}, "json.invalid"),
        (b'{"batch":[{"event":"\xff"}]}', {}, "json.invalid"),
        (b'{"batch":' + b"[" * 100_000, {}, "json.invalid"),
        (b"\xef\xbb\xbf\xff\xfe", {}, "json.invalid"),
    ],
)
def test_bodies_that_are_no_batch(shop: Shop, body: bytes, headers: dict[str, str], code: str) -> None:
    said = shop.post(body, **headers)
    assert (said.status, said.code) == (400, code)
    assert shop.accepted() == []


def test_a_body_that_names_its_key_and_is_wrong_otherwise(shop: Shop) -> None:
    for body in (b'{"writeKey":"\xff"}', b'{"writeKey":' + b"[" * 100_000, b'{"writeKey":"' + b"k" * 400_000 + b'"}'):
        assert shop.edge.ask("POST", "/v1/batch", body).status == 401


def test_invalid_utf8_anywhere_in_a_single_call(shop: Shop) -> None:
    said = shop.post(b'{"event":"A","userId":"u","unread":"\xff"}', path="/v1/track")
    assert (said.status, said.code) == (400, "json.invalid")
    assert shop.accepted() == []


def test_the_bad_ones_of_a_batch_are_named_and_the_good_ones_taken(shop: Shop) -> None:
    deep: Any = 1
    for _ in range(40):
        deep = {"a": deep}
    said = shop.send(
        track(1),
        track(2, timestamp="0001-01-01T00:00:00Z"),
        track(3, timestamp="9999-12-31T23:59:59Z"),
        track(4, properties=deep),
        track(5, event="segment.entered"),
        track(6, properties={"a": "x" * 33_000}),
        {"type": "track", "event": "A"},
        track(7, type="bend"),
        track(8, timestamp="1970-01-01T00:00:00Z"),
        track(9, properties={"a": float("nan")}),
        7,
        track(10),
    )
    assert said.status == 200
    assert (said.json["success"], said.json["accepted"]) == (True, 2)
    assert [(one["index"], one["code"]) for one in said.json["refused"]] == [
        (1, "time.range"),
        (2, "time.future"),
        (3, "event.too_deep"),
        (4, "name.reserved"),
        (5, "event.too_large"),
        (6, "who.missing"),
        (7, "type.unknown"),
        (8, "time.range"),
        (9, "event.invalid"),
        (10, "event.invalid"),
    ]
    assert all(one["detail"] for one in said.json["refused"])
    assert [event.position for event in shop.accepted()] == [0, 11]
    assert len(shop.counted()) == 2


def test_nothing_good_at_all(shop: Shop) -> None:
    said = shop.send(track(properties={"a": float("nan")}))
    assert (said.status, said.json["success"], said.json["accepted"]) == (400, False, 0)
    assert [one["code"] for one in said.json["refused"]] == ["event.invalid"]
    assert shop.counted() == []


def test_the_last_of_two_equal_keys_counts(shop: Shop) -> None:
    body = b'{"batch":[{"type":"track","event":"A","event":"B","userId":"u","userId":"v","messageId":"m"}],"batch":[]}'
    assert shop.post(body).status == 200
    body = b'{"batch":[{"type":"track","event":"A","event":"B","userId":"u","userId":"v","messageId":"m"}]}'
    assert shop.post(body).status == 200
    (event,) = shop.counted()
    assert (event.name, event.claims[0].value) == ("B", "v")


def test_sql_and_html_arrive_as_they_were_sent(shop: Shop) -> None:
    sent = {
        "type": "identify",
        "messageId": NASTY,
        "anonymousId": NASTY + "a",
        "userId": NASTY + "u",
        "traits": {NASTY: NASTY, "nested": {NASTY: [NASTY]}, "email": NASTY},
        "context": {"campaign": {"source": NASTY, "name": NASTY}, "userAgent": NASTY, "page": {"url": NASTY}},
    }
    odd = NASTY.replace(".", "")
    assert shop.send(sent, track(1, event=odd, properties={NASTY: NASTY})).status == 200
    known, viewed = shop.counted()
    assert [claim.value for claim in known.claims] == [NASTY + "u", NASTY + "a", NASTY]
    assert known.traits == sent["traits"]
    assert json.loads(known.raw) == sent
    assert viewed.name == odd
    assert json.loads(viewed.raw)["properties"] == {NASTY: NASTY}
    call = {"type": "track", "event": odd, "distinct_id": NASTY, "properties": {NASTY: NASTY}}
    data = quote(base64.b64encode(json.dumps(call).encode()).decode()).encode()
    said = shop.post(b"data=" + data, path=f"/sa?token={shop.server_key}")
    assert (said.status, said.body) == (200, b"")
    assert shop.counted()[2].properties == {NASTY: NASTY}


def test_a_number_beyond_any_machine_breaks_nothing(shop: Shop) -> None:
    good = b'{"type":"track","event":"A","userId":"u","messageId":"m","properties":{"a":1e9}}'
    said = shop.post(b'{"batch":[%b,%b]}' % (good, good.replace(b"1e9", b"1e999").replace(b'"m"', b'"n"')))
    assert (said.status, [one["index"] for one in said.json["refused"]]) == (200, [1])
    assert [event.name for event in shop.counted()] == ["A"]


def test_a_client_that_leaves_in_the_middle_of_its_body(shop: Shop) -> None:
    body = json.dumps({"batch": [track()]}).encode()
    for path in ("/v1/batch", "/sa", "/somewhere"):
        with socket.create_connection(("127.0.0.1", shop.edge.port)) as plug:
            head = f"POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: {basic(shop.server_key)}\r\n"
            plug.sendall(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:20])
    assert shop.edge.alive()
    assert shop.accepted() == []


def test_several_requests_on_one_connection(shop: Shop) -> None:
    """A refusal leaves the connection in order, also when the body was not read."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.edge.port, timeout=30)
    for number in range(3):
        for body, status in ((json.dumps({"batch": [track(number)]}), 200), ("x" * 600_000, 413), ("{", 400)):
            connection.request("POST", "/v1/batch", body, {"Authorization": basic(shop.server_key)})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
    connection.close()
    assert len(shop.counted()) == 3
