"""Who visits: the cookie by which the tracker knows a browser, read and given by the edge too.

A browser that objects (Do Not Track, Global Privacy Control, or the answer that its owner gave to the tracker) gets
none, and neither does a machine; what they do is recorded without anybody.
"""

import re
import uuid
from typing import NamedTuple

from lianyi.edge.callers import Caller
from lianyi.edge.http import Header, Scope, header
from lianyi.events.intake.senders import EDGE_GROUP

COOKIE = "ly_id"  # the tracker's, as is how long it lasts
_ANSWER, _REFUSED = "ly_consent", "0"
_VALUE = re.compile(r"[\w-]{8,64}", re.ASCII)
_LASTS = 365 * 86400  # seconds


class Visitor(NamedTuple):
    """A browser; `value` is "" for one that must not be known. A fresh one has yet to be told its cookie."""

    value: str
    fresh: bool

    def claims(self) -> list[tuple[str, str, str, bool]]:
        """Who the visitor is, as an own event states it."""
        return [("cookie", EDGE_GROUP, self.value, False)] if self.value else []

    def header(self, *, tls: bool) -> Header | None:
        """What tells the browser its cookie; None where there is nothing to tell. Scripts of the page read it too."""
        if not self.fresh:
            return None
        said = f"{COOKIE}={self.value}; Path=/; Max-Age={_LASTS}; SameSite=Lax" + ("; Secure" if tls else "")
        return b"set-cookie", said.encode()


NOBODY = Visitor("", fresh=False)
CARRIED = "ly_visitor"  # in the address of a frame: by which the website around it knows the browser


def visitor_of(scope: Scope, caller: Caller) -> Visitor:
    """The visitor of a request."""
    if caller.machine or caller.objects:
        return NOBODY
    said = _cookies(scope)
    if said.get(_ANSWER) == _REFUSED:
        return NOBODY
    value = said.get(COOKIE, "")
    return Visitor(value, fresh=False) if _VALUE.fullmatch(value) else Visitor(str(uuid.uuid4()), fresh=True)


def visitor_carried(scope: Scope, caller: Caller, said: str) -> Visitor:
    """The visitor whom a website names for a frame on it, as its tracker would in an event. An address that somebody
    was sent names nobody.
    """
    alone = header(scope, b"sec-fetch-dest") == b"document"
    if alone or caller.machine or caller.objects or not _VALUE.fullmatch(said):
        return NOBODY
    return Visitor(said, fresh=False)


def _cookies(scope: Scope) -> dict[str, str]:
    """By hand: the standard library forgets all of them at the first that it does not like."""
    pairs = (one.partition("=") for one in header(scope, b"cookie").decode("latin-1").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}
