"""Group `face`: how long each page takes at a million people and twenty million events, and what it weighs.

Asked over HTTP through the edge, as a browser asks, signed in, one page after another; the parts that a page asks for
by itself are measured too. The lake is that of the funnel's group; its people, sources and standings are put into the
database in bulk, since a million imports would take longer than the bench may.
"""

import gzip
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.funnel import fill
from bench.installation import Installation, installation
from bench.judging import judge, judged_rows
from bench.laked import WORKSPACE, laked
from bench.rows import Row, row

EVENTS = 20_000_000
TIMES = 40
PAGES = {
    "overview": "/",
    "first steps": "/first-steps",
    "people": "/people",
    "people of a stage": "/people?stage=repeat",
    "people found by name": "/people?q=%E7%8E%8B%E5%B0%8F",
    "people found by one character": "/people?q=%E7%8E%8B",
    "person": "/people/1",
    "duplicates": "/people/duplicates",
    "two alike": "/people/duplicates/1/3",
    "identity conflicts": "/people/conflicts",
    "events": "/events",
    "types of events": "/events/catalogue",
    "dead letters": "/events/dead-letters",
    "sources and spend": "/spend",
    "a line of spend": "/spend/1",
    "imports": "/imports",
    "an import": "/imports/1",
    "my own": "/me",
    "settings: traits": "/settings/traits",
    "settings: tags": "/settings/tags",
    "settings: stages": "/settings/stages",
    "settings: funnel": "/settings/funnel",
    "settings: write keys": "/settings/keys",
    "settings: API tokens": "/settings/tokens",
    "settings: webhooks": "/settings/webhooks",
    "settings: members": "/settings/members",
    "settings: workspace": "/settings/workspace",
    "settings: audit": "/settings/audit",
    "settings: privacy": "/settings/privacy",
}
PARTS = {  # that a page asks for by itself
    "overview: newest": "/overview/newest",
    "overview: funnel": "/overview/funnel?period=all",
    "overview: new people": "/overview/newcomers?period=all",
    "overview: stages": "/overview/stages",
    "person: timeline": "/people/1/events",
}
SPENT = {"from": "2024-01-01", "channel": "wechat", "amount": "100", "currency": "CNY"}
FILE = {"file": ("people.csv", b"phone,name\n13800138000,A\n", "text/csv")}
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LOADED = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"')


def rows(size: str, *, peers: bool) -> list[Row]:
    """The slowest twentieth of each page's answers, the heaviest page, and what Lighthouse thinks least of."""
    del peers
    made = laked(EVENTS * (2 if size == "large" else 1))
    with installation() as running:
        people = fill(running, made)
        _complete(running, made.people)
        said = f"{made.events / 1e6:,.0f} million events, {people / 1e6:.1f} million people"
        with _signed_in(running) as browser:
            _give(browser, "/spend", "/spend/add", SPENT)
            _give(browser, "/imports", "/imports", {}, files=FILE)
            found = [
                row(f"{name}, p95", "face", _slow(browser, path) * 1000, "ms", size=said, limit=200, better="lower")
                for name, path in {**PAGES, **PARTS}.items()
            ]
            heaviest = max(_weight(browser, path) for path in PAGES.values())
            found.append(
                row("script and style of a page", "face", heaviest / 1000, "kB", size="gzip", limit=250, better="lower")
            )
            return found + _judged(browser)


def _judged(browser: httpx.Client) -> list[Row]:
    judged = judge(str(browser.base_url).rstrip("/"), dict(browser.cookies), list(PAGES.values()))
    return judged_rows(f"Lighthouse, least of {len(judged)} pages", "face", judged)


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


@contextmanager
def _signed_in(running: Installation) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.ready["url"].rstrip("/"), timeout=60, follow_redirects=True) as browser:
        link = running.ready["sign_in"]
        _give(browser, link, link, {})
        yield browser


def _give(browser: httpx.Client, page: str, to: str, typed: dict[str, str], **more: Any) -> None:
    """Sends a form of the page."""
    token = _TOKEN.search(browser.get(page).text)
    assert token is not None
    browser.post(to, data={"csrfmiddlewaretoken": token[1], **typed}, **more).raise_for_status()


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
            UPDATE person SET name = '王小' || number,
                bigrams = ARRAY['小', '小' || left(number::text, 1), '王', '王小']
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
        cursor.execute(
            """
            INSERT INTO duplicate_suggestion (workspace, a, b, probability, found_at, reasons)
            SELECT %s, n, n + 2, 0.5 + (n %% 400) / 1000.0, 1700000000000000,
                '[{"field": "phone", "level": "same", "bits": 6.5}]'
            FROM generate_series(1, 200000, 2) AS n WHERE n %% 20 <> 0
            """,
            [WORKSPACE],
        )
        cursor.execute("UPDATE identity_counter SET last = 2 * %s WHERE workspace = %s", [people, WORKSPACE])
        cursor.execute("VACUUM ANALYZE person, identity, presence, standing, duplicate_suggestion")
