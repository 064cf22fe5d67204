"""Group `page`: how many see a landing page, each view on disk before the page goes out."""

from bench import load
from bench.installation import installation
from bench.rows import Row, row
from bench.visits import visits

VIEWS = 50_000
CONNECTIONS = 64
SLUG = "fair"


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
    ]
