"""Tests and their arms, in and out."""

from typing import Literal, NamedTuple

from pyroaring import BitMap

from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name

State = Literal["draft", "running", "ended"]
LONGEST = 120  # characters of a name, and of a seed
FEWEST, MOST = 2, 20  # arms
HEAVIEST = 10_000


class Arm(NamedTuple):
    """A version of something, and its share: its weight among all weights."""

    name: str
    weight: int = 1


class Draft(NamedTuple):
    """What a test is to be. With the same seed and weights, two tests draw the same for everybody."""

    name: str
    seed: str
    arms: tuple[Arm, ...]

    def check(self) -> "Draft":
        """The draft itself; refuses one that cannot be drawn by."""
        for text in (self.name, self.seed, *(arm.name for arm in self.arms)):
            if not is_name(text, LONGEST):
                raise Refused(
                    "arms.name",
                    "A name is missing, too long, or has blanks around it.",
                    "Write 1 to {most} characters.",
                    most=LONGEST,
                )
        if not FEWEST <= len(self.arms) <= MOST:
            raise Refused("arms.count", "An experiment has {fewest} to {most} arms.", fewest=FEWEST, most=MOST)
        if len({arm.name for arm in self.arms}) < len(self.arms):
            raise Refused("arms.twice", "Two arms have the same name.", "Give each its own.")
        if not all(1 <= arm.weight <= HEAVIEST for arm in self.arms):
            raise Refused("arms.weight", "A weight is no whole number from 1 to {most}.", most=HEAVIEST)
        return self


class Test(NamedTuple):
    """A test as it stands. Times are µs."""

    id: int
    name: str
    seed: str
    arms: tuple[Arm, ...]
    created_at: int
    started_at: int | None
    ended_at: int | None

    @property
    def state(self) -> State:
        """A draft can be changed, a running test shows its arms, an ended one keeps them for reports."""
        if self.ended_at is not None:
            return "ended"
        return "draft" if self.started_at is None else "running"


class Given(NamedTuple):
    """The arm of a person; `exposed_at` is when they first saw it, None while they have not."""

    arm: str
    exposed_at: int | None


class Exposures(NamedTuple):
    """How many people saw this arm, of all arms of a test as the first, and when the first and the last did (µs)."""

    arm: Arm
    people: int
    first_at: int | None
    last_at: int | None


class Exposed(NamedTuple):
    """Who sees which arm now, and how many of them for the first time."""

    arms: dict[str, BitMap]
    new: int
