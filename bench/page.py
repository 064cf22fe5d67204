"""Group `page`: how many see a landing page, each view on disk before the page goes out; how many see one of its blocks
on a website, with the button that is theirs; what the page weighs, and what Lighthouse says of it.
"""

import json
import random
from tempfile import NamedTemporaryFile
from typing import Any

from bench.durable import SAID, acknowledged, answered
from bench.installation import Installation, installation
from bench.looks import body, looks
from bench.rows import Row, row
from bench.visits import VISITORS, visits

VIEWS = 50_000
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
        outcome = acknowledged(running, requests, 200, views)
        told = _placed(running, made["id"], VIEWS)
        told += looks(running, "page", "landing page", "landing page, document", [f"/p/{SLUG}?lang=zh"])
    said, name = f"{views:,} views of one page, {SAID}", "landing page, its view acknowledged after fsync"
    return [
        row(name, "page", views / outcome.seconds, "views/s", size=said, limit=1_500),
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
    outcome = answered(running, visits(frames, _frame, accept_encoding="gzip"), 200)
    said = f"{frames:,} frames for {VISITORS:,} known visitors, {SAID}"
    return [
        row("block on a website, its button chosen", "page", frames / outcome.seconds, "frames/s", size=said),
        row("block on a website, p99", "page", 1000 * outcome.percentile(0.99), "ms", size=said, better="lower"),
    ]


def _frame(chance: random.Random) -> str:
    return f"/p/{SLUG}/block/choice?ly_visitor=visitor-{chance.randrange(VISITORS)}&page=shop.example%2Foffers"


def _shown(running: Installation, visitor: str) -> str:
    text = body(running, f"/p/{SLUG}/block/choice?ly_visitor={visitor}").decode()
    return text.partition("/cta/choice/")[2].partition("?")[0]


def _file(said: Any) -> str:
    """The name of a file that holds this as JSON; it is gone with the machine's temporary files."""
    with NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(said, file)
    return file.name
