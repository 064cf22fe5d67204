"""A page as a browser gets it: one document with its style inside, whole without a script. No Django here.

The policy lets nothing in but this page's own style and script, by their digests, the tracker, and pictures of the same
site; nothing of a third party is ever loaded.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lianyi.growth.documents import hashed, in_a_line
from lianyi.growth.pages import colours, phrases
from lianyi.growth.pages.blocks import Block, Countdown, Faq, Footer, Hero, Text
from lianyi.growth.pages.colours import Palette
from lianyi.growth.pages.markdown import plain
from lianyi.growth.pages.places import Chosen, Place
from lianyi.growth.pages.schemas import BASE, Definition, Theme
from lianyi.growth.pages.showing import Showing, e

MOST = 100_000  # bytes of a page
_HERE = Path(__file__).parent
_NOTHING: Mapping[str, str] = {}


class Rendered(NamedTuple):
    """The document, and the policy that it is to come with."""

    body: bytes
    policy: str


def rendered(
    page: Definition,
    place: Place,
    now: datetime,
    *,
    language: str,
    variant: str = BASE,
    chosen: Chosen = _NOTHING,
    frame_ancestors: str = "'none'",
) -> Rendered:
    """The page for a reader of one of its languages, who has one of its variants. Where `chosen` names no option of a
    block, or one that is not there, it shows the one that is for everybody.
    """
    spoken = language if language in page.languages else page.languages[0]
    showing = Showing(place, spoken, chosen, now)
    blocks = page.shown(variant)
    style = style_of(page.theme)
    script = script_of(blocks)
    parts = [
        "<!doctype html>",
        f'<html lang="{phrases.TAGS[spoken]}"><head>',
        *_head(page, blocks, showing),
        f"<style>{style}</style>",
        f'<script src="/lianyi.js" data-key="{e(place.write_key)}" defer></script>' if place.write_key else "",
        "</head><body>",
        *_body(page, blocks, showing),
        f"<script>{script}</script>" if script else "",
        "</body></html>\n",
    ]
    return Rendered("".join(parts).encode(), policy(style, [script, *place.scripts], frame_ancestors))


def title_of(page: Definition, blocks: tuple[Block, ...], language: str) -> str:
    """What the page is called."""
    first = next((one.title for one in blocks if isinstance(one, Hero) and one.title), None)
    title = (page.seo.title or first or page.theme.brand).told(language).strip()
    brand = page.theme.brand.told(language).strip()
    return f"{title} · {brand}" if brand and title != brand and not page.seo.title else title


def _about(page: Definition, blocks: tuple[Block, ...], language: str) -> str:
    """What search engines and previews say of it: what its editor says, else what it begins with."""
    texts = (one.text.told(language) for one in blocks if isinstance(one, Hero | Text))
    begins = next((text for text in texts if text.strip()), title_of(page, blocks, language))
    return page.seo.description.told(language).strip() or in_a_line(plain(begins))


def _head(page: Definition, blocks: tuple[Block, ...], showing: Showing) -> list[str]:
    place, language = showing.place, showing.language
    title, about = title_of(page, blocks, language), _about(page, blocks, language)
    own = page.seo.canonical or place.address
    many = len(page.languages) > 1
    here = own if page.seo.canonical or language == page.languages[0] else f"{own}?lang={language}"
    shot = None if page.seo.picture is None else place.pictures.get(page.seo.picture.media)
    scheme = {"auto": "light dark", "day": "light", "night": "dark"}[page.theme.light]
    parts = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{e(title)}</title>",
        f'<meta name="color-scheme" content="{scheme}">',
        '<meta name="format-detection" content="telephone=no">',
        f'<link rel="canonical" href="{e(here)}">',
        f'<meta property="og:title" content="{e(title)}">',
        '<meta property="og:type" content="website">',
        f'<meta property="og:url" content="{e(here)}">',
        f'<meta property="og:locale" content="{"zh_CN" if language == "zh" else "en_GB"}">',
    ]
    if about:
        parts.append(f'<meta name="description" content="{e(about)}">')
        parts.append(f'<meta property="og:description" content="{e(about)}">')
    if shot is not None:
        address = shot.src if shot.src.startswith("http") else place.site + shot.src
        parts.append(f'<meta property="og:image" content="{e(address)}">')
    if page.seo.hidden:
        parts.append('<meta name="robots" content="noindex">')
    if many:
        for one in page.languages:
            own_address = place.address if one == page.languages[0] else f"{place.address}?lang={one}"
            parts.append(f'<link rel="alternate" hreflang="{phrases.TAGS[one]}" href="{e(own_address)}">')
        parts.append(f'<link rel="alternate" hreflang="x-default" href="{e(place.address)}">')
    return [*parts, *_linked_data(page, blocks, showing, title, about, here)]


def _linked_data(
    page: Definition, blocks: tuple[Block, ...], showing: Showing, title: str, about: str, address: str
) -> list[str]:
    """JSON-LD: the page, whose it is, and its questions."""
    said: dict[str, object] = {"@context": "https://schema.org", "@type": "WebPage", "name": title, "url": address}
    said["inLanguage"] = phrases.TAGS[showing.language]
    if about:
        said["description"] = about
    if brand := page.theme.brand.told(showing.language):
        said["publisher"] = {"@type": "Organization", "name": brand}
    asked = [
        {
            "@type": "Question",
            "name": one.question.told(showing.language),
            "acceptedAnswer": {"@type": "Answer", "text": one.answer.told(showing.language)},
        }
        for block in blocks
        if isinstance(block, Faq)
        for one in block.questions
    ]
    found = [said]
    if asked:
        found.append({"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": asked})
    return [f'<script type="application/ld+json">{_json(one)}</script>' for one in found]


def _json(value: object) -> str:
    """JSON that cannot end the element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _body(page: Definition, blocks: tuple[Block, ...], showing: Showing) -> list[str]:
    main, foot, tint, titled = [], [], False, False
    for place, block in enumerate(blocks):
        shown = showing.html(block, tint=tint, first=isinstance(block, Hero) and not titled)
        if isinstance(block, Footer):
            foot.append(shown)
            continue
        if place and shown:
            tint = not tint
        titled = titled or isinstance(block, Hero)
        main.append(shown)
    if not titled:  # a page has a title that is read out, whether it shows one or not
        main.insert(0, f'<h1 class="sr">{e(title_of(page, blocks, showing.language))}</h1>')
    skip = f'<a class="skip" href="#content">{showing.said(phrases.SKIP)}</a>'
    return [skip, _top(page, blocks, showing), '<main id="content">', *main, "</main>", *foot]


def _top(page: Definition, blocks: tuple[Block, ...], showing: Showing) -> str:
    brand, logo = showing.said(page.theme.brand), showing.picture(page.theme.logo, "8rem")
    named = f'<p class="brand">{logo}{f"<span>{brand}</span>" if brand else ""}</p>' if brand or logo else ""
    tongues = ""
    if len(page.languages) > 1:
        lines = "".join(
            f'<li><a href="?lang={one}" hreflang="{phrases.TAGS[one]}" lang="{phrases.TAGS[one]}"'
            + (' aria-current="true">' if one == showing.language else ">")
            + f"{phrases.TONGUES[one]}</a></li>"
            for one in page.languages
        )
        tongues = (
            f'<nav aria-label="{showing.said(phrases.LANGUAGE)}"><ul class="tongues" role="list">{lines}</ul></nav>'
        )
    if not named and not tongues:
        return ""
    first = blocks[0] if blocks else None
    over = isinstance(first, Hero)
    dark = over and isinstance(first, Hero) and first.layout == "cover" and bool(showing.picture(first.picture, ""))
    kind = "top" + (" on-dark" if dark else "") + ("" if over else " apart")
    return f'<header class="{kind}"><div class="in">{named}{tongues}</div></header>'


def script_of(blocks: Sequence[Block]) -> str:
    """The script that blocks need; "" for none."""
    return file("countdown.js") if any(isinstance(one, Countdown) for one in blocks) else ""


def style_of(theme: Theme) -> str:
    """The style of a page that looks so."""
    day, night = (_variables(of(theme.accent)) for of in (colours.day, colours.night))
    roots = {
        "auto": f":root{{{day}}}@media(prefers-color-scheme:dark){{:root{{{night}}}}}",
        "day": f":root{{{day}}}",
        "night": f":root{{{night}}}",
    }
    return f"{roots[theme.light]}{file('page.css')}"


def _variables(palette: Palette) -> str:
    return ";".join(f"--{name.replace('_', '-')}:{value}" for name, value in palette._asdict().items())


def policy(style: str, own: Sequence[str], frame_ancestors: str) -> str:
    """What a document with this style and these scripts of its own may do."""
    scripts = " ".join(["'self'", *(f"'{hashed(script)}'" for script in own if script)])
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src '{hashed(style)}'",
            f"script-src {scripts}",
            "img-src 'self' data:",
            "media-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {frame_ancestors}",
        ]
    )


@cache
def file(name: str) -> str:
    """A file of this folder, in one line."""
    return (_HERE / name).read_text("utf-8").replace("\n", "").strip()
