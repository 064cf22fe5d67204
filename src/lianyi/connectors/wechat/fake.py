"""A simulator of WeChat's server: it pushes to an address as WeChat does, signed and sealed, for tests and the demo.

What it keeps to is documented (README.md): whoever does not answer within five seconds, or not with 200 and `success`
or nothing, is called again, three times in all; what it repeats is the same message under a new signature and seal.
Messages of different people may overtake one another.
"""

import asyncio
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from urllib.parse import urlencode

import httpx

from lianyi.connectors.port.receiving import Call
from lianyi.connectors.wechat.sealing import RANDOM, seal, signature
from lianyi.kernel.clock import SECOND
from lianyi.kernel.secret import Secret

TRIES = 3
ANSWER_WITHIN = 5.0  # seconds


class Mode(StrEnum):
    """What the account's console is set to."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True)
class Attempt:
    """One try to push, and what was answered; `status` is None when nothing was, in time."""

    number: int
    status: int | None
    body: bytes

    @property
    def taken(self) -> bool:
        """Whether WeChat lets it be."""
        return self.status == 200 and self.body in (b"success", b"")


@dataclass
class FakeWeChat:
    """One official account, as WeChat's server has it. `chance` makes nonces and the order."""

    appid: str
    original: str
    token: Secret
    key: Secret
    chance: random.Random
    mode: Mode = Mode.SAFE
    answer_within: float = ANSWER_WITHIN
    _messages: "itertools.count[int]" = field(default_factory=lambda: itertools.count(24_000_000_000_000_001))

    def message(self, who: str, at: int, form: str, **said: object) -> bytes:
        """The XML of a message of this form, with an id of its own."""
        return self.xml(who, at, {"MsgType": form, **said, "MsgId": next(self._messages)})

    def event(self, who: str, at: int, event: str, **said: object) -> bytes:
        """The XML of an event, which has no id."""
        return self.xml(who, at, {"MsgType": "event", "Event": event, **said})

    def follow(self, who: str, at: int, scene: str | None = None) -> bytes:
        """Somebody follows, through a code with a scene or without one."""
        if scene is None:
            return self.event(who, at, "subscribe", EventKey="")
        return self.event(who, at, "subscribe", EventKey=f"qrscene_{scene}", Ticket=self._ticket(scene))

    def scan(self, who: str, at: int, scene: str) -> bytes:
        """Somebody who follows scans a code."""
        return self.event(who, at, "SCAN", EventKey=scene, Ticket=self._ticket(scene))

    def unfollow(self, who: str, at: int) -> bytes:
        """Somebody follows no more."""
        return self.event(who, at, "unsubscribe", EventKey="")

    def xml(self, who: str, at: int, said: Mapping[str, object]) -> bytes:
        """What is said by `who` at a moment (µs), as WeChat writes it: texts as CDATA, numbers bare."""
        head = {"ToUserName": self.original, "FromUserName": who, "CreateTime": at // SECOND}
        whole: dict[str, object] = {**head, **said}
        return f"<xml>{''.join(map(_element, whole, whole.values()))}</xml>".encode()

    def verifying(self, at: int, echo: str) -> Call:
        """The call by which WeChat asks whether the address is the account's."""
        return Call("GET", {**self._signed(at), "echostr": echo}, {}, b"")

    def call(self, xml: bytes, at: int) -> Call:
        """One push of this XML, signed at a moment (µs), sealed as the mode says."""
        query = {**self._signed(at), "openid": xml.split(b"<FromUserName><![CDATA[")[1].split(b"]]>")[0].decode()}
        headers = {"content-type": "text/xml", "user-agent": "Mozilla/4.0"}
        if self.mode is Mode.PLAIN:
            return Call("POST", query, headers, xml)
        sealed = seal(xml, self.appid, self.key, self.chance.randbytes(RANDOM))
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(self.token, query["timestamp"], query["nonce"], sealed),
        }
        part = _element("Encrypt", sealed)
        if self.mode is Mode.COMPATIBLE:
            return Call("POST", query, headers, xml.removesuffix(b"</xml>") + part.encode() + b"</xml>")
        return Call("POST", query, headers, f"<xml>{_element('ToUserName', self.original)}{part}</xml>".encode())

    async def verify(self, client: httpx.AsyncClient, url: str, at: int) -> bool:
        """Whether the address echoes what it is asked, so that the console takes it."""
        echo = str(self.chance.randrange(10**18, 10**19))
        return (await self._try(client, url, self.verifying(at, echo), 1)).body == echo.encode()

    async def push(self, client: httpx.AsyncClient, url: str, xml: bytes, at: int) -> list[Attempt]:
        """Pushes until it is taken, three times at the most; each try with a signature and a seal of its own."""
        attempts: list[Attempt] = []
        while len(attempts) < TRIES and not (attempts and attempts[-1].taken):
            attempts.append(await self._try(client, url, self.call(xml, at), len(attempts) + 1))
        return attempts

    async def push_all(
        self, client: httpx.AsyncClient, url: str, messages: Sequence[bytes], at: int
    ) -> list[list[Attempt]]:
        """Pushes all of them at once, in no order."""
        shuffled = self.chance.sample(list(messages), len(messages))
        return await asyncio.gather(*(self.push(client, url, xml, at) for xml in shuffled))

    async def _try(self, client: httpx.AsyncClient, url: str, call: Call, number: int) -> Attempt:
        address = f"{url}?{urlencode(call.query)}"
        try:
            async with asyncio.timeout(self.answer_within):
                answer = await client.request(call.method, address, headers=dict(call.headers), content=call.body)
        except (httpx.HTTPError, TimeoutError):
            return Attempt(number, None, b"")
        return Attempt(number, answer.status_code, answer.content)

    def _signed(self, at: int) -> dict[str, str]:
        timestamp, nonce = str(at // SECOND), str(self.chance.randrange(10**8, 10**10))
        signed = signature(self.token, timestamp, nonce)
        return {"signature": signed, "timestamp": timestamp, "nonce": nonce}

    def _ticket(self, scene: str) -> str:
        return f"gQ{scene.encode().hex().upper()}"


def _element(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(map(_element, value, value.values()))}</{name}>"
    if isinstance(value, str):
        text = value.replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{text}]]></{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"
