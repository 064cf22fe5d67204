"""The simulator keeps to what is documented: over loopback, against an address that answers well, late or badly."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx
from tests.connectors.receivers import NOW
from tests.connectors.wechat.accounts import account_of, server
from tests.loops import in_a_loop

from lianyi.connectors import wechat
from lianyi.connectors.port.receiving import Call
from lianyi.connectors.wechat.fake import Attempt, FakeWeChat

Answering = Callable[[int, Call], Awaitable[tuple[int, bytes]]]


class Address:
    """A server on loopback that hands each call to `answering`, with its number."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self.calls: list[Call] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/in/wechat/one"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.current_task())
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        target = httpx.URL("http://one" + head.split()[1])
        length = [line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length:")]
        body = await reader.readexactly(int(length[0])) if length else b""
        self.calls.append(Call(head.split()[0], dict(target.params), {}, body))
        status, said = await self._answering(len(self.calls), self.calls[-1])
        writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: {len(said)}\r\nconnection: close\r\n\r\n".encode() + said)


def run(answering: Answering, fake: FakeWeChat, messages: list[bytes]) -> tuple[list[list[Attempt]], list[Call]]:
    async def pushed() -> tuple[list[list[Attempt]], list[Call]]:
        address = Address(answering)
        async with address as url, httpx.AsyncClient(trust_env=False) as client:
            return await fake.push_all(client, url, messages, NOW), address.calls

    return in_a_loop(pushed())


def test_what_is_answered_is_not_pushed_again() -> None:
    async def well(number: int, call: Call) -> tuple[int, bytes]:
        return 200, b"success"

    fake = server()
    [attempts], calls = run(well, fake, [fake.follow("oA", NOW, "booth3")])
    assert [(one.status, one.body, one.taken) for one in attempts] == [(200, b"success", True)]
    assert len(calls) == 1


def test_what_is_not_answered_in_time_is_pushed_three_times_in_all() -> None:
    async def late(number: int, call: Call) -> tuple[int, bytes]:
        await asyncio.sleep(0.5)
        return 200, b"success"

    fake = server()
    fake.answer_within = 0.1
    [attempts], calls = run(late, fake, [fake.follow("oA", NOW, "booth3")])
    assert [(one.number, one.status) for one in attempts] == [(1, None), (2, None), (3, None)]
    receiver = wechat.PLATFORM.receiver
    received = [receiver.receive(call, account_of(fake), NOW) for call in calls]
    assert len({call.body for call in calls}) == 3  # each sealed anew
    assert len({one.key for each in received for one in each.inbound}) == 1


def test_a_bad_answer_is_none() -> None:
    async def second_time(number: int, call: Call) -> tuple[int, bytes]:
        return (503, b"") if number == 1 else (200, b"")

    fake = server()
    [attempts], _ = run(second_time, fake, [fake.follow("oA", NOW)])
    assert [one.status for one in attempts] == [503, 200]


def test_messages_overtake_one_another() -> None:
    async def well(number: int, call: Call) -> tuple[int, bytes]:
        return 200, b"success"

    fake = server()
    messages = [fake.message(f"o{number}", NOW, "text", Content=str(number)) for number in range(20)]
    attempts, calls = run(well, fake, messages)
    receiver = wechat.PLATFORM.receiver
    texts = [receiver.receive(call, account_of(fake), NOW).inbound[0].text for call in calls]
    assert len(attempts) == 20
    assert sorted(texts, key=int) == [str(number) for number in range(20)]
    assert texts != sorted(texts, key=int)


def test_the_console_asks_the_address() -> None:
    async def echo(number: int, call: Call) -> tuple[int, bytes]:
        reply = wechat.PLATFORM.receiver.receive(call, account_of(server()), NOW).reply
        return reply.status, reply.body

    async def asked(fake: FakeWeChat) -> bool:
        async with Address(echo) as url, httpx.AsyncClient(trust_env=False) as client:
            return await fake.verify(client, url, NOW)

    assert in_a_loop(asked(server()))


def test_an_address_that_echoes_nothing_is_none() -> None:
    async def silent(number: int, call: Call) -> tuple[int, bytes]:
        return 200, b"success"

    async def asked(fake: FakeWeChat) -> bool:
        async with Address(silent) as url, httpx.AsyncClient(trust_env=False) as client:
            return await fake.verify(client, url, NOW)

    assert not in_a_loop(asked(server()))
