"""What a process remembers of claims and links, so that an ordinary event costs no query.

Holds committed facts only, and only such as never change: the number of a claim, and a time by which a link had been
stated. So it stays true when another process takes over; what takes numbers back (`forget`, an erasure) raises the
workspace's epoch, and a memory of another epoch is dropped. Bounded: what was learned first goes first.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

from lianyi.events.schemas import Claim

ENTRIES = 300_000


class Stamp(NamedTuple):
    """What numbers depend on, besides claims."""

    epoch: int
    region: str


class Known(NamedTuple):
    """`claims`: as sent → twice the identity number, plus one where the claim vouches for it; 0 for no identity.
    `links`: `link_key` → a time at which the link was stated; what is stated later is no news.
    """

    claims: dict[tuple[str, str, str, bool], int]  # a claim finds the plain tuple that it equals
    links: dict[int, int]


class Memory:
    """Of one process: up to `entries` claims and as many links, of all workspaces together."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self.entries = entries
        self._known: dict[int, Known] = {}
        self._stamps: dict[int, Stamp] = {}

    def recall(self, workspace: int, stamp: Stamp) -> Known:
        """What is known of a workspace, to be read only."""
        if self._stamps.get(workspace) != stamp:
            self.forget(workspace)
            self._stamps[workspace] = stamp
        return self._known.setdefault(workspace, Known({}, {}))

    def learn(self, workspace: int, stamp: Stamp, claims: Mapping[Claim, int], links: Mapping[int, int]) -> None:
        """Adds what is committed now; nothing if numbers were taken back since."""
        if self._stamps.get(workspace) != stamp:
            return
        known = self._known.setdefault(workspace, Known({}, {}))
        # Python's garbage collector looks at each named tuple again and again, and soon never more at a plain one.
        known.claims.update({claim[:]: value for claim, value in claims.items()})
        known.links.update(links)
        _shrink([one.claims for one in self._known.values()], self.entries)
        _shrink([one.links for one in self._known.values()], self.entries)

    def forget(self, workspace: int) -> None:
        """Starts anew."""
        self._known.pop(workspace, None)
        self._stamps.pop(workspace, None)

    def __len__(self) -> int:
        return sum(len(one.claims) + len(one.links) for one in self._known.values())


def _shrink(held: list[dict[Any, int]], entries: int) -> None:
    """Takes the oldest out of the fullest, a tenth more than must go, so that it is seldom done."""
    total = sum(map(len, held))
    while total > entries:
        fullest = max(held, key=len)
        gone = list(islice(fullest, total - entries + entries // 10))
        for key in gone:
            del fullest[key]
        total -= len(gone)


def link_key(a: int, b: int, strength: int) -> int:
    """One integer for a link of the numbers a < b, which fit in 31 bits; strength is 0, 1 or 2."""
    return (a << 33) | (b << 2) | strength
