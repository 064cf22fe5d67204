"""What a page of a survey carries of the pages before it: signed, so that nobody else can have made it, and readable
by whoever gave the answers. No Django here.
"""

import zlib
from base64 import b85decode, b85encode

import msgspec

from lianyi.growth.forms.guarding import Issue
from lianyi.growth.surveys.schemas import Found
from lianyi.kernel.tokens import opened, signed

PURPOSE = "survey"
INVITED = "survey invited"  # the purpose of a link for a known person
NAME, BACK = "ly_issue", "ly_back"
MOST_CHARACTERS = 30_000  # of all answers, and a little more
_READABLE_FOR = 30 * 86_400  # seconds


class State(msgspec.Struct, frozen=True, array_like=True):
    """Who is at which page of which survey, with which answers. Moments are seconds since 1970, `began` µs."""

    survey: str
    version: int
    response: str  # 32 hex digits: the same person's is the same
    place: int  # of the page that is shown
    at: int
    nonce: str
    language: str
    began: int
    found: Found = {}
    source: tuple[str, str, str, str] | None = None
    identity: int = 0  # of a person who came by a link of their own
    passed: bool = False  # the guard has let the first page pass
    confirmed: str = ""

    def issue(self) -> Issue:
        """The page as the guard of forms judges it."""
        return Issue(self.survey, self.version, self.at, self.nonce, self.language, confirmed=self.confirmed)


_decode = msgspec.json.Decoder(State).decode


def seal(secret: bytes, state: State) -> str:
    """The state as a page carries it."""
    packed = b85encode(zlib.compress(msgspec.json.encode(state))).decode()
    return signed(secret, PURPOSE, packed, state.at + _READABLE_FOR)


def unseal(secret: bytes, token: str, survey: str, now: float) -> State | None:
    """The state of a page of this survey; None when it is none of ours, or a month old."""
    packed = opened(secret, PURPOSE, token, now) if 0 < len(token) <= 2 * MOST_CHARACTERS else None
    state = None if packed is None else _decode(zlib.decompress(b85decode(packed)))
    return state if state is not None and state.survey == survey else None


def fits(found: Found) -> bool:
    """Whether a page can carry so many answers."""
    return len(msgspec.json.encode(found)) <= MOST_CHARACTERS


def invitation(secret: bytes, survey: str, identity: int, until: int) -> str:
    """What makes the link of a known person: `/s/ADDRESS?t=…`, good until a moment in seconds since 1970."""
    return signed(secret, INVITED, f"{survey} {identity}", until)


def invited(secret: bytes, token: str, survey: str, now: float) -> int:
    """The identity that an invitation to this survey names; 0 for none."""
    said = opened(secret, INVITED, token, now) if 0 < len(token) <= 300 else None
    name, _, number = (said or "").partition(" ")
    return int(number) if said is not None and name == survey else 0
