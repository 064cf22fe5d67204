"""What platforms push to connected accounts: judged by the platform's connector, on disk before it is answered.

A platform calls again what it is not answered; the event's id follows from what came, so a repeat counts once. Promises
that a refused call writes nothing but a count, every few seconds at the most.
"""

import time
from collections.abc import Callable
from urllib.parse import parse_qsl

import psycopg

from lianyi.channels.accounts.looking_up import FIND, account_in
from lianyi.channels.accounts.schemas import Addressed
from lianyi.channels.accounts.telling import events_of
from lianyi.connectors.platforms import PLATFORMS
from lianyi.connectors.port.receiving import Call, CallRefused, Inbound, Receives, Reply
from lianyi.edge.appender import Unavailable
from lianyi.edge.fares import Fares
from lianyi.edge.http import Answer, Gone, Header, Receive, Scope, pass_over, problem, read_body
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.recording import Recorder
from lianyi.events.intake.limits import BadBody
from lianyi.events.intake.own import OwnEvent
from lianyi.foundation.vault.sealing import Keys
from lianyi.links.looking_up import FIND_SCENE, link_in
from lianyi.links.schemas import Link

PATH = "/in/"
CHANGES_WITHIN = 2.0  # seconds until new secrets hold everywhere
_PARAMETERS = 50
_LONGEST = 200  # characters of an address, and of a scene that is looked for
_RETRY: Header = (b"retry-after", b"5")
_SAFE: tuple[Header, ...] = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class Pushes:
    """Takes what is pushed to /in/PLATFORM/ACCOUNT. `room` says whether the disk has room for more."""

    def __init__(self, database: Database, secret: bytes, recorder: Recorder, room: Callable[[], bool]) -> None:
        keys = Keys([secret.decode()])
        self._recorder = recorder
        self._room = room
        self._accounts: Lookup[Addressed] = Lookup(
            database, FIND, lambda row: account_in(row, keys), good_for=CHANGES_WITHIN
        )
        self._links: Lookup[Link] = Lookup(database, FIND_SCENE, link_in, good_for=CHANGES_WITHIN)
        self._fares = Fares(database)

    async def receive(self, scope: Scope, receive: Receive) -> Answer:
        """The answer to one call."""
        platform, _, address = scope["path"].removeprefix(PATH).partition("/")
        of = PLATFORMS.get(platform)
        if of is None or not 0 < len(address) <= _LONGEST or not address.isalnum():
            await pass_over(receive)
            return _nobody()
        try:
            to = await self._accounts.find((platform, address), {"platform": platform, "address": address})
            if to is None:
                await pass_over(receive)
                return _nobody()
            return await self._taken(scope, receive, to, of.receiver)
        except Gone:
            return problem(400, "body.incomplete", "The body ended before its end.")
        except (Unavailable, psycopg.Error, OSError):
            return problem(503, "log.unavailable", "The log does not answer; send it again later.", _RETRY)

    async def close(self) -> None:
        """Writes how accounts fared."""
        await self._fares.close()

    async def _taken(self, scope: Scope, receive: Receive, to: Addressed, receiver: Receives) -> Answer:
        now = time.time_ns() // 1000
        try:
            call = await _call(scope, receive, receiver.largest)
            received = receiver.receive(call, to.account, now)
        except CallRefused as refused:
            self._fares.refused(to.number, refused.code, now)
            return problem(refused.status, refused.code, "This call is not taken.")
        if not received.inbound:
            self._fares.verified(to.number, now)
            return _answer(received.reply)
        if not self._room():
            return problem(503, "disk.full", "The disk is nearly full; send it again later.", _RETRY)
        events = [event for one in received.inbound for event in await self._events(to, one)]
        if events:
            await self._recorder.record(to.workspace, events, now)
        self._fares.pushed(to.number, now)
        return _answer(received.reply)

    async def _events(self, to: Addressed, inbound: Inbound) -> list[OwnEvent]:
        scene, account = inbound.scene, to.account.external
        if not scene or len(scene) > _LONGEST or "\x00" in scene:
            return events_of(to, inbound, {}, None)
        asked = {"workspace": to.workspace, "account": account, "scene": scene}
        link = await self._links.find((to.workspace, account, scene), asked)
        if link is None:
            return events_of(to, inbound, {}, None)
        return events_of(to, inbound, link.facts, link.source)


async def _call(scope: Scope, receive: Receive, largest: int) -> Call:
    try:
        body = await read_body(scope, receive, largest)
    except BadBody:
        raise CallRefused("body.too_large") from None
    query: dict[str, str] = {}
    try:
        for name, value in parse_qsl(
            scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=_PARAMETERS
        ):
            query.setdefault(name, value)
    except ValueError:
        raise CallRefused("signature.wrong") from None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Call(scope["method"], query, headers, body)


def _answer(reply: Reply) -> Answer:
    return Answer(reply.status, reply.body, ((b"content-type", reply.content_type.encode()), *_SAFE))


def _nobody() -> Answer:
    return problem(404, "account.unknown", "There is no account at this address.")
