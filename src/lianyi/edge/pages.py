"""Landing pages from memory: one view becomes one event, on disk before the page goes out; a button counts its click.

When the log cannot take the view the page goes out all the same: nobody is left at a dead end by our trouble. Which
variant a visitor has is drawn from their cookie; which button, by the segments that they are in. Whoever is not known
costs no question, and neither does a page without such buttons. A block of a page on somebody's website is `placed`.
"""

import gzip
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

import psycopg
import structlog

from lianyi.edge.appender import Unavailable
from lianyi.edge.callers import Caller, Callers, site_of
from lianyi.edge.evidence import Told, source_of
from lianyi.edge.form_calls import query_of
from lianyi.edge.forms import Forms
from lianyi.edge.hosts import Domain
from lianyi.edge.http import Answer, Header, Scope, header, problem
from lianyi.edge.intents import Intents
from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.placed import TOKEN, Placed, Query
from lianyi.edge.recording import Recorder
from lianyi.edge.visitors import Visitor, visitor_of
from lianyi.events.intake.clicks import click_mark
from lianyi.events.intake.own import OwnEvent
from lianyi.growth.forms.rendering import SCRIPT
from lianyi.growth.pages.looking_up import FIND, LISTED, Published, page_in, slugs_in
from lianyi.growth.pages.phrases import NO_FORM
from lianyi.growth.pages.places import Place
from lianyi.growth.pages.rendering import Rendered, rendered
from lianyi.growth.pages.schemas import forms_of, options_of
from lianyi.growth.pages.targets import target
from lianyi.kernel.clock import from_micros
from lianyi.kernel.ids import digest

CHANGES_WITHIN = 2.0  # seconds until what is published is seen everywhere
DRAWN_FOR = 60 * 1_000_000  # µs that a drawn page is kept: what a countdown says without scripts changes
MOST_DRAWN = 500
MOST_BYTES = 100_000_000  # of the drawn pages
_PATH = re.compile(r"/p/([a-z0-9-]{1,60})(?:/cta/([a-z0-9-]{1,40})/([a-z0-9-]{1,40}))?")
_BLOCK = re.compile(r"/p/([a-z0-9-]{1,60})/block/([a-z0-9-]{1,40})")
_RETRY: Header = (b"retry-after", b"2")
_COMMON: tuple[Header, ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"accept-encoding, accept-language, cookie"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)

log = structlog.get_logger()


class _Drawn:
    """A page as it goes out, plain and packed."""

    __slots__ = ("at", "headers", "packed", "plain", "tag")

    def __init__(self, found: Rendered, at: int) -> None:
        self.at = at
        self.plain = found.body
        self.packed = gzip.compress(found.body, 6, mtime=0)
        self.tag = b'"' + digest(found.body).hex()[:16].encode() + b'"'
        self.headers = (*_COMMON, (b"content-security-policy", found.policy.encode()), (b"etag", self.tag))


class Pages:
    """Answers who comes to a landing page."""

    def __init__(self, database: Database, secret: bytes, recorder: Recorder, callers: Callers, forms: Forms) -> None:
        self._recorder, self._callers, self._forms = recorder, callers, forms
        self._secret = secrets.token_hex(12)
        self._lookup = Lookup(database, FIND, page_in, good_for=CHANGES_WITHIN)
        self._listed = Lookup(database, LISTED, slugs_in)
        self._intents = Intents(database, secret)
        self._placed = Placed(secret, self._lookup, self._intents, callers, forms)
        self._drawn: OrderedDict[tuple[object, ...], _Drawn] = OrderedDict()
        self._bytes = 0

    async def answer(self, scope: Scope, domain: Domain | None) -> Answer | None:
        """The page at the address of the request, on an own domain or at the installation's own address; None where
        there is none.
        """
        path, host = scope["path"], None if domain is None else domain.host
        if scope["method"] not in ("GET", "HEAD"):
            return None
        try:
            if path == "/robots.txt":
                return await self._robots(scope, host)
            if path == "/sitemap.xml" and host is not None:
                return await self._sitemap(scope, host)
            if block := _BLOCK.fullmatch(path):
                query = query_of(scope["query_string"])
                page = await self._placed.page(domain, block[1], query)
                return await self._placed.shown(scope, page, block[2], query)
            asked = _PATH.fullmatch(path)
            if asked is None:
                return None
            query = query_of(scope["query_string"])
            if TOKEN in query:
                page = await self._placed.page(domain, asked[1], query)
            else:
                page = await self._lookup.find((host, asked[1]), {"host": host, "slug": asked[1]})
            if page is None:
                return None
            if asked[2]:
                return await self._clicked(scope, page, asked[2], asked[3], query)
            return await self._shown(scope, page, query)
        except (psycopg.Error, OSError):
            return problem(503, "page.unavailable", "The page cannot be looked up.", _RETRY)

    async def _shown(self, scope: Scope, page: Published, query: Query) -> Answer:
        now = time.time_ns() // 1000
        caller = self._callers.caller_of(scope)
        visitor = visitor_of(scope, caller)
        language = _language(page, query.get("lang", [""])[0], caller.language)
        variant = self._intents.variant(page, visitor)
        chosen = await self._intents.chosen(page, page.definition.shown(variant), visitor)
        drawn = self._draw(page, site_of(scope, self._callers), language, variant, tuple(sorted(chosen.items())), now)
        facts = {"version": page.version, "language": language, "variant": variant, "chosen": chosen or None}
        await self._record(page, "page.reached", visitor, caller, now, facts, source_of(scope, query))
        cookie = visitor.header(tls=self._callers.came_by_tls(scope))
        headers = (*drawn.headers, cookie) if cookie else drawn.headers
        packs = b"gzip" in header(scope, b"accept-encoding")
        if asked := forms_of(page.definition.shown(variant)):
            plain = await self._filled(scope, page, asked, language, drawn.plain)
            body = gzip.compress(plain, 1, mtime=0) if packs else plain
            headers = tuple(one for one in headers if one[0] != b"etag")  # each reader gets a form of their own
        elif not cookie and drawn.tag in header(scope, b"if-none-match"):
            return Answer(304, b"", headers)
        else:
            body = drawn.packed if packs else drawn.plain
        if packs:
            headers = (*headers, (b"content-encoding", b"gzip"))
        return Answer(200, b"" if scope["method"] == "HEAD" else body, headers)

    async def _filled(self, scope: Scope, page: Published, asked: list[int], language: str, plain: bytes) -> bytes:
        """The page with its forms, each with an issue of its own; their script once, behind the last."""
        script = f"<script>{SCRIPT}</script>"
        for place, form in enumerate(asked):
            html = await self._forms.within(scope, page.workspace, form, language, f"/p/{page.slug}")
            shown = html or f'<p class="note">{escape(NO_FORM.told(language))}</p>'
            if place < len(asked) - 1:
                shown = shown.replace(script, "")
            plain = plain.replace(self._mark(form).encode(), shown.encode())
        return plain

    def _mark(self, form: int) -> str:
        """What stands in the drawn page for a form: nobody can write it into a text."""
        return f"<!--{self._secret}-{form}-->"

    async def _clicked(self, scope: Scope, page: Published, block: str, option: str, query: Query) -> Answer | None:
        """On to where the button leads; None for one that the page does not have."""
        found = next(
            (
                one
                for shown in page.definition.every_block()
                if shown.key == block
                for one in options_of(shown)
                if one.key == option
            ),
            None,
        )
        if found is None:
            return None
        now = time.time_ns() // 1000
        caller = self._callers.caller_of(scope)
        pressed = self._placed.pressed(scope, caller, page, query)
        visitor = visitor_of(scope, caller) if pressed is None else pressed.visitor
        # One without a cookie yet saw the page by another.
        variant = None if visitor.fresh else self._intents.variant(page, visitor)
        facts = {"block": block, "option": option, "variant": variant, "site": pressed and pressed.site}
        await self._record(page, "cta.clicked", visitor, caller, now, facts, None)
        to = target(found.target)
        if to.startswith("http") and visitor.value:
            to = _marked(to, click_mark(visitor.value, now))
        headers: tuple[Header, ...] = ((b"location", to.encode()), (b"cache-control", b"private, no-store"))
        headers = (*headers, (b"x-robots-tag", b"noindex, nofollow"))
        cookie = visitor.header(tls=self._callers.came_by_tls(scope))
        return Answer(303, b"", (*headers, cookie) if cookie else headers)

    async def _record(
        self,
        page: Published,
        name: str,
        visitor: Visitor,
        caller: Caller,
        now: int,
        facts: Mapping[str, object],
        source: Told | None,
    ) -> None:
        said = {"page": page.id, "slug": page.slug, **facts, "device": caller.device.kind, "referrer": caller.referrer}
        event = OwnEvent(
            id=secrets.token_hex(16),
            name=name,
            at=now,
            who=visitor.claims(),
            origin="page",
            properties={name: value for name, value in said.items() if value},
            source=source,
            machine=caller.machine,
        )
        try:
            await self._recorder.record(page.workspace, [event], now)
        except Unavailable:
            log.warning("page.uncounted", workspace=page.workspace, page=page.id)

    def _draw(
        self, page: Published, site: str, language: str, variant: str, chosen: tuple[tuple[str, str], ...], now: int
    ) -> _Drawn:
        key = (page.id, page.version, page.write_key, site, language, variant, chosen)
        known = self._drawn.get(key)
        if known is not None and now - known.at < DRAWN_FOR:
            return known
        asked = forms_of(page.definition.shown(variant))
        marks = {form: self._mark(form) for form in asked}
        scripts = (SCRIPT,) if asked else ()
        place = Place(site, f"/p/{page.slug}", page.write_key, page.pictures, page.videos, marks, scripts)
        at: datetime = from_micros(now).astimezone(UTC)
        found = rendered(page.definition, place, at, language=language, variant=variant, chosen=dict(chosen))
        if known is not None and known.plain == found.body:
            known.at = now
            return known
        drawn = _Drawn(found, now)
        self._drawn[key] = drawn
        self._bytes += len(drawn.plain)
        while len(self._drawn) > MOST_DRAWN or (self._bytes > MOST_BYTES and len(self._drawn) > 1):
            self._bytes -= len(self._drawn.popitem(last=False)[1].plain)
        return drawn

    async def _robots(self, scope: Scope, host: str | None) -> Answer:
        """What crawlers may read: everything that is to be read, and no button that counts who presses it."""
        listed = host is not None and await self._listed.find(host, {"host": host})
        sitemap = f"Sitemap: {site_of(scope, self._callers)}/sitemap.xml\n" if listed else ""
        body = f"User-agent: *\nDisallow: /p/*/cta/\n{sitemap}"
        return Answer(200, body.encode(), ((b"content-type", b"text/plain; charset=utf-8"),))

    async def _sitemap(self, scope: Scope, host: str) -> Answer | None:
        slugs = await self._listed.find(host, {"host": host})
        if not slugs:
            return None
        site = site_of(scope, self._callers)
        places = "".join(f"<url><loc>{site}/p/{slug}</loc></url>" for slug in slugs)
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>\n'
        )
        return Answer(200, body.encode(), ((b"content-type", b"application/xml; charset=utf-8"),))


def _language(page: Published, asked: str, caller: str) -> str:
    """The language that the address asks for, else the browser, of those that the page is offered in."""
    offered = page.definition.languages
    wanted = asked or ("" if not caller else "zh" if caller.lower().startswith("zh") else "en")
    return wanted if wanted in offered else offered[0]


def _marked(to: str, mark: str) -> str:
    """The target with the click, by which the site that it leads to knows the same visitor."""
    front, sign, fragment = to.partition("#")
    return f"{front}{'&' if '?' in front else '?'}ly_click={quote(mark, safe='')}{sign}{fragment}"
