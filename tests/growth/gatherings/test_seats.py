"""Who has a seat: told by examples, and against an evaluator that knows no shortcuts."""

from hypothesis import given
from hypothesis import strategies as st

from lianyi.growth.gatherings.seats import (
    Act,
    Cancelled,
    CheckedIn,
    Registered,
    Resized,
    Seat,
    Standing,
    standings,
)

_IDS = st.sampled_from([bytes([one]) for one in range(8)])
_ACTS = st.lists(
    st.one_of(
        st.builds(Registered, _IDS, st.sampled_from(["", "a", "b", "c", "d"])),
        st.builds(Cancelled, _IDS),
        st.builds(Resized, st.one_of(st.none(), st.integers(0, 4))),
        st.builds(CheckedIn, _IDS, st.integers(1, 9)),
    ),
    max_size=40,
)


def plainly(acts: list[Act]) -> dict[bytes, Standing]:
    """The same by the words of the rules: after each act, whoever may have a seat gets one, from the first on."""
    seats: int | None = 0
    order: list[Registered] = []
    gone: set[bytes] = set()
    known: dict[bytes, Standing] = {}
    for act in acts:
        of = None if isinstance(act, Resized) else known.get(act.registration)
        if isinstance(act, Resized):
            seats = act.seats
        elif isinstance(act, Registered) and of is None:
            # Whoever came after having cancelled is a guest of the door: their registration is no more.
            active = {
                one.holder
                for one in order
                if known[one.registration].seat in (Seat.SEATED, Seat.WAITING) and one.registration not in gone
            } - {""}
            order.append(act)
            known[act.registration] = Standing(Seat.REPEATED if act.holder in active else Seat.WAITING)
            if known[act.registration].seat is Seat.WAITING and free(known, seats):
                known[act.registration] = Standing(Seat.SEATED)
        elif isinstance(act, Cancelled) and of is not None and of.came_at is None:
            known[act.registration] = Standing(Seat.CANCELLED)
            gone.add(act.registration)
        elif isinstance(act, CheckedIn) and of is not None and of.came_at is None and of.seat is not Seat.REPEATED:
            known[act.registration] = Standing(Seat.SEATED, of.promoted, act.at)
        for one in order:
            if known[one.registration].seat is Seat.WAITING and free(known, seats):
                known[one.registration] = Standing(Seat.SEATED, promoted=True)
    return known


def free(known: dict[bytes, Standing], seats: int | None) -> bool:
    return seats is None or sum(one.seat is Seat.SEATED for one in known.values()) < seats


@given(_ACTS)
def test_it_is_what_the_rules_say(acts: list[Act]) -> None:
    assert standings(acts) == plainly(acts)


@given(_ACTS, _IDS)
def test_nobody_loses_a_seat_when_somebody_is_erased(acts: list[Act], gone: bytes) -> None:
    holder = next((act.holder for act in acts if isinstance(act, Registered) and act.registration == gone), "")
    of_them = {
        act.registration
        for act in acts
        if isinstance(act, Registered) and (act.registration == gone or (holder and act.holder == holder))
    }
    left = [act for act in acts if isinstance(act, Resized) or act.registration not in of_them]
    after = standings(left)
    for registration, before in standings(acts).items():
        if registration not in of_them and before.seat is Seat.SEATED:
            assert after[registration].seat is Seat.SEATED


def test_a_freed_seat_goes_to_whoever_waits_longest() -> None:
    a, b, c, d = (bytes([one]) for one in range(4))
    acts: list[Act] = [Resized(1), Registered(a), Registered(b), Registered(c)]
    assert [one.seat for one in standings(acts).values()] == [Seat.SEATED, Seat.WAITING, Seat.WAITING]
    acts += [Cancelled(a), Registered(d)]
    found = standings(acts)
    assert (found[a], found[b]) == (Standing(Seat.CANCELLED), Standing(Seat.SEATED, promoted=True))
    assert (found[c].seat, found[d].seat) == (Seat.WAITING, Seat.WAITING)
    acts.append(Resized(3))
    assert [one.seat for one in standings(acts).values()][1:] == [Seat.SEATED] * 3
    acts.append(Resized(1))
    assert [one.seat for one in standings(acts).values()][1:] == [Seat.SEATED] * 3


def test_before_anybody_says_how_many_seats_there_are_there_is_none() -> None:
    assert standings([Registered(b"a")]) == {b"a": Standing(Seat.WAITING)}
    assert standings([Registered(b"a"), Resized(None)]) == {b"a": Standing(Seat.SEATED, promoted=True)}


def test_the_same_phone_has_one_seat_and_may_register_again_after_it_cancelled() -> None:
    acts: list[Act] = [Resized(None), Registered(b"1", "p"), Registered(b"2", "p")]
    assert standings(acts)[b"2"] == Standing(Seat.REPEATED)
    acts += [Cancelled(b"1"), Registered(b"3", "p")]
    assert [one.seat for one in standings(acts).values()] == [Seat.CANCELLED, Seat.REPEATED, Seat.SEATED]


def test_whoever_came_counts_once_and_is_not_cancelled() -> None:
    acts: list[Act] = [Resized(1), Registered(b"1"), CheckedIn(b"1", 5), CheckedIn(b"1", 9), Cancelled(b"1")]
    assert standings(acts) == {b"1": Standing(Seat.SEATED, came_at=5)}
    acts += [Registered(b"2"), CheckedIn(b"2", 7), Registered(b"3")]
    assert standings(acts)[b"2"] == Standing(Seat.SEATED, came_at=7)
    assert standings(acts)[b"3"].seat is Seat.WAITING
