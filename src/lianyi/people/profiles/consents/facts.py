"""What a person consents to: the last word per channel and purpose; a withdrawal wins over a consent of its moment.

The ledger only grows. Nothing that was once written in it is changed or dropped, short of erasing the person.
"""

from collections.abc import Iterable
from typing import NamedTuple


class ConsentFact(NamedTuple):
    """One line of the ledger."""

    identity: int
    channel: str  # wechat, sms, email, phone, …
    purpose: str  # marketing, service, analytics, …
    at: int  # µs
    given: bool
    how: str  # form, import, member, …
    proof: str  # a document, an address, the words that were shown
    origin: str
    event: bytes


def current(ledger: Iterable[ConsentFact]) -> dict[tuple[str, str], ConsentFact]:
    """(channel, purpose) → the line that counts, over all identities of a person."""
    counts: dict[tuple[str, str], ConsentFact] = {}
    for fact in ledger:
        key = (fact.channel, fact.purpose)
        if key not in counts or _weight(fact) > _weight(counts[key]):
            counts[key] = fact
    return counts


def consented(ledger: Iterable[ConsentFact], channel: str, purpose: str) -> bool:
    """Whether the person allowed this. Silence is no consent."""
    fact = current(ledger).get((channel, purpose))
    return fact is not None and fact.given


def _weight(fact: ConsentFact) -> tuple[int, bool, bytes]:
    return fact.at, not fact.given, fact.event
