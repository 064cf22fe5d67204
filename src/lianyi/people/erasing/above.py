"""Rooms above that keep something of people: each says here, at the start of a process, how it forgets them.

An erasure calls them in its own transaction, with the identities' numbers while these are still there.
"""

from collections.abc import Callable, Mapping, Sequence

# Of a workspace and the numbers of identities; how many rows of each table went or were changed.
Forget = Callable[[int, Sequence[int]], Mapping[str, int]]

_ROOMS: dict[str, Forget] = {}


def keeps_people(room: str, forget: Forget) -> None:
    """`room` has `forget` called when people are erased."""
    _ROOMS[room] = forget


def forget_above(workspace: int, numbers: Sequence[int]) -> dict[str, int]:
    """Has every room forget these identities; rows by table."""
    rows: dict[str, int] = {}
    for forget in _ROOMS.values():
        rows |= forget(workspace, numbers)
    return rows
