"""The funnel's words: its five steps, and a row of it."""

from enum import IntEnum
from typing import Literal, NamedTuple

By = Literal["first_source", "last_source"]
TOTAL = "total"
UNKNOWN = "unknown"  # who came from no known source
OTHER = "other"  # from one of more sources than are told apart


class Step(IntEnum):
    """The steps of AISAS in their order."""

    ATTENTION = 0  # reached, clicked, scanned
    INTEREST = 1  # followed, read, subscribed
    SEARCH = 2  # searched, visited, compared
    ACTION = 3  # lead, order
    SHARE = 4  # shared, invited, reviewed

    @property
    def label(self) -> str:
        """The step's name in tables, files and addresses."""
        return self.name.lower()

    @property
    def bit(self) -> int:
        """The step in a set of steps."""
        return 1 << self


class FunnelRow(NamedTuple):
    """How many people of one source were in each step, and in both of two neighbouring steps."""

    source: str
    people: tuple[int, ...]  # by Step
    both: tuple[int, ...]  # in step s and s + 1, for the first four

    @property
    def rates(self) -> tuple[float | None, ...]:
        """Of the people in a step, the share that was in the next one as well; None where there was nobody."""
        return tuple(both / people if people else None for both, people in zip(self.both, self.people, strict=False))

    def as_dict(self) -> dict[str, object]:
        """The row as tables and files have it."""
        counts = {step.label: self.people[step] for step in Step}
        rates = {f"{Step(place + 1).label}_rate": rate for place, rate in enumerate(self.rates)}
        return {"source": self.source, **counts, **rates}


class Funnel(NamedTuple):
    """The rows, the source with most people first, and all people together."""

    rows: list[FunnelRow]
    total: FunnelRow
