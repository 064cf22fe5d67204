"""The edge's own addresses beside the collector: the tracker, health, live ticks, and what other sites may ask."""

import gzip
import http.client
import time

import pytest
from django.db import connection
from tests.edge.edges import Edge, Shop, running_edge, until

from lianyi.foundation.live_tokens import live_token


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/track", "/sa"])
def test_any_site_may_send(edge: Edge, path: str) -> None:
    said = edge.ask("OPTIONS", path, headers={"Origin": "https://shop.example"})
    assert (said.status, said.body) == (204, b"")
    assert said.headers["access-control-allow-origin"] == "*"
    assert "authorization" in said.headers["access-control-allow-headers"]
    assert "POST" in said.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in said.headers


def test_the_tracker_is_served(edge: Edge) -> None:
    plain = edge.ask("GET", "/lianyi.js")
    assert plain.status == 200
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert plain.headers["cross-origin-resource-policy"] == "cross-origin"
    assert plain.headers["access-control-allow-origin"] == "*"
    packed = edge.ask("GET", "/lianyi.js", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < 4_096
    tag = plain.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        said = edge.ask("GET", "/lianyi.js?key=lyb_x", headers={"If-None-Match": known})
        assert (said.status, said.body, said.headers["etag"]) == (304, b"", tag)
    assert edge.ask("GET", "/lianyi.js", headers={"If-None-Match": '"other"'}).status == 200


def test_health(shop: Shop) -> None:
    assert shop.edge.ask("GET", "/healthz").body == b"ok\n"
    icon = shop.edge.ask("GET", "/favicon.ico")
    assert (icon.status, icon.body) == (204, b"")
    assert shop.edge.ask("GET", "/readyz").body == b"ready\n"


def token_of(edge: Edge, workspace: int, seconds: int = 60) -> str:
    return live_token(edge.environment.secret_key().encode(), workspace, int(time.time()) + seconds)


def test_ticks_need_a_good_token(edge: Edge) -> None:
    good = token_of(edge, 1)
    forged = live_token(b"another secret", 1, int(time.time()) + 60)
    for token in ("", "1.2", "a.b.c", forged, token_of(edge, 1, -1), "2" + good[1:], good[:-1], good + "0", "²" + good):
        said = edge.ask("GET", "/live/ticks?token=" + token.replace("²", "%C2%B2"))
        assert (said.status, said.code) == (403, "token.invalid")


def listen(edge: Edge, workspace: int) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    opened = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=30)
    opened.request("GET", f"/live/ticks?token={token_of(edge, workspace)}")
    answer = opened.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.readline() == b"retry: 3000\n"
    assert answer.readline() == b"\n"
    return opened, answer


def test_a_tick_says_that_something_is_new(shop: Shop) -> None:
    opened, answer = listen(shop.edge, shop.workspace.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cursor (workspace_id, projector, batch) VALUES (%s, 'profiles', 7)", [shop.workspace.pk]
        )
    assert [answer.readline() for _ in range(3)] == [b"event: tick\n", b"data: 7\n", b"\n"]
    opened.close()


def test_a_listener_that_left_holds_nothing(shop: Shop) -> None:
    """There are 500 places."""
    until_all_left = time.monotonic() + 60
    for _ in range(510):
        while True:
            opened = http.client.HTTPConnection("127.0.0.1", shop.edge.port, timeout=30)
            opened.request("GET", f"/live/ticks?token={token_of(shop.edge, shop.workspace.pk)}")
            status = opened.getresponse().status
            opened.close()
            if status == 200:
                break
            assert time.monotonic() < until_all_left
            time.sleep(0.1)
    assert shop.edge.alive()


def test_an_open_stream_does_not_hold_up_the_end(tmp_path_factory: pytest.TempPathFactory, edge: Edge) -> None:
    with running_edge(tmp_path_factory.mktemp("other"), DATABASE_URL=edge.variables["DATABASE_URL"]) as other:
        opened, _ = listen(other, 1)
        other.process.terminate()
        started = time.monotonic()
        until(lambda: other.process.poll() is not None, 20, lambda: "it goes on")
        assert time.monotonic() - started < 7  # the server kills what is left after eight seconds
        opened.close()
