"""How long a request's body may take: whoever sends it too slowly is gone, as if the line had broken.

A moment to begin with, and then as long as the bytes that have come may take at the slowest line that is waited for: a
large file on a slow line arrives, a byte a second holds nothing open. Only waiting for the sender counts: what we have
still to read, or a pool that is full, is not their fault.
"""

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

from lianyi.edge.http import Receive, Scope, header

BEGINS_WITHIN = 30.0  # seconds
SLOWEST = 4_000  # bytes a second
_GONE = {"type": "http.disconnect"}


def patient(scope: Scope, receive: Receive, *, begins_within: float = BEGINS_WITHIN, slowest: int = SLOWEST) -> Receive:
    """What receives the request, as long as its body comes in time. What has none is received as ever."""
    if not header(scope, b"content-length") and not header(scope, b"transfer-encoding"):
        return receive
    waited, size, whole, late = 0.0, 0, False, False

    async def received() -> MutableMapping[str, Any]:
        nonlocal waited, size, whole, late
        if whole:
            return await receive()
        if late:
            return _GONE
        began = time.monotonic()
        try:
            async with asyncio.timeout(begins_within + size / slowest - waited):
                message = await receive()
        except TimeoutError:
            late = True
            return _GONE
        waited += time.monotonic() - began
        size += len(message.get("body", b""))
        whole = not message.get("more_body")
        return message

    return received
