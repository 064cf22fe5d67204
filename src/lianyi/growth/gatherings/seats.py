"""Who has a seat and who waits: a pure function of what happened, in its order. No Django here.

| what happens | what follows |
|---|---|
| registered | a seat where one is free, else the end of the waiting list; nobody gets a second seat |
| cancelled | the seat goes to whoever waits longest; who came is not cancelled any more |
| resized | more seats go to those who wait; fewer are taken from nobody |
| checked in | whoever came has a seat, waiting or cancelled before |
| a check-in is undone | they are what they were before; who cancelled while counted as there has cancelled |
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, assert_never


class Seat(StrEnum):
    """What a registration is."""

    SEATED = "seated"
    WAITING = "waiting"
    REPEATED = "repeated"  # the same phone or e-mail is registered already
    CANCELLED = "cancelled"


class Registered(NamedTuple):
    """`holder` stands for who it is; "" where nobody can tell."""

    registration: bytes
    holder: str = ""


class Cancelled(NamedTuple):
    """Somebody does not come after all."""

    registration: bytes


class Resized(NamedTuple):
    """So many seats; None: as many as are wanted."""

    seats: int | None


class CheckedIn(NamedTuple):
    """Somebody is there."""

    registration: bytes
    at: int  # µs


class Undone(NamedTuple):
    """Somebody was checked in who is not there."""

    registration: bytes


Act = Registered | Cancelled | Resized | CheckedIn | Undone


class Standing(NamedTuple):
    """What has become of a registration. `came_at` is None for who has not come."""

    seat: Seat
    promoted: bool = False  # had to wait for the seat
    came_at: int | None = None


def standings(acts: Iterable[Act]) -> dict[bytes, Standing]:
    """What has become of each registration. Before anybody said how many seats there are, there is none."""
    room = _Room()
    for act in acts:
        match act:
            case Registered(registration, holder):
                room.register(registration, holder)
            case Cancelled(registration):
                room.cancel(registration)
            case Resized(seats):
                room.resize(seats)
            case CheckedIn(registration, at):
                room.check_in(registration, at)
            case Undone(registration):
                room.undo(registration)
            case _:
                assert_never(act)
    return room.standings


class _Room:
    """The gathering so far."""

    def __init__(self) -> None:
        self.standings: dict[bytes, Standing] = {}
        self._seats: int | None = 0
        self._taken = 0
        self._waiting: dict[bytes, None] = {}  # in order
        self._holders: dict[str, bytes] = {}  # of those who are seated or wait
        self._holder_of: dict[bytes, str] = {}
        self._before: dict[bytes, Standing] = {}  # of those who came: what they were
        self._left: set[bytes] = set()  # who cancelled while they counted as there

    def register(self, registration: bytes, holder: str) -> None:
        if registration in self.standings:
            return
        if holder and holder in self._holders:
            self.standings[registration] = Standing(Seat.REPEATED)
            return
        if holder:
            self._holders[holder], self._holder_of[registration] = registration, holder
        if self._free():
            self._taken += 1
            self.standings[registration] = Standing(Seat.SEATED)
        else:
            self._waiting[registration] = None
            self.standings[registration] = Standing(Seat.WAITING)

    def cancel(self, registration: bytes) -> None:
        known = self.standings.get(registration)
        if known is None or known.seat is Seat.CANCELLED:
            return
        if known.came_at is not None:
            self._left.add(registration)
            return
        self.standings[registration] = Standing(Seat.CANCELLED)
        self._waiting.pop(registration, None)
        holder = self._holder_of.pop(registration, None)
        if holder is not None:
            del self._holders[holder]
        if known.seat is Seat.SEATED:
            self._taken -= 1
            self._promote()

    def resize(self, seats: int | None) -> None:
        self._seats = seats
        self._promote()

    def check_in(self, registration: bytes, at: int) -> None:
        known = self.standings.get(registration)
        if known is None or known.came_at is not None or known.seat is Seat.REPEATED:
            return
        if known.seat is not Seat.SEATED:
            self._waiting.pop(registration, None)
            self._taken += 1
        self._before[registration] = known
        self.standings[registration] = Standing(Seat.SEATED, known.promoted, at)

    def undo(self, registration: bytes) -> None:
        before = self._before.pop(registration, None)
        if before is None:
            return
        self.standings[registration] = before
        if before.seat is not Seat.SEATED:
            self._taken -= 1
            if before.seat is Seat.WAITING:  # at the place where they stood
                self._waiting = {one: None for one in self.standings if one in self._waiting or one == registration}
            self._promote()
        if registration in self._left:
            self._left.discard(registration)
            self.cancel(registration)

    def _free(self) -> bool:
        return self._seats is None or self._taken < self._seats

    def _promote(self) -> None:
        while self._waiting and self._free():
            first = next(iter(self._waiting))
            del self._waiting[first]
            self._taken += 1
            self.standings[first] = Standing(Seat.SEATED, promoted=True)
