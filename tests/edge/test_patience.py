"""Bodies that come too slowly are given up; those that come slowly, but come, are read to their end."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from tests.loops import in_a_loop

from lianyi.edge.http import Gone, Receive, Scope, read_body
from lianyi.edge.patience import patient

SENT: Scope = {"headers": [(b"content-length", b"9")]}


def sender(parts: Sequence[bytes], every: float, *, ends: bool = True) -> Receive:
    """Somebody who sends a part every so many seconds, and then no more where there is no end."""
    left = list(parts)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.sleep(60)
        await asyncio.sleep(every)
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left) or not ends}

    return receive


def read(receive: Receive, scope: Scope = SENT, **limits: Any) -> bytes:
    async def whole() -> bytes:
        return await read_body(scope, patient(scope, receive, **limits))

    return in_a_loop(whole())


def test_a_body_that_trickles_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(Gone):
        read(sender([b"x"] * 9, 0.1), begins_within=0.3, slowest=1_000)
    with pytest.raises(Gone):
        read(sender([b"x"], 0, ends=False), begins_within=0.3, slowest=1_000)
    assert time.monotonic() - began < 5


def test_a_slow_line_is_waited_for() -> None:
    assert read(sender([b"x" * 100] * 9, 0.05), begins_within=0.1, slowest=1_000) == b"x" * 900


def test_our_own_slowness_is_nobodys_fault() -> None:
    async def slowly() -> bytes:
        receive = patient(SENT, sender([b"x"] * 5, 0), begins_within=0.1, slowest=1_000)
        read = b""
        for _ in range(5):
            await asyncio.sleep(0.05)
            read += (await receive())["body"]
        return read

    assert in_a_loop(slowly()) == b"xxxxx"


def test_what_has_no_body_waits_for_nothing() -> None:
    receive = sender([b""], 0)
    assert patient({"headers": []}, receive) is receive


def test_who_was_given_up_stays_so_and_who_was_heard_is_heard_on() -> None:
    async def both() -> list[str]:
        late = patient(SENT, sender([b"x"], 0.2), begins_within=0.05)
        heard = patient(SENT, sender([b"x", b"", b""], 0), begins_within=0.05)
        first = [(await late())["type"] for _ in range(2)]
        await heard()
        return [*first, *[(await heard())["type"] for _ in range(2)]]

    assert in_a_loop(both()) == ["http.disconnect"] * 2 + ["http.request"] * 2
