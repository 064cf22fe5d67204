"""One call: to the address that was looked at, within its time, and no further than told."""

import socket
import time

from tests.foundation.webhooks.receiving import LOOPBACK, drops, receiver, status

from lianyi.foundation.webhooks.calling import ANSWER_KEPT, Caller
from lianyi.kernel.addresses import Reach


class Rebinding:
    """A name that answers with a public address first, and with one inside afterwards."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return [self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]]


def test_a_name_is_resolved_once_and_the_request_names_it() -> None:
    with receiver() as there:
        names = Rebinding("127.0.0.1", "10.0.0.1")
        caller = Caller(LOOPBACK, resolve=names)
        answer = caller.post(f"http://shop.example:{there.port}/hook?a=1", {"x": "y"}, b"{}")
        assert (answer.status, answer.text, names.asked) == (200, "ok", 1)
        assert (there.got[0].path, there.got[0].headers["host"]) == ("/hook?a=1", f"shop.example:{there.port}")
        assert caller.post(f"http://shop.example:{there.port}/", {}, b"")[:2] == (None, "address")
        assert len(there.got) == 1


def test_a_host_outside_ascii_is_called_by_its_registered_name() -> None:
    """As older installations keep it: as it was typed."""
    with receiver() as there:
        asked: list[str] = []

        def names(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        caller = Caller(LOOPBACK, resolve=names)
        assert caller.post(f"http://例子.中国:{there.port}/钩子?a=值", {}, b"{}")[:3] == (200, "", "ok")
        assert asked == ["xn--fsqu00a.xn--fiqs8s"]
        assert there.got[0].headers["host"] == f"xn--fsqu00a.xn--fiqs8s:{there.port}"
        assert there.got[0].path == "/%E9%92%A9%E5%AD%90?a=%E5%80%BC"
        assert caller.post("http://★.example/", {}, b"")[:2] == (None, "broken")


def test_nothing_inside_is_connected_to() -> None:
    with receiver() as there:
        for host in ("127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost"):
            answer = Caller(Reach(plain=True)).post(f"http://{host}:{there.port}/", {}, b"")
            assert (answer.status, answer.error) == (None, "address"), host
        assert there.got == []


def test_a_redirect_is_not_followed() -> None:
    with receiver() as other, receiver(status(302, Location=other.url)) as there:
        assert Caller(LOOPBACK).post(there.url, {}, b"").status == 302
        assert other.got == []


def test_only_the_beginning_of_an_answer_is_read() -> None:
    with receiver(status(200, b"a" * 50_000_000)) as there:
        began = time.monotonic()
        answer = Caller(LOOPBACK).post(there.url, {}, b"")
        assert (answer.status, len(answer.text)) == (200, ANSWER_KEPT)
        assert time.monotonic() - began < 5


def test_an_answer_by_drops_ends_with_the_time() -> None:
    with receiver(drops(0.05)) as there:
        began = time.monotonic()
        answer = Caller(LOOPBACK, within=0.6).post(there.url, {}, b"")
        assert (answer.status, answer.error) == (None, "timeout")
        assert 0.5 < time.monotonic() - began < 3
        assert answer.took_ms >= 500


def test_a_second_address_is_tried_and_what_fails_has_a_name() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
    caller = Caller(LOOPBACK, within=2)
    assert caller.post(f"http://127.0.0.1:{closed}/", {}, b"").error == "connect"
    assert caller.post("http://nowhere.invalid/", {}, b"").error == "resolve"
    with receiver() as there:
        several = Caller(LOOPBACK, resolve=lambda *_: ["127.0.0.2", "127.0.0.1"])
        assert several.post(f"http://shop.example:{there.port}/", {}, b"").status == 200
        assert caller.post(f"https://127.0.0.1:{there.port}/", {}, b"").error == "tls"
