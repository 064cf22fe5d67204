"""Group `redirect`: how fast who follows a short link gets on, each click on disk before."""

from bench.durable import SAID, acknowledged
from bench.installation import Installation, installation
from bench.rows import Row, row
from bench.visits import visits

LINKS = 10_000
CLICKS = 100_000


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    del peers
    clicks = CLICKS * (10 if size == "large" else 1)
    with installation() as running:
        _make_links(running)
        requests = visits(clicks, lambda chance: f"/l/c{chance.randrange(LINKS) + 1}")
        outcome = acknowledged(running, requests, 302, clicks)
    said, name = f"{clicks:,} clicks on {LINKS:,} codes, {SAID}", "redirect, acknowledged after fsync"
    return [
        row(name, "redirect", clicks / outcome.seconds, "clicks/s", size=said, limit=5_000),
        row("redirect, p99", "redirect", 1000 * outcome.percentile(0.99), "ms", size=said, limit=50, better="lower"),
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
