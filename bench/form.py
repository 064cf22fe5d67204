"""Group `form`: how fast a form takes what people send, each submission and its consent on disk before it is answered;
what its page weighs, and what Lighthouse says of it.
"""

import http.client
import json
import random
from hashlib import sha256
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlencode

from bench.durable import SAID, acknowledged
from bench.installation import Installation, installation
from bench.looks import looks
from bench.rows import Row, row

SUBMISSIONS = 20_000
EVENTS = 2  # of each: what was answered, and a consent
BITS = 4  # of the puzzle: what is measured is the server, which checks any number of them by one hash
FORM = {
    "title": {"zh": "预约试用", "en": "Book a trial"},
    "fields": [
        {"kind": "text", "key": "name", "required": True, "label": {"zh": "姓名"}, "maps_to": "trait:name"},
        {"kind": "phone", "key": "phone", "required": True, "label": {"zh": "手机号"}, "maps_to": "phone"},
        {
            "kind": "choice",
            "key": "city",
            "label": {"zh": "城市"},
            "options": [{"value": one} for one in ("上海", "杭州", "成都", "other")],
            "maps_to": "trait:city",
        },
        {"kind": "long_text", "key": "wish", "label": {"zh": "想解决的问题"}},
        {
            "kind": "consent",
            "key": "agree",
            "required": True,
            "wording": {"zh": "我同意接收活动短信，可随时退订。"},
            "channel": "sms",
            "purposes": ["marketing"],
        },
    ],
    "guard": {"quickest": 0, "per_minute": 0, "work": BITS},
}


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    del peers
    count = SUBMISSIONS * (5 if size == "large" else 1)
    with installation() as running:
        address = _published(running)
        requests = [_request(address, number, issue) for number, issue in enumerate(_issues(running, address, count))]
        outcome = acknowledged(running, requests, 303, count * EVENTS)
        paths = [f"/f/{address}?lang=zh", f"/f/{address}/thanks?lang=zh"]
        told = looks(running, "form", "form", "form, page", paths)
    said = f"{count:,} submissions of five fields with a consent, {SAID}"
    speed = count / outcome.seconds
    return [
        row("form, acknowledged after fsync", "form", speed, "submissions/s", size=said, limit=800),
        row("form, p99", "form", 1000 * outcome.percentile(0.99), "ms", size=said, better="lower"),
        *told,
    ]


def _published(running: Installation) -> str:
    """Makes the form; its address."""
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(FORM, file)
        file.flush()
        made = running.run("form", "create", "Bench", "--file", file.name)
    running.run("form", "publish", str(made["id"]))
    return str(made["address"])


def _issues(running: Installation, address: str, count: int) -> list[dict[str, Any]]:
    """What as many pages of the form carry: a submission is one of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    found = []
    for _ in range(count):
        connection.request("GET", f"/f/{address}", headers={"accept": "application/json"})
        found.append(json.loads(connection.getresponse().read()))
    connection.close()
    return found


def _request(address: str, number: int, issue: dict[str, Any]) -> bytes:
    """What a browser sends that has solved the page's puzzle."""
    chance = random.Random(number)
    sent = {
        "ly_issue": issue["issue"],
        "ly_work": _solved(issue["riddle"]),
        "name": f"访客{number}",
        "phone": f"138{number:08}",
        "city": chance.choice(("上海", "杭州", "成都", "other")),
        "wish": "想了解产品是否适合我们的门店，以及多久可以上线。" * chance.randint(0, 4),
        "agree": "yes",
    }
    body = urlencode(sent).encode()
    head = (
        f"POST /f/{address} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Cookie: ly_id=visitor-{number}\r\nAccept-Language: zh-CN\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _solved(riddle: str) -> str:
    number = 0
    while sha256(f"{riddle}.{number}".encode()).digest()[0] >> (8 - BITS):
        number += 1
    return str(number)
