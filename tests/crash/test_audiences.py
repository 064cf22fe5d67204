"""`kill -9` at random points while people move through live segments, scores and hand-overs: what is kept is what a
rebuild makes, and each change was told once and in order, as events, mails and webhooks.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.browser.test_pages import send
from tests.conftest import variables_of
from tests.crash.audience import MEMBERS
from tests.crash.test_kills import GIVE_UP_AFTER, Sender, kill_at_random
from tests.foundation.webhooks.receiving import Receiver, receiver
from tests.program import Up, lianyi

SENDING_FOR = 8.0  # seconds
SENDERS = 3
PEOPLE = 12  # of each sender
WITHIN = 180.0  # seconds
ROOT = Path(__file__).parents[2]
REACHING_HERE = {"LIANYI_WEBHOOK_NETWORKS": "127.0.0.0/8", "LIANYI_WEBHOOK_HTTP": "1"}
NAMES = {"segment.entered", "segment.left", "score.changed", "handover.offered"}


class Moving(Sender):
    """Says where people live and what they do; some of them turn out to be one with a cookie of before."""

    def __init__(self, number: int, port: int, key: str, seed: int, until: float) -> None:
        super().__init__(port, key, seed, until)
        self._number = number

    def message(self, one_id: str) -> dict[str, Any]:
        chance, person = self._random, f"{self._number}-{self._random.randrange(PEOPLE)}"
        message: dict[str, Any] = {"messageId": one_id, "userId": f"u{person}", "type": "track"}
        match chance.randrange(8):
            case 0 | 1 | 2:
                city = chance.choice(["Shanghai", "Shanghai", "Beijing"])
                message |= {"type": "identify", "traits": {"city": city}}
                if person.endswith(("0", "1")) and chance.random() < 0.3:
                    message["anonymousId"] = f"c{person}"
            case 3:
                message["event"] = "Quote Asked"
            case 4:
                message = {"messageId": one_id, "anonymousId": f"c{person}", "type": "track", "event": "Product Viewed"}
            case _:
                message["event"] = "Product Viewed"
        return message


def ask(home: Path, *words: str) -> Any:
    """What the installation says, again and again until its database is there."""
    environment = {
        **variables_of(home),
        **REACHING_HERE,
        "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "lianyi.assembly.settings",
    }
    command = [sys.executable, "-m", "tests.crash.audience", *words]
    until = time.monotonic() + WITHIN
    while (done := subprocess.run(command, env=environment, capture_output=True, text=True, check=False)).returncode:
        assert "OperationalError" in done.stderr, done.stderr
        assert time.monotonic() < until, done.stderr
        time.sleep(0.5)
    return json.loads(done.stdout) if done.stdout else None


def settle(home: Path) -> None:
    """Until nothing waits to be told or sent, and what was told has gone through the pipeline itself."""
    until, quiet = time.monotonic() + WITHIN, 0
    while quiet < 2:
        drained = lianyi(home, "drain", "--timeout", "90", "--json")
        assert json.loads(drained.stdout) == {"drained": True}, drained.stderr
        left = ask(home, "waiting")
        quiet = 0 if left else quiet + 1
        assert time.monotonic() < until, left


def told_once_and_in_order(found: dict[str, Any]) -> None:
    told = found["told"]
    assert len({one["id"] for one in told}) == len(told)
    assert {one["name"] for one in told} <= NAMES
    moved = set(found["moved"])
    for number, kept in found["segments"].items():
        assert kept["members"] == kept["sums"]
        said: dict[str, list[str]] = {}
        for one in told:
            if one["said"].get("segment") == int(number):
                said.setdefault(str(one["person"]), []).append(one["name"])
        still = {person for person in {*said, *kept["people"]} if int(person) not in moved}
        assert {p: said.get(p) for p in still} == {p: kept["people"].get(p) for p in still}
    became: dict[str, list[list[str]]] = {}
    for one in told:
        if one["name"] == "score.changed":
            became.setdefault(str(one["person"]), []).append([one["said"]["from"], one["said"]["to"]])
    still = {person for person in {*became, *found["scores"]} if int(person) not in moved}
    assert {p: became.get(p) for p in still} == {p: found["scores"].get(p) for p in still}
    for person in still:
        steps = became[person]
        assert all(one[1] == other[0] for one, other in pairwise(steps)), steps


def offered_once(found: dict[str, Any]) -> None:
    offers, moved = found["offers"], set(found["moved"])
    told = Counter(str(int(one["said"]["handover"])) for one in found["told"] if one["name"] == "handover.offered")
    assert told == {number: takes for number, (_, _, takes) in offers.items()}
    holders = Counter(person for person, state, _ in offers.values() if state in ("offered", "accepted"))
    assert set(holders.values()) <= {1}
    hot = {
        one["person"] for one in found["told"] if one["name"] == "score.changed" and one["said"]["to"] == "hot"
    } - moved
    assert Counter(person for person, _, _ in offers.values() if person not in moved) == dict.fromkeys(hot, 1)


def left_once(home: Path, found: dict[str, Any], there: Receiver) -> None:
    assert found["mailed"] == sum(takes for _, _, takes in found["offers"].values())
    mails = [file.read_bytes() for file in (home / "mail").glob("*")]  # no folder where nobody became hot
    addresses = [f"To: {name}@example.com".encode() for name in MEMBERS]
    assert sum(any(one in mail for one in addresses) for mail in mails) == sum(found["mails"].values())
    assert set(found["mails"]) <= {"sent"}
    ids = [f"evt_{one['id']}" for one in found["told"]]
    assert sorted(found["hooks"]) == sorted(ids)
    first_calls = list(dict.fromkeys(there.ids()))
    assert sorted(first_calls) == sorted(ids)


@pytest.mark.crash
def test_each_change_of_an_audience_is_told_once_and_in_order(up: Callable[..., Up], stopped_home: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # shown when the test fails
    rnd = random.Random(seed)
    with receiver() as there:
        running = up("--json", **REACHING_HERE).wait_until_ready()
        send(running, {"type": "identify", "userId": "first", "traits": {"city": "Beijing"}})
        assert lianyi(stopped_home, "drain", "--timeout", "60").returncode == 0
        ask(stopped_home, "prepare", there.url)
        port = urlsplit(running.ready["url"]).port or 0
        until = time.monotonic() + SENDING_FOR
        key = running.ready["write_key"]
        senders = [Moving(number, port, key, rnd.getrandbits(32), until) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        killed = kill_at_random(running, rnd, until)
        for sender in senders:
            sender.join(GIVE_UP_AFTER + 20)
            assert not sender.is_alive()
        assert killed
        settle(stopped_home)
        file = stopped_home / "found.json"
        ask(stopped_home, "found", str(file))
        found = json.loads(file.read_text())
        told_once_and_in_order(found)
        offered_once(found)
        left_once(stopped_home, found, there)
        assert {one["name"] for one in found["told"]} == NAMES
        for name in ("identity", "profiles", "columns", "scoring", "segments", "handover"):
            told = lianyi(stopped_home, "replay", name, "--check", "--json")
            assert (told.returncode, json.loads(told.stdout)["different"]) == (0, []), (name, told.stderr)
        assert running.stop() == 0
