"""What a platform pushes to us: a call, judged by a connector, becomes what came and the answer that must go back.

Promises that a connector raises `CallRefused` and nothing else, whatever bytes it is handed, and that what is the same
push once more has the same `key`. Refuses calls whose sender nobody vouches for and calls that are too old.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from lianyi.kernel.secret import Secret

NOTHING: Mapping[str, str] = MappingProxyType({})


class Call(NamedTuple):
    """An HTTP call as it came. Names of headers are in small letters; of what comes twice the first counts."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Without what it carries: signatures and messages belong into no log."""
        return f"Call({self.method}, {len(self.body)} bytes)"


class Account(NamedTuple):
    """An account of ours on a platform, as its connector must know it. A `Secret` prints as dots."""

    external: str  # what the platform calls it: an appid
    settings: Mapping[str, str]
    secrets: Mapping[str, Secret]


class Kind(StrEnum):
    """What came. The values are the names of the events that it becomes; what is OTHER becomes none."""

    FOLLOWED = "account.followed"
    UNFOLLOWED = "account.unfollowed"
    SCANNED = "code.scanned"
    MESSAGE = "message.received"
    MENU = "menu.clicked"
    OTHER = ""


class Inbound(NamedTuple):
    """One thing that came. `key` tells it from everything else that ever came to this account."""

    kind: Kind
    who: str  # what the platform calls the person; an openid
    at: int  # µs
    key: str
    scene: str = ""  # what the code says that was scanned
    text: str = ""
    facts: Mapping[str, str] = NOTHING  # what else was said, under the platform's own names

    def __repr__(self) -> str:
        """Without who and what: these belong into no log."""
        return f"Inbound({self.kind.value or 'other'})"


class Reply(NamedTuple):
    """What must be answered, or the platform sends the same again."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


class Received(NamedTuple):
    """What a call held, and its answer, which is for after all of it is kept."""

    inbound: tuple[Inbound, ...]
    reply: Reply


class CallRefused(Exception):
    """A call that is not taken. `code` is one of the words below; it holds nothing of what came."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUSES[code]


STATUSES = {
    "method.not_allowed": 405,
    "body.too_large": 413,
    "body.malformed": 400,
    "signature.missing": 401,
    "signature.wrong": 401,
    "signature.old": 401,  # or of a moment to come: a clock is wrong, or somebody sends again what he overheard
    "seal.missing": 401,  # plain, where the account takes sealed calls only
    "seal.wrong": 401,  # of another key
    "account.other": 401,  # it says that it is for another account
    "account.incomplete": 503,  # we lack what it is checked with
}


class Receives(Protocol):
    """A connector to which a platform pushes."""

    largest: int  # bytes of a body

    def receive(self, call: Call, account: Account, now: int) -> Received:
        """What the call holds; `now` in microseconds. CallRefused, and nothing else, when it is not taken."""
