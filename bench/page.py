"""Group `page`: how many see a landing page, each view on disk before the page goes out; how many see one of its blocks
on a website, with the button that is theirs; what the page weighs, and what Lighthouse says of it.
"""

import gzip
import http.client
import json
import random
from tempfile import NamedTemporaryFile
from typing import Any

from bench import load
from bench.installation import Installation, installation
from bench.judging import judge
from bench.rows import Row, row
from bench.visits import VISITORS, visits

VIEWS = 50_000
CONNECTIONS = 64
SLUG = "fair"
REGULARS = {"kind": "did", "event": "page.reached", "at_least": 2}


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    del peers
    views = VIEWS * (10 if size == "large" else 1)
    with installation() as running:
        made = running.run("page", "create", SLUG, "--template", "trial")
        running.run("page", "publish", str(made["id"]))
        requests = visits(views, lambda _: f"/p/{SLUG}", accept_encoding="gzip")
        with running.paused("worker"):
            outcome = load.run(running.port, iter(requests), connections=CONNECTIONS)
        with running.connect() as database:
            found = database.execute("SELECT sum(count) FROM log WHERE key = 0").fetchone()
        if outcome.statuses != {200: views} or found is None or found[0] != views:
            raise RuntimeError(f"{outcome.statuses} and {found} for {views} views")
        told = [*_placed(running, made["id"], VIEWS), *_looks(running)]
    said = f"{views:,} views of one page, {CONNECTIONS} connections, load on the same machine, no worker"
    return [
        row(
            "landing page, its view acknowledged after fsync",
            "page",
            views / outcome.seconds,
            "views/s",
            size=said,
            limit=1_500,
            better="higher",
        ),
        row("landing page, p99", "page", 1000 * outcome.percentile(0.99), "ms", size=said, better="lower"),
        *told,
    ]


def _placed(running: Installation, page: int, frames: int) -> list[Row]:
    """A block as visitors of a website see it, who are known by then: some of them are regulars."""
    if not running.run("drain", "--timeout", "600")["drained"]:
        raise RuntimeError("the views were not worked off")
    segment = running.run("segment", "create", "Regulars", _file(REGULARS))["id"]
    draft = running.run("page", "show", str(page))
    options = [
        {"key": key, "label": {"zh": key}, "target": f"https://shop.example/{key}", **more}
        for key, more in (("free", {"segment": segment}), ("trial", {}))
    ]
    draft["blocks"].append({"kind": "cta", "key": "choice", "title": {"zh": "下一步"}, "options": options})
    running.run("page", "save", str(page), _file(draft))
    running.run("page", "publish", str(page))
    running.run("drain", "--timeout", "600")
    chosen = {_shown(running, f"visitor-{number}") for number in range(200)}
    if chosen != {"free", "trial"}:
        raise RuntimeError(f"visitors are shown {chosen}")
    requests = visits(frames, _frame, accept_encoding="gzip")
    with running.paused("worker"):
        outcome = load.run(running.port, iter(requests), connections=CONNECTIONS)
    if outcome.statuses != {200: frames}:
        raise RuntimeError(f"{outcome.statuses} for {frames} frames")
    said = f"{frames:,} frames for {VISITORS:,} known visitors, {CONNECTIONS} connections, load on the same machine"
    return [
        row("block on a website, its button chosen", "page", frames / outcome.seconds, "frames/s", size=said),
        row(
            "block on a website, p99", "page", 1000 * outcome.percentile(0.99), "ms", size=said, better="lower"
        ),
    ]  # fmt: skip


def _frame(chance: random.Random) -> str:
    return f"/p/{SLUG}/block/choice?ly_visitor=visitor-{chance.randrange(VISITORS)}&page=shop.example%2Foffers"


def _shown(running: Installation, visitor: str) -> str:
    text = _body(running, f"/p/{SLUG}/block/choice?ly_visitor={visitor}").decode()
    return text.partition("/cta/choice/")[2].partition("?")[0]


def _looks(running: Installation) -> list[Row]:
    """The page as visitors get it, on a phone."""
    weight = len(gzip.decompress(_body(running, f"/p/{SLUG}", **{"accept-encoding": "gzip"})))
    (judged,) = judge(f"http://localhost:{running.port}", {}, [f"/p/{SLUG}?lang=zh"])
    print(f"{judged.path}: not passed: {', '.join(judged.failed) or 'none'}")
    scores = {"accessibility": judged.accessibility, "best practice": judged.best_practices}
    return [
        row("landing page, document", "page", weight / 1000, "kB", size="not packed", limit=100, better="lower"),
        *(
            row(f"landing page, Lighthouse: {name}", "page", score, "of 100", size="as on a phone", limit=95)
            for name, score in scores.items()
        ),
    ]


def _body(running: Installation, path: str, **headers: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    connection.request("GET", path, headers={"user-agent": "Mozilla/5.0 (iPhone)", **headers})
    body = connection.getresponse().read()
    connection.close()
    return body


def _file(said: Any) -> str:
    """The name of a file that holds this as JSON; it is gone with the machine's temporary files."""
    with NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(said, file)
    return file.name
