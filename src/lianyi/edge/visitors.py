"""Who visits: the cookie by which the tracker knows a browser, read and given by the edge too.

A browser that objects (Do Not Track, Global Privacy Control, or the answer that its owner gave to the tracker) gets
none, and neither does a machine; what they do is recorded without anybody.
"""

import re
import time
import uuid
from typing import NamedTuple

from lianyi.edge.callers import Caller
from lianyi.edge.http import Header, Scope, header
from lianyi.events.intake.senders import EDGE_GROUP
from lianyi.kernel.ids import digest
from lianyi.kernel.tokens import opened, signed

COOKIE = "ly_id"  # the tracker's, as is how long it lasts
_ANSWER, _REFUSED = "ly_consent", "0"
_VALUE = re.compile(r"[\w-]{8,64}", re.ASCII)
_LASTS = 365 * 86400  # seconds
_PROOF, _PROVEN = "ly_proof", "visitor.proven"  # the cookie of an address that was confirmed, and its word's purpose
_LONGEST_PROOF = 300  # characters


class Visitor(NamedTuple):
    """A browser; `value` is "" for one that must not be known. A fresh one has yet to be told its cookie. `proof` is
    what it has from when an address was confirmed in it.
    """

    value: str
    fresh: bool
    proof: str = ""

    def claims(self) -> list[tuple[str, str, str, bool]]:
        """Who the visitor is, as an own event states it."""
        return [("cookie", EDGE_GROUP, self.value, False)] if self.value else []

    @property
    def mark(self) -> bytes:
        """What the identity of its cookie is looked up by."""
        return digest("cookie", EDGE_GROUP, self.value)

    def proven(self, secret: bytes, workspace: int) -> bytes:
        """The mark of the address that was confirmed in this browser by the link of a mail; b"" for none."""
        said = opened(secret, _PROVEN, self.proof, time.time()) if self.proof else None
        front, _, mark = (said or "").rpartition(" ")
        return bytes.fromhex(mark) if front == f"{workspace} {self.value}" else b""

    def proof_of(self, secret: bytes, workspace: int, mark: bytes, *, tls: bool) -> Header | None:
        """What gives the browser the proof of an address; None for one that is not known. Scripts cannot read it."""
        if self.fresh or not self.value:
            return None
        token = signed(secret, _PROVEN, f"{workspace} {self.value} {mark.hex()}", int(time.time()) + _LASTS)
        said = f"{_PROOF}={token}; Path=/; Max-Age={_LASTS}; HttpOnly; SameSite=Lax" + ("; Secure" if tls else "")
        return b"set-cookie", said.encode()

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
    if not _VALUE.fullmatch(value):
        return Visitor(str(uuid.uuid4()), fresh=True)
    return Visitor(value, fresh=False, proof=said.get(_PROOF, "")[:_LONGEST_PROOF])


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
