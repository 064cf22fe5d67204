"""Group `face`: how long each page takes at a million people and twenty million events, and what it weighs.

Asked over HTTP through the edge, as a browser asks, signed in, one page after another; the parts that a page asks for
by itself are measured too. The lake is that of the funnel's group; its people, sources and standings are put into the
database in bulk, since a million imports would take longer than the bench may.
"""

import gzip
import re
import time
from pathlib import Path

import httpx

from bench.funnel import fill
from bench.installation import Installation, installation
from bench.laked import WORKSPACE, laked
from bench.rows import Row, row

EVENTS = 20_000_000
TIMES = 40
PAGES = {
    "overview": "/",
    "overview: newest": "/overview/newest",
    "overview: funnel": "/overview/funnel?period=all",
    "overview: new people": "/overview/newcomers?period=all",
    "overview: stages": "/overview/stages",
    "people": "/people",
    "people of a stage": "/people?stage=repeat",
    "people found by name": "/people?q=%E7%8E%8B%E5%B0%8F",
    "person": "/people/1",
    "person: timeline": "/people/1/events",
    "events": "/events",
    "dead letters": "/events/dead-letters",
    "sources and spend": "/spend",
}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LOADED = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"')


def rows(size: str, *, peers: bool) -> list[Row]:
    """The slowest twentieth of each page's answers, and the heaviest page."""
    del peers
    made = laked(EVENTS * (2 if size == "large" else 1))
    with installation() as running:
        people = fill(running, made)
        _complete(running, made.people)
        said = f"{made.events / 1e6:,.0f} million events, {people / 1e6:.1f} million people"
        with _signed_in(running) as browser:
            found = [
                row(f"{name}, p95", "face", _slow(browser, path) * 1000, "ms", size=said, limit=200, better="lower")
                for name, path in PAGES.items()
            ]
            heaviest = max(_weight(browser, path) for path in PAGES.values())
    found.append(
        row("script and style of a page", "face", heaviest / 1000, "kB", size="gzip", limit=250, better="lower")
    )
    return found


def _slow(browser: httpx.Client, path: str) -> float:
    """Seconds that all but a twentieth of the answers took at most, the first of a kept answer among them."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = browser.get(path)
        took.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return sorted(took)[int(TIMES * 0.95)]


def _weight(browser: httpx.Client, path: str) -> int:
    """Bytes of what the page names, and of what its scripts may bring, compressed."""
    named = {address.partition("?")[0] for address in _LOADED.findall(browser.get(path).text)}
    built = Path("src/lianyi/web/static/built")
    later = {f"/static/built/{file.relative_to(built)}" for file in built.rglob("*.js")}
    return sum(len(gzip.compress(browser.get(one).content, 6)) for one in named | later)


def _signed_in(running: Installation) -> httpx.Client:
    browser = httpx.Client(base_url=running.ready["url"].rstrip("/"), timeout=60, follow_redirects=True)
    page = browser.get(running.ready["sign_in"])
    token = _TOKEN.search(page.text)
    assert token is not None
    browser.post(str(page.url), data={"csrfmiddlewaretoken": token[1]}).raise_for_status()
    return browser


def _complete(running: Installation, people: int) -> None:
    """An identity, a first day and a name for everybody, and stages for most."""
    with running.connect() as database, database.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO identity (workspace, number, kind, scope, value, hash, strong, person, first_seen_at)
            SELECT %s, n, 'cookie', 'default', 'c' || n, decode(md5('c' || n), 'hex'), false, n, 0
            FROM generate_series(1, 2 * %s) AS n WHERE n %% 2 = 1 OR n %% 20 <> 2 ON CONFLICT DO NOTHING
            """,
            [WORKSPACE, people],
        )
        cursor.execute(
            """
            INSERT INTO presence (workspace, identity, first_seen_at, last_seen_on)
            SELECT workspace, number, 1700000000000000 + (number % 730) * 86400000000, 20000 FROM identity
            """
        )
        cursor.execute(
            """
            UPDATE person SET name = '王小' || number, bigrams = ARRAY['王小', '小' || left(number::text, 1)]
            WHERE number % 5 = 0
            """
        )
        cursor.execute(
            """
            INSERT INTO standing (workspace, number, since, stage)
            SELECT workspace, number, 1700000000000000,
                (ARRAY['intent', 'first_purchase', 'repeat', 'dormant', 'won_back'])[1 + number % 5]
            FROM person WHERE number % 3 > 0
            """
        )
        cursor.execute("UPDATE identity_counter SET last = 2 * %s WHERE workspace = %s", [people, WORKSPACE])
        cursor.execute("VACUUM ANALYZE person, identity, presence, standing")
