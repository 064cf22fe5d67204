"""What a public page weighs, and what Lighthouse says of it as a phone shows it."""

import http.client

from bench.installation import Installation
from bench.judging import FOUND, judge, judged_rows
from bench.rows import Row, row


def looks(running: Installation, group: str, name: str, weighed: str, paths: list[str]) -> list[Row]:
    """The weight of the first of these pages, as the row `weighed`, and the worst scores of all of them; how it is
    found and how fast it shows are scores of the first alone, since the others follow from it.
    """
    base = f"http://localhost:{running.port}"
    judged = judge(base, {}, paths[:1], FOUND) + judge(base, {}, paths[1:])
    return [
        row(weighed, group, len(body(running, paths[0])) / 1000, "kB", size="not packed", limit=100, better="lower"),
        *judged_rows(f"{name}, Lighthouse", group, judged),
    ]


def body(running: Installation, path: str) -> bytes:
    """What a phone is sent of this path."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    connection.request("GET", path, headers={"user-agent": "Mozilla/5.0 (iPhone)"})
    found = connection.getresponse().read()
    connection.close()
    return found
