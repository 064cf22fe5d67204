"""The edge's own process for tests, requests to it as raw as needed, and what it put into the log."""

import base64
import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from tests.conftest import variables_of

from lianyi.assembly.environment import Environment
from lianyi.assembly.processes.listening import listen_for_edge
from lianyi.events.intake import segment
from lianyi.events.log.decoding import decode_row
from lianyi.events.log.reading import tail
from lianyi.events.log.sequencer import Sequencer
from lianyi.events.schemas import Event
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.schemas import KeyKind, Workspace

SERVE = "import sys; from lianyi.assembly.processes.serving import serve; serve('edge', int(sys.argv[1]))"


class Said(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["code"])


@dataclass
class Edge:
    """A running edge."""

    port: int
    process: subprocess.Popen[bytes]
    variables: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> Environment:
        return Environment.read(self.variables)

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, within: float = 60
    ) -> Said:
        """One request on a connection of its own; a body that is an iterable goes out in chunks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within)
        try:
            connection.request(method, path, body, headers or {}, encode_chunked=not isinstance(body, bytes | None))
            answer = connection.getresponse()
            return Said(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def alive(self) -> bool:
        return self.ask("GET", "/healthz").status == 200


@dataclass
class Shop:
    """A workspace with a server key and a browser key, and the edge that takes its events."""

    edge: Edge
    workspace: Workspace
    server_key: str
    browser_key: str
    _sequencer: Sequencer = field(default_factory=lambda: Sequencer(lambda _workspace, _ids: set()))

    def send(self, *messages: Any, path: str = "/v1/batch", key: str | None = None, **outside: Any) -> Said:
        """A batch under the server key."""
        return self.post(json.dumps({"batch": list(messages), **outside}).encode(), path=path, key=key)

    def post(self, body: Any, *, path: str = "/v1/batch", key: str | None = None, **headers: str) -> Said:
        """A body under the server key, or another."""
        told = {"Authorization": basic(key or self.server_key), "Content-Type": "application/json"}
        return self.edge.ask("POST", path, body, told | {k.replace("_", "-"): v for k, v in headers.items()})

    def accepted(self) -> list[Event]:
        """All that was accepted, repeats too, as it stands in the log."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT key, form, received_at, ids, body FROM log WHERE workspace = %s ORDER BY id",
                [self.workspace.pk],
            )
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        found: list[Event] = []
        for row in rows:
            ids = bytes(row["ids"])
            out = [i for i in range(len(ids) // 24) if ids[16 * i : 16 * i + 16] == bytes(16)]
            decoded = decode_row(**row, offset=0, left_out=out, signed=segment.signature_check(b""))
            assert decoded.failed == []
            found += decoded.events
        return found

    def counted(self) -> list[Event]:
        """What projectors see once the sequencer has numbered it: each event once."""
        while self._sequencer.number_rows():
            pass
        return [event for batch in tail(self.workspace.pk, 0, segment.signature_check(b"")) for event in batch.events]

    def wait_for(self, count: int, within: float = 30) -> list[Event]:
        """The counted events once there are so many, and a little later still no more."""
        until(lambda: len(self.accepted()) >= count, within, lambda: str([one.name for one in self.accepted()]))
        found = self.counted()
        assert len(found) == count, [one.name for one in found]
        return found


def track(number: int = 0, **fields: Any) -> dict[str, Any]:
    """An ordinary message."""
    return {"type": "track", "event": "Product Viewed", "messageId": f"m{number}", "anonymousId": "a1", **fields}


def basic(key: str) -> str:
    """The header that Segment's clients send."""
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


def address_of_test_database() -> str:
    """Where the test's database is, for another process."""
    place = connection.get_connection_params()
    rest = {name: place[name] for name in ("host", "port", "password") if place.get(name)}
    return f"postgresql://{place['user']}@/{place['dbname']}?{urlencode(rest)}"


@contextlib.contextmanager
def running_edge(home: Path, **more: str) -> Iterator[Edge]:
    """The process, from before it answers to its end."""
    variables = {**variables_of(home), **more}
    with listen_for_edge("127.0.0.1:0") as listener:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(listener.fileno())], env=variables, pass_fds=[listener.fileno()]
        )
        port = listener.getsockname()[1]
    try:
        edge = Edge(port, process, variables)
        until(edge.alive, 60, lambda: "the edge does not answer")
        yield edge
    finally:
        process.terminate()
        try:
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()


def shop_of(edge: Edge, workspace: Workspace) -> Shop:
    """The workspace with two new keys."""
    _, server = create_write_key(workspace, KeyKind("server"), "server")
    _, browser = create_write_key(workspace, KeyKind("browser"), "website")
    return Shop(edge, workspace, server, browser)


def until(holds: Callable[[], bool], within: float, what: Callable[[], str]) -> None:
    """Fails with `what` unless it holds in time."""
    end = time.monotonic() + within
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if holds():
                return
        assert time.monotonic() < end, what()
        time.sleep(0.05)
