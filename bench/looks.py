"""What a public page weighs, and what Lighthouse says of it as a phone shows it."""

import http.client

from bench.installation import Installation
from bench.judging import judge
from bench.rows import Row, row


def looks(running: Installation, group: str, name: str, weighed: str, paths: list[str]) -> list[Row]:
    """The weight of the first of these pages, as the row `weighed`, and the worst scores of all of them."""
    weight = len(body(running, paths[0]))
    judged = judge(f"http://localhost:{running.port}", {}, paths)
    for one in judged:
        print(f"{one.path}: not passed: {', '.join(one.failed) or 'none'}")
    scores = {
        "accessibility": min(one.accessibility for one in judged),
        "best practice": min(one.best_practices for one in judged),
    }
    return [
        row(weighed, group, weight / 1000, "kB", size="not packed", limit=100, better="lower"),
        *(
            row(f"{name}, Lighthouse: {score}", group, value, "of 100", size="as on a phone", limit=95)
            for score, value in scores.items()
        ),
    ]


def body(running: Installation, path: str) -> bytes:
    """What a phone is sent of this path."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    connection.request("GET", path, headers={"user-agent": "Mozilla/5.0 (iPhone)"})
    found = connection.getresponse().read()
    connection.close()
    return found
