"""What is wrong with the rows of a file of links, gathered so that all of them are told at once. No Django."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from lianyi.kernel.errors import Refused, in_a_row
from lianyi.kernel.sentences import Sentence

MOST_TOLD = 20  # rows
_T = TypeVar("_T")


class Faults:
    """Of many rows, each refusal is noted with its row as its file numbers it; of one alone it is raised as it is."""

    def __init__(self, rows: Sequence[int], *, alone: bool, found: Iterable[tuple[int, Refused]] = ()) -> None:
        self._rows, self._alone = rows, alone
        self._found = dict(reversed(list(found)))

    def of(self, place: int, work: Callable[[], _T]) -> _T | None:
        """What the work gives for the row at this place, from 0; None where it refuses."""
        try:
            return work()
        except Refused as refused:
            if self._alone:
                raise
            self._found.setdefault(self._rows[place], refused)
            return None

    def settle(self) -> None:
        """Refuses where any row was refused: all of them by number, MOST_TOLD with their reasons."""
        rows = sorted(self._found)
        if not rows:
            return
        said = [Sentence("Row {row}: {reason}", row=row, reason=self._found[row].sentence) for row in rows[:MOST_TOLD]]
        if len(rows) == 1:
            only = said[0]
            raise Refused("link.row", only, self._found[rows[0]].next_step)
        if len(rows) > MOST_TOLD:
            said.append(Sentence("And {count:,} rows more.", count=len(rows) - MOST_TOLD))
        whole = said[-1]
        for one in reversed(said[:-1]):
            whole = in_a_row(one, whole)
        raise Refused("link.row", whole, "Nothing was made: mend these rows and give the file again.")
