"""What pages that visitors get may do in a browser, and how they are told of. No Django: the edge serves them."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape

DESCRIPTION = 160  # characters that are shown of a page where it is found


def policy(styles: Iterable[str], *scripts: str, frames: str = "*", pictures: str = "'none'") -> str:
    """Nothing is loaded of others, and nothing runs or dresses a page but these; `frames` are the sites that may show
    it in one, any by default, `pictures` where it may have pictures from.
    """
    dressed = " ".join(f"'{hashed(one)}'" for one in styles)
    run = " ".join(f"'{hashed(one)}'" for one in scripts)
    return (
        f"default-src 'none'; style-src {dressed}; script-src {run}; img-src {pictures}; connect-src 'self'; "
        f"base-uri 'none'; frame-ancestors {frames}; form-action 'self'"
    )


def document(title: str, language: str, style: str, body: str, head: str = "") -> bytes:
    """A page with one style; its title is text, all else HTML."""
    lang = "zh-Hans" if language.lower().startswith("zh") else "en"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>{head}'
        f"<style>{style}</style></head><body><main>{body}</main></body></html>"
    ).encode()


def described(about: str) -> str:
    """What search engines and previews say of a page."""
    return f'<meta name="description" content="{escape(about)}">'


def hashed(text: str) -> str:
    """The source of a policy that names this text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def in_a_line(text: str) -> str:
    """The beginning of a text, as search engines and previews show it."""
    return " ".join(text.split())[:DESCRIPTION]
