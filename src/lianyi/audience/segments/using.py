"""Who asks for a segment: other segments, and rules that rooms above keep. Each such room says here, at the start of a
process, how its rules are found; whoever stores a rule holds the segments still first, so that none is deleted
meanwhile.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from lianyi.audience.segments.models import SegmentRow, SegmentStamp, SegmentUse
from lianyi.kernel.sentences import Sentence

SEGMENT = "segment"


class User(NamedTuple):
    """What asks for a segment: `kind` says of which room, `number` which segment where it is one."""

    kind: str
    name: str
    said: Sentence
    number: int | None = None


Ask = Callable[[int], Iterable[tuple[int, User]]]  # of a workspace: a segment, and what asks for it

_ROOMS: dict[str, Ask] = {}


def asks_for_segments(room: str, ask: Ask) -> None:
    """The rules of `room` count when a segment is to be deleted, and are shown with it."""
    _ROOMS[room] = ask


def hold(workspace: int) -> None:
    """Nobody makes, changes or deletes a segment until the transaction ends."""
    list(SegmentStamp.objects.select_for_update().filter(workspace=workspace))


def users_of(workspace: int, numbers: Iterable[int]) -> dict[int, list[User]]:
    """Segment → what asks for it, by name, of those that anything asks for."""
    wanted = set(numbers)
    pairs = SegmentUse.objects.filter(workspace=workspace, inner__in=wanted).values_list("inner", "segment")
    rows = SegmentRow.objects.filter(workspace=workspace, number__in={outer for _, outer in pairs})
    names = dict(rows.values_list("number", "name"))
    found: dict[int, list[User]] = defaultdict(list)
    for inner, outer in pairs:
        said = Sentence("the segment {name!r}", name=names[outer])
        found[inner].append(User(SEGMENT, names[outer], said, outer))
    for ask in _ROOMS.values():
        for segment, user in ask(workspace):
            if segment in wanted:
                found[segment].append(user)
    return {segment: sorted(users, key=lambda one: (one.kind != SEGMENT, one.name)) for segment, users in found.items()}
