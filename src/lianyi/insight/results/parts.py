"""Events put together by what they have in common, so that what states one campaign is one piece of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.events.schemas import Source

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]  # of identities, of people


class Kind(NamedTuple):
    """What many events have in common. In order, those of machines are last, and those of one campaign neighbours."""

    machine: bool
    campaign: str  # "" for events that state none
    name: str
    channel: str
    medium: str
    code: str

    @property
    def source(self) -> Source:
        """What they state."""
        return Source(self.channel, self.medium, self.campaign, self.code)


class Part(NamedTuple):
    """Events in the order of their kinds."""

    kinds: Sequence[Kind]  # ascending
    sizes: Ints  # how many of each kind
    who: Numbers  # whose: an identity, 0 for nobody
    at: Ints  # µs

    @property
    def bytes(self) -> int:
        """What its arrays take."""
        return self.sizes.nbytes + self.who.nbytes + self.at.nbytes

    def stating(self, campaign: str) -> "Part":
        """What people did that states the campaign; with "" what states none."""
        return self._between(*self._of((False, campaign)))

    def stating_others(self, campaign: str) -> tuple["Part", "Part"]:
        """What people did that states a campaign, but another one."""
        (_, none), (ours, end) = self._of((False, "")), self._of((False, campaign))
        return self._between(none, ours), self._between(end, self._of((True, ""))[0])

    def of_machines(self, campaign: str) -> "Part":
        """What machines did that states the campaign."""
        return self._between(*self._of((True, campaign)))

    def _of(self, wanted: tuple[bool, str]) -> tuple[int, int]:
        def key(kind: Kind) -> tuple[bool, str]:
            return kind.machine, kind.campaign

        return bisect_left(self.kinds, wanted, key=key), bisect_right(self.kinds, wanted, key=key)

    def _between(self, first: int, last: int) -> "Part":
        begin = int(self.sizes[:first].sum())
        end = begin + int(self.sizes[first:last].sum())
        return Part(self.kinds[first:last], self.sizes[first:last], self.who[begin:end], self.at[begin:end])


def part_of(kinds: Sequence[Kind], kind: Ints, who: Ints, at: Ints) -> Part:
    """The part of these events: of each the place of its kind, whose it is, and when it happened."""
    order = sorted(range(len(kinds)), key=kinds.__getitem__)
    place = np.zeros(len(kinds), np.int64)
    place[order] = np.arange(len(kinds))
    by_kind = np.argsort(place[kind], kind="stable")
    sizes = np.bincount(kind, minlength=len(kinds))[order]
    return Part([kinds[one] for one in order], sizes, who[by_kind].astype(np.int32), at[by_kind])
