"""Comparing everybody of a workspace: reads and computes for minutes, and changes nothing."""

from collections.abc import Callable

from lianyi.people.duplicates import suggesting
from lianyi.people.duplicates.queries import records_of
from lianyi.people.duplicates.schemas import Suggestions


def compare_all(workspace: int, threshold: float, progress: Callable[[int], None]) -> Suggestions:
    """Pairs that may be one with a probability of at least `threshold`. `progress` is called with 1 after each of the
    steps: everybody is read, then those of `suggesting`. It may raise to break off.
    """
    records = records_of(workspace)
    progress(1)
    return suggesting.suggest(records, threshold, progress)
