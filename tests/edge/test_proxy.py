"""The way to the pages: whole, streaming, and nobody's word on who calls but ours."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator

import pytest
from tests.edge.edges import Edge, running_edge, until
from tests.edge.websites import Website


@pytest.fixture
def website(edge: Edge) -> Iterator[Website]:
    with Website(edge.environment.socket_folder / "web.sock") as running:
        yield running


def told(edge: Edge, path: str = "/", **headers: str) -> dict[str, str]:
    """The headers that the pages got."""
    said = edge.ask("GET", path, headers=headers)
    assert said.status == 200
    return dict(said.json["headers"])


def test_a_request_goes_through_as_it_is(edge: Edge, website: Website) -> None:
    for path in ("/", "/a%2Fb/%E6%B6%9F?x=%20&y=a+b&z", "/two//slashes", "/a/../b", "/%zz"):
        assert edge.ask("GET", path).json["path"] == path
    got = told(edge, Host="shop.example:81", Cookie="a=1", Accept="text/html")
    assert (got["host"], got["cookie"], got["accept"]) == ("shop.example:81", "a=1", "text/html")
    assert (got["x-forwarded-for"], got["x-forwarded-proto"]) == ("127.0.0.1", "http")


def test_nothing_is_added_or_kept(edge: Edge, website: Website) -> None:
    """One visitor's cookie never goes out with another's request."""
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", edge.port)) as plug:
            plug.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            answer = b"".join(iter(lambda: plug.recv(65536), b""))
        headers = dict(json.loads(answer.partition(b"\r\n\r\n")[2])["headers"])
        assert set(headers) == {"host", "x-forwarded-for", "x-forwarded-proto"}
        assert answer.lower().count(b"set-cookie") == 2
    assert edge.ask("GET", "/moved").status == 302


def test_headers_about_one_connection_end_there(edge: Edge, website: Website) -> None:
    got = told(edge, Connection="keep-alive, X-Private", X_Private="1", TE="trailers", Keep_Alive="1", Upgrade="h2c")
    assert set(got) & {"connection", "x-private", "x_private", "te", "keep-alive", "upgrade"} == set()
    said = edge.ask("GET", "/")
    assert "x-hop" not in said.headers


def test_nobody_calls_what_a_request_is_made_of_a_matter_of_their_connection(edge: Edge, website: Website) -> None:
    assert told(edge, Host="shop.example", Connection="Host")["host"] == "shop.example"
    said = edge.ask("POST", "/", b"12345", {"Connection": "Content-Length"})
    assert said.status == 200
    assert dict(said.json["headers"])["content-length"] == "5"


def test_a_caller_cannot_say_who_called(edge: Edge, website: Website) -> None:
    spoofed = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "https",
        "X_Forwarded_Proto": "https",
        "x-forwarded_proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1",
        "Forwarded": "for=6.6.6.6",
        "X-Real-IP": "6.6.6.6",
    }
    said = edge.ask("GET", "/", headers=spoofed)
    about = [[name, value] for name, value in said.json["headers"] if "forward" in name or "real" in name]
    assert about == [
        ["x-forwarded-for", "127.0.0.1"],
        ["x-forwarded-proto", "http"],
    ]


def test_a_proxy_is_believed_who_called_and_nobody_else(edge: Edge) -> None:
    said = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}

    def heard(port: int, caller: str) -> list[str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(caller, 0))
        connection.request("GET", "/", headers=said)
        headers = dict(json.loads(connection.getresponse().read())["headers"])
        connection.close()
        return [headers["x-forwarded-for"], headers["x-forwarded-proto"]]

    more = {"LIANYI_URL": "https://lianyi.example.com", "DATABASE_URL": edge.variables["DATABASE_URL"]}
    home = edge.environment.home.parent / "proxied"
    with running_edge(home, **more) as one, Website(one.environment.socket_folder / "web.sock"):
        assert heard(one.port, "127.0.0.9") == ["6.6.6.6", "https"]
    with (
        running_edge(home, **more, LIANYI_PROXIES="127.0.0.9/32,::1/128") as one,
        Website(one.environment.socket_folder / "web.sock"),
    ):
        assert heard(one.port, "127.0.0.9") == ["6.6.6.6", "https"]
        assert heard(one.port, "127.0.0.8") == ["127.0.0.8", "http"]


def test_answers_stream_down(edge: Edge, website: Website) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=30)
    connection.request("GET", "/parts")
    answer = connection.getresponse()
    assert answer.read1(5) == b"first"
    website.go_on.set()
    assert answer.read() == b"second"
    connection.close()


def test_bodies_stream_up(edge: Edge, website: Website) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=30)
    connection.putrequest("POST", "/upload")
    connection.putheader("Content-Length", "3000000")
    connection.endheaders()
    connection.send(b"x" * 1_000_000)
    assert website.first_part.wait(30)  # before the rest was sent
    connection.send(b"x" * 2_000_000)
    answer = connection.getresponse()
    assert json.loads(answer.read())["length"] == 3_000_000
    connection.close()
    assert [len(body) for body in website.bodies] == [3_000_000]


def test_half_a_body_is_never_a_whole_one(edge: Edge, website: Website) -> None:
    with socket.create_connection(("127.0.0.1", edge.port)) as plug:
        plug.sendall(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nhalf")
        assert website.first_part.wait(30)
    time.sleep(0.3)
    assert edge.ask("POST", "/upload", iter([b"a", b"b"])).status == 411
    assert edge.ask("POST", "/upload", b"whole").status == 200
    assert website.bodies == [b"whole"]


@pytest.mark.parametrize("length", [100, 1_000_000])
def test_slow_bodies_keep_nobody_from_the_pages(edge: Edge, website: Website, length: int) -> None:
    with contextlib.ExitStack() as plugs:
        for _ in range(70):
            plug = plugs.enter_context(socket.create_connection(("127.0.0.1", edge.port)))
            plug.sendall(b"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\nhalf" % length)
        time.sleep(0.3)
        assert edge.ask("GET", "/", within=5).status == 200
    assert website.bodies == []


def test_without_the_pages(edge: Edge) -> None:
    said = edge.ask("GET", "/people")
    assert (said.status, said.code, said.headers["retry-after"]) == (503, "web.unavailable", "2")
    with Website(edge.environment.socket_folder / "web.sock"):
        until(lambda: edge.ask("GET", "/people").status == 200, 10, lambda: "the pages are there again")
    assert edge.ask("GET", "/people").status == 503
