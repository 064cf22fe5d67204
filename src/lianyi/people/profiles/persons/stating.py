"""Who is in a state of scores, which a room above says: it says here, at the start of a process, how it is asked, so
that lists of people can be narrowed by it. Where no room says so, nobody is in any.
"""

from collections.abc import Callable

from pyroaring import BitMap

# Of a workspace, a state, a moment (µs), and those people alone who are asked about; null for everybody.
InState = Callable[[int, str, int, BitMap | None], BitMap]

_ROOMS: dict[str, InState] = {}


def says_states(room: str, ask: InState) -> None:
    """`room` says who is in a state."""
    _ROOMS[room] = ask


def in_state(workspace: int, state: str, now: int, within: BitMap | None = None) -> BitMap:
    """The people who are in the state at the moment; of those of `within`."""
    return BitMap.union(BitMap(), *(ask(workspace, state, now, within) for ask in _ROOMS.values()))
