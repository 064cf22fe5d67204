"""Keeping machines out of a form without asking anybody else. No Django here.

A page carries a signed *issue*: of which form and version it is, when it was made, in which language, what it asked. A
submission is one of that issue; its event has an id that follows from it, so the same one sent twice counts once. What
fills in a field that people do not see, answers faster than anybody reads, or sends more than a caller may, is told so
and can send again: no person's answers are lost to a suspicion. Where scripts run the browser solves a puzzle, which
costs it a tenth of a second and whoever sends thousands a processor; where none run, people confirm once.

The caller's address is only ever kept hashed by a key of this process, in memory of a bounded size.
"""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from hashlib import blake2b, sha256
from ipaddress import IPv6Address, ip_address
from secrets import token_bytes
from typing import Any

import msgspec

from lianyi.growth.forms.schemas import Guard
from lianyi.kernel.ids import digest
from lianyi.kernel.sentences import Sentence
from lianyi.kernel.tokens import opened, signed

PURPOSE = "form"
TRAP = "ly_website"  # what people do not see
ISSUE, WORK, PAGE = "ly_issue", "ly_work", "ly_page"
LONGEST_ISSUE = 10_000  # characters: a source alone may be four texts of 200 signs, and a sign six bytes of JSON
_READABLE_FOR = 30 * 86_400  # seconds; a form says itself for how long its page may lie open
_MOST_CALLERS = 50_000
_MOST_SPENT = 100_000
_MINUTE = 60.0


class Issue(msgspec.Struct, frozen=True, array_like=True):
    """What a page says of itself when it is submitted."""

    form: str
    version: int
    at: int  # seconds since 1970
    nonce: str
    language: str
    asked: tuple[str, ...] = ()  # of the fields that are asked by and by
    source: tuple[str, str, str, str] | None = None  # where its reader came from
    confirmed: str = ""  # stands for the answers that somebody without scripts has confirmed
    in_frame: bool = False  # on a website
    visitor: str = ""  # by which the website knows the browser

    @property
    def event_id(self) -> str:
        """The id of the event that its submission becomes: 32 hex digits."""
        return digest("form", self.form, self.nonce).hex()


class Verdict(Enum):
    """What the guard says of a submission."""

    FINE = "fine"
    TRAPPED = "trapped"
    QUICK = "quick"
    OLD = "old"
    FORGED = "forged"
    UNCONFIRMED = "unconfirmed"


SAID = {
    Verdict.TRAPPED: Sentence("Something filled in a field that people do not see. Please send it once more."),
    Verdict.QUICK: Sentence("That was very quick. Please look at it again and send it once more."),
    Verdict.OLD: Sentence("This page had been open for long. Your answers are still here: please send them once more."),
    Verdict.FORGED: Sentence("This page is not one of ours any more. Please send it once more."),
    Verdict.UNCONFIRMED: Sentence("One more step: please look at your answers and confirm them."),
}

_issue = msgspec.json.Decoder(Issue).decode


def seal(secret: bytes, issue: Issue) -> str:
    """The issue as a page carries it."""
    return signed(secret, PURPOSE, msgspec.json.encode(issue).decode(), issue.at + _READABLE_FOR)


def unseal(secret: bytes, token: str, form: str, now: float) -> Issue | None:
    """The issue of a page of this form; None when it is none of ours, or a month old."""
    text = opened(secret, PURPOSE, token, now) if 0 < len(token) <= LONGEST_ISSUE else None
    issue = None if text is None else _issue(text)
    return issue if issue is not None and issue.form == form else None


def nonce() -> str:
    """What makes an issue one of a kind: 128 random bits."""
    return token_bytes(16).hex()


def judge(guard: Guard, issue: Issue | None, sent: Mapping[str, Sequence[str]], answers: str, now: float) -> Verdict:
    """Whether what was sent may be taken as a person's; `answers` is what stands for the answers."""
    if issue is None or issue.at > now + _MINUTE:
        return Verdict.FORGED
    if any(sent.get(TRAP, ())):
        return Verdict.TRAPPED
    if now - issue.at > guard.hours * 3600:
        return Verdict.OLD
    if now - issue.at < guard.quickest:
        return Verdict.QUICK
    if guard.work and not _confirmed(issue, answers) and not solved(guard.work, issue.nonce, _first(sent, WORK)):
        return Verdict.UNCONFIRMED
    return Verdict.FINE


def stands_for(answers: Mapping[str, Any]) -> str:
    """A text that stands for the answers of a submission."""
    return digest(msgspec.json.encode(answers, order="sorted")).hex()


def solved(bits: int, riddle: str, answer: str) -> bool:
    """Whether `answer` makes the hash of both begin with so many zero bits."""
    if not answer or len(answer) > 12 or not (answer.isascii() and answer.isdigit()):
        return False
    hashed = sha256(f"{riddle}.{answer}".encode()).digest()
    return int.from_bytes(hashed[:4], "big") >> (32 - bits) == 0 if bits else True


def _confirmed(issue: Issue, answers: str) -> bool:
    return bool(issue.confirmed) and hmac.compare_digest(issue.confirmed, answers)


def _first(sent: Mapping[str, Sequence[str]], name: str) -> str:
    values = sent.get(name, ())
    return values[0] if values else ""


class Pace:
    """How many submissions a caller may send in a minute. It forgets who has been silent longest when it is full."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, most: int = _MOST_CALLERS) -> None:
        self._clock = clock
        self._most = most
        self._key = token_bytes(32)
        self._callers: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # when last, and what was left then

    def wait(self, form: str, address: str, per_minute: int) -> int:
        """0, and one submission is counted; else the seconds until the caller may send again."""
        if not per_minute:
            return 0
        key, now = self._hashed(form, address), self._clock()
        last, left = self._callers.pop(key, (now, float(per_minute)))
        left = min(float(per_minute), left + (now - last) * per_minute / _MINUTE)
        waits = 0 if left >= 1 else int((1 - left) * _MINUTE / per_minute) + 1
        self._callers[key] = (now, left if waits else left - 1)
        if len(self._callers) > self._most:
            self._callers.popitem(last=False)
        return waits

    def __len__(self) -> int:
        return len(self._callers)

    def _hashed(self, form: str, address: str) -> bytes:
        return blake2b(f"{form}\n{_network(address)}".encode(), digest_size=12, key=self._key).digest()


class Taken:
    """Issues whose submission was taken, for as long as there is room: who sends one again gets the same answer. That
    it counts once does not rest on this memory but on the id of its event.
    """

    def __init__(self, *, most: int = _MOST_SPENT) -> None:
        self._most = most
        self._nonces: OrderedDict[str, None] = OrderedDict()

    def add(self, nonce: str) -> None:
        """The submission of this issue is on disk."""
        self._nonces[nonce] = None
        if len(self._nonces) > self._most:
            self._nonces.popitem(last=False)

    def __contains__(self, nonce: str) -> bool:
        return nonce in self._nonces


def _network(address: str) -> str:
    """Who has one address of IPv6 has all of its /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(int(found) >> 64) if isinstance(found, IPv6Address) else str(found)
