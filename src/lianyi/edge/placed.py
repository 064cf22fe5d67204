"""Blocks of published pages on websites: `/p/PAGE/block/KEY` is the frame that lianyi.js puts where a website has a
place for one (growth/forms/embed.js).

Whom the website names is who looks, as its tracker names them in events; a cookie of ours is neither read nor given, so
that a website learns nothing of whom it does not know already. Seeing a block is no event: the website's own view is
one. Pressing its button is one, by the visitor of the frame: the button's address carries who that was, signed and for
a day, and counts for somebody only when it was followed from the frame.
"""

import gzip
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from lianyi.edge.callers import Caller, Callers, site_of
from lianyi.edge.forms import Forms
from lianyi.edge.hosts import Domain
from lianyi.edge.http import Answer, Header, Scope, header, problem
from lianyi.edge.intents import Intents
from lianyi.edge.language import language_for
from lianyi.edge.lookups import Lookup
from lianyi.edge.visitors import CARRIED, NOBODY, Visitor, visitor_carried
from lianyi.growth.forms.rendering import SCRIPT
from lianyi.growth.pages.blocks import Block, Form
from lianyi.growth.pages.looking_up import Published
from lianyi.growth.pages.phrases import NO_FORM
from lianyi.growth.pages.places import Place
from lianyi.growth.pages.placing import placed
from lianyi.kernel.clock import from_micros
from lianyi.kernel.tokens import opened, signed

HOST = "ly_host"  # the own domain that the page is at, where the frame is not
TOKEN = "ly_placed"  # who looked at the block whose button was pressed, and where  # noqa: S105
_PURPOSE = "placed"
_GOOD_FOR = 86_400  # seconds
_LONGEST_SITE = 200  # characters
_OWN = re.compile(r"[a-z0-9.-]{1,253}")
_FORM = "<!--form-->"  # stands in the block for its form; text cannot hold it, being escaped
_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"private, no-store"),
    (b"x-robots-tag", b"noindex"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)

Query = Mapping[str, Sequence[str]]


class Pressed(NamedTuple):
    """A button of a block on a website: by whom, and on which page of it."""

    visitor: Visitor
    site: str


class Placed:
    """Shows blocks to websites."""

    def __init__(
        self, secret: bytes, pages: Lookup[Published], intents: Intents, callers: Callers, forms: Forms
    ) -> None:
        self._secret, self._pages, self._intents, self._callers, self._forms = secret, pages, intents, callers, forms

    async def page(self, domain: Domain | None, slug: str, query: Query) -> Published | None:
        """The page that a frame names: one of the address that the website has its script from, or of the own domain
        that the frame names. At an own domain there are pages of its workspace alone.
        """
        host = _own(query) or (None if domain is None else domain.host)
        page = await self._pages.find((host, slug), {"host": host, "slug": slug})
        return page if page is not None and (domain is None or domain.workspace == page.workspace) else None

    async def shown(self, scope: Scope, page: Published | None, key: str, query: Query) -> Answer:
        """The frame of a block; 404 for one that is not there, and then the website keeps what it has in its place."""
        now = time.time_ns() // 1000
        caller = self._callers.caller_of(scope)
        visitor = visitor_carried(scope, caller, _first(query, CARRIED))
        block = None if page is None else _block(page, key, self._intents.variant(page, visitor))
        if page is None or block is None:
            return problem(404, "block.unknown", "There is no such block here.")
        language = language_for(_first(query, "lang") or caller.language, page.definition.languages[0])
        if language not in page.definition.languages:
            language = page.definition.languages[0]
        chosen = await self._intents.chosen(page, (block,), visitor)
        found = placed(
            page.definition,
            block,
            self._place(scope, page, block, visitor, query),
            from_micros(now).astimezone(UTC),
            language=language,
            chosen=chosen,
            light=_first(query, "light"),
        )
        if found is None:
            return problem(404, "block.empty", "The block has nothing to show.")
        body = await self._filled(scope, page, block, language, visitor, query, found.body)
        headers = (*_HEADERS, (b"content-security-policy", found.policy.encode()))
        if b"gzip" in header(scope, b"accept-encoding"):
            body, headers = gzip.compress(body, 1, mtime=0), (*headers, (b"content-encoding", b"gzip"))
        return Answer(200, b"" if scope["method"] == "HEAD" else body, headers)

    def pressed(self, scope: Scope, caller: Caller, page: Published, query: Query) -> Pressed | None:
        """Who pressed a button of a block on a website; None where the button is the page's own. Who was sent the
        address is not whom it names, and a browser says where it was followed from.
        """
        if TOKEN not in query:
            return None
        text = opened(self._secret, _PURPOSE, _first(query, TOKEN), time.time())
        number, _, rest = (text or "").partition(" ")
        if number != str(page.id):
            return Pressed(NOBODY, "")
        value, _, site = rest.partition(" ")
        sent = header(scope, b"sec-fetch-site") not in (b"", b"same-origin")
        if sent or caller.machine or caller.objects or not value:
            return Pressed(NOBODY, site)
        return Pressed(Visitor(value, fresh=False), site)

    def _place(self, scope: Scope, page: Published, block: Block, visitor: Visitor, query: Query) -> Place:
        site, own = site_of(scope, self._callers), _own(query)
        token = signed(
            self._secret, _PURPOSE, f"{page.id} {visitor.value} {_site(query)}", int(time.time()) + _GOOD_FOR
        )
        counter = "?" + urlencode({HOST: own, TOKEN: token} if own else {TOKEN: token})
        forms = {block.form: _FORM} if isinstance(block, Form) else {}
        scripts = (SCRIPT,) if forms else ()
        return Place(
            f"{site.partition('://')[0]}://{own}" if own else site,
            f"/p/{page.slug}",
            "",
            page.pictures,
            page.videos,
            forms,
            scripts,
            counter=counter,
        )

    async def _filled(
        self, scope: Scope, page: Published, block: Block, language: str, visitor: Visitor, query: Query, body: bytes
    ) -> bytes:
        if not isinstance(block, Form):
            return body
        html = (
            await self._forms.within(scope, page.workspace, block.form, language, _site(query), framed=visitor)
            or f'<p class="note">{escape(NO_FORM.told(language))}</p>'
        )
        return body.replace(_FORM.encode(), html.encode())


def _block(page: Published, key: str, variant: str) -> Block | None:
    """As the visitor's variant has it; where that leaves it out, as the page has it."""
    shown = (*page.definition.shown(variant), *page.definition.blocks)
    return next((one for one in shown if one.key == key), None)


def _first(query: Query, name: str) -> str:
    return (query.get(name) or [""])[0]


def _own(query: Query) -> str:
    host = _first(query, HOST).lower()
    return host if _OWN.fullmatch(host) else ""


def _site(query: Query) -> str:
    """Where the block stands, as the website says: its host and the path of the page."""
    return "".join(one for one in _first(query, "page")[:_LONGEST_SITE] if one.isprintable())
