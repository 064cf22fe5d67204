"""Short links and channel codes: one click becomes one event, on disk before the visitor goes on.

What a visitor has to be told instead (a password is asked for, the link is over, or there is none) is the web process's
to say. When the log cannot take the click the visitor goes on all the same: nobody is left at a dead end by our
trouble, and the log of the edge says how many were not counted.
"""

import secrets
import time
from html import escape
from urllib.parse import parse_qs, urlsplit

import psycopg
import structlog

from lianyi.edge.appender import Unavailable
from lianyi.edge.callers import Caller, Callers
from lianyi.edge.hosts import Hosts
from lianyi.edge.http import Answer, Header, Scope, problem
from lianyi.edge.lookups import Database, Gathered
from lianyi.edge.recording import Recorder
from lianyi.edge.visitors import Visitor, visitor_of
from lianyi.events.intake.clicks import click_mark
from lianyi.events.intake.own import OwnEvent
from lianyi.foundation.places import Place, place_of
from lianyi.kernel.clock import SECOND
from lianyi.kernel.ids import digest
from lianyi.links.looking_up import FIND, link_in
from lianyi.links.opening import PARAMETER, is_open
from lianyi.links.routing import CODE, app_for, carrying, target_for
from lianyi.links.schemas import Link

CHANGES_WITHIN = 2.0  # seconds until a new target holds everywhere
MOST = 100_000  # links that are remembered
_LONGEST = 200  # characters of a slug that is looked for
# A preview of the address belongs to the target, and each click has to come to us.
_PRIVATE: tuple[Header, ...] = (
    (b"cache-control", b"private, no-store"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"referrer-policy", b"no-referrer-when-downgrade"),
    (b"x-content-type-options", b"nosniff"),
)

_PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{opening}</title>
<style nonce="{nonce}">body{{font:1.1rem/1.6 system-ui;margin:20vh auto;max-width:20rem;padding:0 1rem;
text-align:center;color-scheme:light dark}}
a{{display:block;margin:1rem 0;padding:.8rem;border:1px solid;border-radius:.5rem}}</style>
<main><h1>{opening}</h1><a href="{app}">{open}</a><a id="web" href="{target}">{stay}</a></main>
<script nonce="{nonce}">const web=document.getElementById("web");location.href=document.querySelector("a").href;
setTimeout(()=>document.hidden||location.replace(web.href),1500)</script></html>
"""
_ENGLISH = {"lang": "en", "opening": "Opening the app", "open": "Open the app", "stay": "Go on in the browser"}
_CHINESE = {"lang": "zh-Hans", "opening": "正在打开应用", "open": "打开应用", "stay": "在浏览器中继续"}

_CIRCLE = problem(
    508, "link.circle", "This link leads to another link, so a redirect would go round in a circle.", *_PRIVATE
)

log = structlog.get_logger()


class Clicks:
    """Answers who follows a link."""

    def __init__(self, database: Database, secret: bytes, recorder: Recorder, callers: Callers, hosts: Hosts) -> None:
        self._secret = secret
        self._recorder = recorder
        self._callers = callers
        self._hosts = hosts
        self._links = Gathered(
            database, FIND, ("hosts", "slugs"), link_in, good_for=CHANGES_WITHIN, bad_for=CHANGES_WITHIN, most=MOST
        )

    async def follow(self, scope: Scope, host: str | None, slug: str) -> Answer | None:
        """The way to the target of the link of this slug on an own domain, or at the installation's own address; None
        where there is something to say first.
        """
        if scope["method"] not in ("GET", "HEAD") or not 0 < len(slug) <= _LONGEST or "\x00" in slug:
            return None
        try:
            link = await self._links.find((host, slug.lower()))
        except (psycopg.Error, OSError):
            return problem(503, "link.unavailable", "The link cannot be looked up.", (b"retry-after", b"2"))
        now = time.time_ns() // 1000
        if link is None or (link.password and not self._is_open(link, scope, now)):
            return None
        if link.over(now):
            return _to(link.expired_target) if await self._leads_out(link.expired_target) else None
        return await self._counted(scope, link, now)

    async def _counted(self, scope: Scope, link: Link, now: int) -> Answer:
        caller = self._callers.caller_of(scope)
        visitor = visitor_of(scope, caller)
        place = place_of(caller.address)
        device, system = caller.device.kind, caller.device.system
        target, route = target_for(
            link, place.country, place.region, device, system or "other", caller.language, _draw(link, visitor)
        )
        if await self._goes_round(scope, target):
            log.warning("click.circle", workspace=link.workspace, link=link.number)
            return _CIRCLE
        event = OwnEvent(
            id=secrets.token_hex(16),
            name=link.event,
            at=now,
            who=visitor.claims(),
            origin="link",
            properties=_facts(link, route, caller, place),
            source=link.source,
            machine=caller.machine,
        )
        try:
            await self._recorder.record(link.workspace, [event], now)
        except Unavailable:
            log.warning("click.uncounted", workspace=link.workspace, link=link.number)
        to = carrying(target, link, click_mark(visitor.value, now) if visitor.value else "")
        cookie = visitor.header(tls=self._callers.came_by_tls(scope))
        app = app_for(link, system) if route == 0 and not caller.device.app else ""
        return _to_app(app, to, caller.language, cookie) if app else _to(to, cookie)

    async def _goes_round(self, scope: Scope, target: str) -> bool:
        """Whether who came by a link of ours would be led to one again: no target was a link of ours when it was
        checked, but a host may have become an own domain since.
        """
        comes_by_link = CODE in parse_qs(scope["query_string"].decode("latin-1"))
        return comes_by_link and not await self._leads_out(target)

    async def _leads_out(self, target: str) -> bool:
        """Whether there is a target, and it is no link of ours; when nobody can tell, it was none when it was made."""
        try:
            return bool(target) and not await self._hosts.is_link(target)
        except (psycopg.Error, OSError):
            return True

    def _is_open(self, link: Link, scope: Scope, now: int) -> bool:
        """Whether the address carries what the page that asks for the password gives."""
        tokens = parse_qs(scope["query_string"].decode("latin-1")).get(PARAMETER, [""])
        return is_open(self._secret, link, tokens[0], now / SECOND)


def _draw(link: Link, visitor: Visitor) -> float:
    """From 0 to 1: always the same for a visitor who is known, so that coming again leads to the same target."""
    if not visitor.value:
        return secrets.randbits(32) / (1 << 32)
    return int.from_bytes(digest("route", str(link.number), visitor.value)[:4], "big") / (1 << 32)


def _facts(link: Link, route: int, caller: Caller, place: Place) -> dict[str, object]:
    """What the event says of the click; what is unknown is left out."""
    facts = {
        "route": route,
        "country": place.country,
        "region": place.region,
        "city": place.city,
        "device": caller.device.kind,
        "system": caller.device.system,
        "app": caller.device.app,
        "language": caller.language,
        "referrer": caller.referrer,
    }
    return link.facts | {name: value for name, value in facts.items() if value}


def _to(target: str, cookie: Header | None = None) -> Answer:
    headers = (*_PRIVATE, (b"location", target.encode()))
    return Answer(302, b"", (*headers, cookie) if cookie else headers)


def _to_app(app: str, target: str, language: str, cookie: Header | None) -> Answer:
    """To an app. Its own scheme leads nowhere where the app is not installed: then a page offers both ways, and takes
    the second by itself.
    """
    if urlsplit(app).scheme in ("http", "https"):
        return _to(app, cookie)
    nonce = secrets.token_urlsafe(16)
    words = _CHINESE if language.lower().startswith("zh") else _ENGLISH
    page = _PAGE.format(app=escape(app), target=escape(target), nonce=nonce, **words).encode()
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none'"
    headers = (*_PRIVATE, (b"content-type", b"text/html; charset=utf-8"), (b"content-security-policy", policy.encode()))
    return Answer(200, page, (*headers, cookie) if cookie else headers)
