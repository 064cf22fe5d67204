"""Where a page may lead: to the web, to a mail or a phone, to a place of the page or of its own site. No Django here.

On the web it may lead where a link may (`links.checking`). What nobody sees is not cut out but refused: what a member
reads is what a browser follows.
"""

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from lianyi.kernel.errors import Refused
from lianyi.links.checking import Ours, checked_target

LONGEST = 2_000  # characters, as it is written and as it goes over the wire
OWN_CLICKS = re.compile(r"^/p/[^/]+/cta/", re.IGNORECASE)  # leading there would go in a circle
_ANCHOR = re.compile(r"#[A-Za-z0-9_-]{1,100}", re.ASCII)
_PHONE = re.compile(r"tel:\+?[0-9*#()./-]{2,40}", re.ASCII)
_MAIL = re.compile(r"mailto:[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{3,255}(?:\?[A-Za-z0-9=&%+._-]{0,1000})?", re.ASCII)
_PATH = re.compile(r"/(?![/\\])[^\s\\]*")
_KEPT = "!$%&'()*+,/:;=?@[]~#"


@lru_cache(10_000)
def target(text: str) -> str:
    """The target as it goes over the wire. Refuses what a page may not lead to."""
    if not text or len(text) > LONGEST or not text.isprintable() or " " in text or "\\" in text:
        raise _refused(text)
    if _ANCHOR.fullmatch(text) or _PHONE.fullmatch(text) or _MAIL.fullmatch(text):
        return text
    if _PATH.fullmatch(text):
        if OWN_CLICKS.match(text):
            raise Refused("page.circle", "{target!r} leads in a circle.", "Name where it is to end.", target=text)
        return quote(text, safe=_KEPT)
    if text.partition(":")[0].lower() not in ("http", "https"):
        raise _refused(text)
    wired = checked_target(text, Ours())
    parts = urlsplit(wired)
    return wired if parts.path else urlunsplit(parts._replace(path="/"))


def _refused(text: str) -> Refused:
    return Refused(
        "page.target",
        "{target!r} is no place that a page may lead to.",
        "Write an address that begins with https://, mailto:, tel:, / or #.",
        target=text[:200],
    )
