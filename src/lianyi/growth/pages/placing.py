"""A block by itself: the document of a frame on somebody's website, which is as tall as the block. No Django here.

Links lead away from the whole website, not from the frame; what leads to a place of the page leads to the page. Any
website may show it, and it loads nothing but pictures and videos of the installation.
"""

from datetime import datetime

import msgspec

from lianyi.growth.forms.rendering import FRAMED
from lianyi.growth.pages import phrases
from lianyi.growth.pages.blocks import Block, Cta, Form
from lianyi.growth.pages.places import Chosen, Place
from lianyi.growth.pages.rendering import Rendered, file, policy, script_of, style_of, title_of
from lianyi.growth.pages.schemas import Definition
from lianyi.growth.pages.showing import Showing, e

_LIGHTS = ("day", "night")
_SCHEMES = {"auto": "light dark", "day": "light", "night": "dark"}


def placed(
    page: Definition, block: Block, place: Place, now: datetime, *, language: str, chosen: Chosen, light: str
) -> Rendered | None:
    """The block of the page, for a reader of one of its languages; None for one that has nothing to show, such as a
    picture that is gone. `light` is that of the website, day or night, for a page that has no light of its own.
    """
    theme = page.theme
    if theme.light == "auto" and light in _LIGHTS:
        theme = msgspec.structs.replace(theme, light=light)
    shown = Showing(place, language, chosen, now).html(block, tint=False, first=False)
    if not shown:
        return None
    # Text has neither: it is escaped.
    shown = shown.replace("<a ", '<a target="_top" ').replace('href="#', f'href="{e(place.address)}#')
    style, script = style_of(theme) + file("placed.css"), script_of([block])
    clear = ' class="clear"' if isinstance(block, Cta | Form) else ""  # it stands on the website's own ground
    body = (
        f'<!doctype html><html lang="{phrases.TAGS[language]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{e(title_of(page, (block,), language))}</title>"
        f'<meta name="color-scheme" content="{_SCHEMES[theme.light]}"><meta name="robots" content="noindex">'
        '<meta name="format-detection" content="telephone=no">'
        f"<style>{style}</style></head><body{clear}>{shown}"
        + (f"<script>{script}</script>" if script else "")
        + f"<script>{FRAMED}</script></body></html>\n"
    )
    return Rendered(body.encode(), policy(style, [script, *place.scripts, FRAMED], "*"))
