"""Group `redirect`: how fast who follows a short link gets on, each click on disk before."""

from bench import load
from bench.installation import Installation, installation
from bench.rows import Row, row
from bench.visits import visits

LINKS = 10_000
CLICKS = 100_000
CONNECTIONS = 64


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    del peers
    clicks = CLICKS * (10 if size == "large" else 1)
    with installation() as running:
        _make_links(running)
        requests = visits(clicks, lambda chance: f"/l/c{chance.randrange(LINKS) + 1}")
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
