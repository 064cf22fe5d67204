"""A little Markdown: paragraphs, emphasis, links and lists. No Django here.

Everything else is shown as it was typed: there are no tags, no pictures and no headings in it, and a link that a page
may not lead to is text.
"""

from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt

from lianyi.growth.pages.targets import target
from lianyi.kernel.errors import Refused

_RULES = ["emphasis", "link", "list", "newline", "escape", "entity", "strikethrough"]


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False}).enable(_RULES)
    reader.validateLink = _may_lead  # type: ignore[method-assign,assignment]
    reader.add_render_rule("link_open", _link_open)
    return reader


def _may_lead(address: str) -> bool:
    try:
        target(address)
    except Refused:
        return False
    return True


def _link_open(self: Any, tokens: Any, place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    token.attrs.pop("title", None)
    if str(token.attrs.get("href", "")).startswith("http"):
        token.attrSet("rel", "noopener")
    return str(self.renderToken(tokens, place, options, env))


_MARKDOWN = _reader()
_BREAKS = {"softbreak", "hardbreak", "inline"}  # lines, and what stands in a paragraph


@lru_cache(maxsize=2_000)
def paragraphs(text: str) -> str:
    """The text as HTML of whole paragraphs and lists."""
    return str(_MARKDOWN.render(text)).strip()


@lru_cache(maxsize=2_000)
def line(text: str) -> str:
    """The text as HTML that stands in a line."""
    return str(_MARKDOWN.renderInline(text)).strip()


def plain(text: str) -> str:
    """The text without its marks."""
    inside = (part for token in _MARKDOWN.parse(text) for part in [*(token.children or ()), token])
    return "".join(part.content if part.type == "text" else " " if part.type in _BREAKS else "" for part in inside)
