"""`kill -9` at random points while events come in: what was acknowledged is counted exactly once afterwards."""

import base64
import json
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.program import Up, command_line, lianyi

from lianyi.events.lake import queries as lake

SENDERS = 4
SENDING_FOR = 6.0  # seconds
EVENTS_IN_A_BODY = 10
VISITORS = 60
GIVE_UP_AFTER = 90.0  # seconds


class Sender(threading.Thread):
    """Sends bodies one after the other, each again and again until it is acknowledged."""

    def __init__(self, port: int, key: str, seed: int, until: float) -> None:
        super().__init__(daemon=True)
        self._port, self._until = port, until
        self._authorization = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        self._random = random.Random(seed)
        self.acknowledged: list[str] = []
        self.tries = 0

    def run(self) -> None:
        while time.monotonic() < self._until:
            ids = [str(uuid.UUID(int=self._random.getrandbits(128))) for _ in range(EVENTS_IN_A_BODY)]
            body = json.dumps({"batch": [self.message(one) for one in ids]}).encode()
            if not self._sent(body):
                return
            self.acknowledged += ids

    def message(self, one_id: str) -> dict[str, Any]:
        """What comes of one event, all of it drawn by lot."""
        return {
            "type": "track",
            "event": "Product Viewed",
            "messageId": one_id,
            "anonymousId": f"v{self._random.randrange(VISITORS)}",
            "timestamp": "2026-01-01T00:00:00Z" if self._random.random() < 0.2 else None,
        }

    def _sent(self, body: bytes) -> bool:
        deadline = time.monotonic() + GIVE_UP_AFTER
        while time.monotonic() < deadline:
            self.tries += 1
            connection = HTTPConnection("127.0.0.1", self._port, timeout=10)
            try:
                connection.request("POST", "/v1/batch", body, {"Authorization": self._authorization})
                if connection.getresponse().status == 200:
                    return True
            except (OSError, HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        return False


def victims(running: Up) -> list[int]:
    """Every process that may be killed: the children, granian's workers, PostgreSQL's postmaster and backends."""
    return [pid for pid in running.pids() if pid != running.process.pid and "duckdb" not in command_line(pid)]


def kill_at_random(running: Up, rnd: random.Random, until: float) -> list[str]:
    killed = []
    while time.monotonic() < until:
        time.sleep(rnd.uniform(0.3, 1.5))
        found = victims(running)
        if not found:
            continue
        pid = rnd.choice(found)
        words = " ".join(command_line(pid)[-2:])
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        killed.append(words)
    return killed


def counted(home: Path) -> tuple[Counter[str], set[str]]:
    """How often each message id is in the lake, and whose events they are."""
    rows = [json.loads(row.raw) for _, rows in lake.batches_after(str(home / "lake"), 1, 0) for row in rows]
    return Counter(row["messageId"] for row in rows), {row["anonymousId"] for row in rows}


@pytest.mark.crash
def test_every_acknowledged_event_is_counted_exactly_once(up: Callable[..., Up], stopped_home: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # shown when the test fails
    rnd = random.Random(seed)
    running = up("--json").wait_until_ready()
    port = urlsplit(running.ready["url"]).port or 0
    until = time.monotonic() + SENDING_FOR
    senders = [Sender(port, running.ready["write_key"], rnd.getrandbits(32), until) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    killed = kill_at_random(running, rnd, until)
    for sender in senders:
        sender.join(GIVE_UP_AFTER + 20)
        assert not sender.is_alive()
    assert killed
    acknowledged = [one for sender in senders for one in sender.acknowledged]
    assert acknowledged, "nothing was acknowledged at all"
    drained = lianyi(stopped_home, "drain", "--timeout", "60", "--json")
    assert drained.returncode == 0, drained.stderr
    assert json.loads(drained.stdout) == {"drained": True}
    times, visitors = counted(stopped_home)
    assert [one for one in acknowledged if times[one] != 1] == []
    assert [one for one, often in times.items() if often > 1] == []
    found = lianyi(stopped_home, "people", "find", "--limit", "10000", "--json")
    assert len(found.stdout.splitlines()) == len(visitors)
    for name in ("identity", "profiles", "lifecycle"):
        told = lianyi(stopped_home, "replay", name, "--check", "--json")
        assert (told.returncode, json.loads(told.stdout)["different"]) == (0, []), told.stderr
    assert running.stop() == 0
