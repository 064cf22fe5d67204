"""Group `redirect`: how fast who follows a short link gets on, each click on disk before."""

import random

from bench import load
from bench.installation import Installation, installation
from bench.rows import Row, row

LINKS = 10_000
CLICKS = 100_000
VISITORS = 30_000
CONNECTIONS = 64
AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49",
    "Mozilla/5.0 (Linux; Android 14; V2203A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Safari/537.36",
    "Twitterbot/1.0",
)


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    del peers
    clicks = CLICKS * (10 if size == "large" else 1)
    with installation() as running:
        _make_links(running)
        requests = _requests(clicks)
        with running.paused("worker"):
            outcome = load.run(running.port, iter(requests), connections=CONNECTIONS)
        with running.connect() as database:
            found = database.execute("SELECT sum(count) FROM log WHERE key = 0").fetchone()
    if outcome.statuses != {302: clicks} or found is None or found[0] != clicks:
        raise RuntimeError(f"{outcome.statuses} and {found} for {clicks} clicks")
    said = f"{clicks:,} clicks on {LINKS:,} codes, {CONNECTIONS} connections, load on the same machine, no worker"
    return [
        row(
            "redirect, acknowledged after fsync",
            "redirect",
            clicks / outcome.seconds,
            "clicks/s",
            size=said,
            limit=5_000,
            better="higher",
        ),
        row(
            "redirect, p99",
            "redirect",
            1000 * outcome.percentile(0.99),
            "ms",
            size=said,
            limit=50,
            better="lower",
        ),
    ]


def _make_links(running: Installation) -> None:
    with running.connect() as database:
        database.execute(
            """
            INSERT INTO short_link (workspace, slug, kind, name, target, code, channel, medium, term, content, routes,
                ios, android, expired_target, password, holder_kind, holder, created_at)
            SELECT (SELECT id FROM workspace LIMIT 1), 'c' || n, 'code', 'Stand ' || n, 'https://shop.example.com/tea?n='
                || n, 'c' || n, 'offline', 'poster', '', '', '[]', '', '', '', '', 'stand', 'Stand ' || n, 0
            FROM generate_series(1, %s) AS n
            """,
            [LINKS],
        )


def _requests(clicks: int) -> list[bytes]:
    """Three in four come with the cookie of a visitor that was here before."""
    chance = random.Random(1)
    found = []
    for _ in range(clicks):
        told = {"user_agent": chance.choice(AGENTS), "accept_language": "zh-CN,zh;q=0.9"}
        if chance.random() < 0.75:
            told["cookie"] = f"ly_id=visitor-{chance.randrange(VISITORS)}"
        found.append(load.visit(f"/l/c{chance.randrange(LINKS) + 1}", **told))
    return found
