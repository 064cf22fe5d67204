"""Live streams: server-sent events that say "something new is there", never what.

A page that hears a tick asks the web process for what it may see, so nothing needs guarding here but the number of
listeners. One query a second serves all of them.
"""

import asyncio
import contextlib
import time

import psycopg

from lianyi.edge.http import Receive, Scope, Send, problem, respond
from lianyi.foundation.live_tokens import SPAN, workspace_of

MOST = 500
EVERY = 1.0  # seconds


class Live:
    """Ticks for listeners, by workspace."""

    def __init__(self, conninfo: str, secret: bytes) -> None:
        self._conninfo = conninfo
        self._secret = secret
        self._listeners: dict[int, set[asyncio.Event]] = {}
        self._newest: dict[int, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def end(self) -> None:
        """Ends every stream, and those that are still asked for."""
        self._closing = True
        for ticks in self._listeners.values():
            for tick in ticks:
                tick.set()

    async def close(self) -> None:
        """Ends the streams and the watching."""
        self.end()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A stream of ticks until the client goes away or the token's hour is over."""
        token = scope["query_string"].decode("latin-1").partition("token=")[2].partition("&")[0]
        workspace = workspace_of(self._secret, token, time.time())
        if workspace is None:
            await respond(send, problem(403, "token.invalid", "Reload the page to listen again."))
            return
        if sum(map(len, self._listeners.values())) >= MOST:
            await respond(send, problem(503, "live.full", "Too many pages listen already.", (b"retry-after", b"30")))
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        tick = asyncio.Event()
        gone = asyncio.create_task(_left(receive))
        gone.add_done_callback(lambda _: tick.set())
        self._listeners.setdefault(workspace, set()).add(tick)
        try:
            await send(
                {
                    "type": "http.response.start",
                    "status": 200,
                    "headers": [
                        (b"content-type", b"text/event-stream"),
                        (b"cache-control", b"no-store"),
                        (b"x-accel-buffering", b"no"),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
            ends = time.monotonic() + SPAN
            while time.monotonic() < ends:
                try:
                    await asyncio.wait_for(tick.wait(), 15)
                    tick.clear()
                    if gone.done() or self._closing:
                        break
                    part = f"event: tick\ndata: {self._newest.get(workspace, 0)}\n\n".encode()
                except TimeoutError:
                    part = b": still here\n\n"
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            self._listeners[workspace].discard(tick)
            if not self._listeners[workspace]:
                del self._listeners[workspace]

    async def _watch(self) -> None:
        while self._listeners:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
                    while self._listeners:
                        cursor = await connection.execute(
                            """
                            SELECT workspace_id, min(batch) FROM cursor
                            WHERE projector <> 'lake' AND workspace_id = ANY(%s) GROUP BY 1
                            """,
                            [list(self._listeners)],
                        )
                        for workspace, newest in await cursor.fetchall():
                            if self._newest.get(workspace) != newest:
                                self._newest[workspace] = newest
                                for tick in self._listeners.get(workspace, ()):
                                    tick.set()
                        await asyncio.sleep(EVERY)
            except (psycopg.Error, OSError):
                await asyncio.sleep(EVERY)


async def _left(receive: Receive) -> None:
    """Returns when the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
