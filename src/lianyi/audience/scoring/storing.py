"""Scores in columns, and who became what by them.

What differs from what columns say is written, in the caller's transaction, with the projection held still; so is whom
it made something else, until that is told.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from django.db import connection
from pyroaring import BitMap

from lianyi.audience.moving import STILL, Moves
from lianyi.audience.scoring.arithmetic import NEVER, Doubles, Ints, at_rest, engagements, states
from lianyi.audience.scoring.reading import COLUMNS, states_of, values_in, values_of
from lianyi.audience.scoring.schemas import STATES, Cause, Settings
from lianyi.events.log.queries import cursor_of
from lianyi.kernel.bitmaps import from_bytes, to_bytes
from lianyi.people.columns import names
from lianyi.people.columns.actions import put
from lianyi.people.columns.column import Column, differing
from lianyi.people.columns.fingerprints import fingerprints_of
from lianyi.people.columns.parts import Kind, Part, bits_of, nothing, numbers, part
from lianyi.people.columns.queries import Columns


class News(NamedTuple):
    """What was found out: the fit of `refit`, the strength of `engaged`, each all that is known of them; `looked` are
    whom time may have made something else; nobody is told of the `silent`.
    """

    fit: Part
    refit: BitMap
    strength: Part
    engaged: BitMap
    looked: BitMap = BitMap()
    moves: Moves = STILL
    silent: BitMap = BitMap()
    pauses: Part = nothing(Kind.MOMENT)  # until when, of those of `paused` who are to be paused
    paused: BitMap = BitMap()

    @property
    def about(self) -> BitMap:
        """Everybody whose state is looked at."""
        return BitMap.union(self.refit, self.engaged, self.looked, self.moves.people) - self.moves.gone


def write(
    workspace: int, settings: Settings, news: News, *, now: int, cause: Cause | None, batch: int | None = None
) -> int | None:
    """Writes what is new; the version of the columns then, None where nothing changed. Without a cause nobody is told.
    `batch` is the one that is being projected.
    """
    columns = Columns(workspace).loaded((*COLUMNS, names.PAUSED))
    gone, about = news.moves.gone, news.about
    pauses, paused = _pauses(columns[names.PAUSED], news)
    changed = {
        names.PAUSED: differing(columns[names.PAUSED], pauses, paused),
        names.FIT: differing(columns[names.FIT], news.fit, news.refit | gone),
        names.ENGAGEMENT: differing(columns[names.ENGAGEMENT], news.strength, news.engaged | gone),
    }
    fit = _after(columns[names.FIT], changed[names.FIT], about, 0.0)
    strength = _after(columns[names.ENGAGEMENT], changed[names.ENGAGEMENT], about, NEVER)
    rest = STATES.index(settings.matrix[-1])
    until = _after(columns[names.PAUSED], changed[names.PAUSED], about, 0.0).astype(np.int64)
    now_in = at_rest(states(fit, strength, settings, now), until, now)
    some = now_in != rest
    state = part(Kind.CODE, numbers(about)[some], now_in[some])
    changed[names.STATE] = differing(columns[names.STATE], state, about | gone)
    if cause is not None:
        was = _inherited(columns[names.STATE], about, rest, news.moves)
        was = np.where(np.isin(numbers(about), numbers(news.silent)), now_in, was)
        _record(workspace, about, was, now_in, np.stack([fit, engagements(strength, now, settings.half_life)], 1),
                cause, now)  # fmt: skip
    if not any(map(len, changed.values())):
        return None
    return put(workspace, cursor_of(workspace, "columns") if batch is None else batch, changed)


def _pauses(column: Column | None, news: News) -> tuple[Part, BitMap]:
    """The pauses that are new, and of whom: whoever has identities of others is paused for as long as any of them."""
    pairs = news.moves.inherits
    if column is None or not (pairs or news.moves.gone):
        return news.pauses, news.paused
    every = BitMap(one for pair in pairs for one in pair) | news.moves.gone
    until = dict(zip(every, values_of(column, every, 0.0).tolist(), strict=True))
    heirs = {heir: until[heir] for heir, _ in pairs if heir not in news.moves.gone}
    for heir, other in pairs:
        if heir in heirs:
            heirs[heir] = max(heirs[heir], until[other])
    found = [heir for heir in sorted(heirs) if heirs[heir]]
    said = part(Kind.MOMENT, np.array(found, np.uint32), np.array([heirs[heir] for heir in found], np.int64))
    return said, BitMap(heirs) | news.moves.gone


def _after(column: Column | None, changed: Part, about: BitMap, missing: float) -> Doubles:
    """What each of these has, with the change."""
    before = [] if column is None else column.parts_of(about - changed.told)
    return values_in([*before, changed.only(about)], about, missing)


def _inherited(column: Column | None, about: BitMap, rest: int, moves: Moves) -> Ints:
    """What each of these was; who has identities of others was the best of what they were, so nobody becomes anything
    by being known better.
    """
    was = states_of(column, about, rest)
    if not moves.inherits:
        return was
    every = about | BitMap(one for pair in moves.inherits for one in pair)
    of = dict(zip(every, states_of(column, every, rest).tolist(), strict=True))
    place = {person: at for at, person in enumerate(about)}
    for heir, other in moves.inherits:
        if heir in place:
            was[place[heir]] = min(int(was[place[heir]]), of[other])
    return was


def _record(workspace: int, about: BitMap, was: Ints, became: Ints, scores: Doubles, cause: Cause, now: int) -> None:
    moved = np.flatnonzero(was != became)
    if not len(moved):
        return
    people = numbers(about)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scoring SET last = last + 1 WHERE workspace = %s RETURNING last", [workspace])
        change = cursor.fetchone()[0]
        for before, after in sorted(set(zip(was[moved].tolist(), became[moved].tolist(), strict=True))):
            some = moved[(was[moved] == before) & (became[moved] == after)]
            data = to_bytes(bits_of(people[some]))
            cursor.execute(
                "INSERT INTO scoring_change (workspace, change, was, became, at, cause, people, untold, scores)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [workspace, change, before, after, now, cause, data, data, scores[some].astype("<f8").tobytes()],
            )


def looked_at(workspace: int, at: int) -> None:
    """The passing of time up to `at` was looked at."""
    _update(workspace, "asked_at = %s", at)


def asked_about(workspace: int, version: int) -> None:
    """The news of columns up to this version were asked about."""
    _update(workspace, "version = %s", version)


def settled(workspace: int) -> None:
    """Everybody was scored by the settings as they are."""
    _update(workspace, "current = settings, built = built + 1, due = %s", False)


def _update(workspace: int, what: str, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE scoring SET {what} WHERE workspace = %s", [value, workspace])


def forget_people(workspace: int, numbers: Sequence[int]) -> dict[str, int]:
    """Takes people out of every change, as if they had never been in any; changed rows by table. What columns say of
    them goes with the other columns, and with it what was found out of others by what is erased: all are scored anew.
    """
    people = BitMap(numbers)
    _update(workspace, "due = %s", True)
    changed = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT change, was, became, people, untold, scores FROM scoring_change WHERE workspace = %s FOR UPDATE",
            [workspace],
        )
        for change, was, became, every, untold, scores in cursor.fetchall():
            before = from_bytes(bytes(every))
            if not before.intersect(people):
                continue
            left, kept = _without(people, untold, scores)
            cursor.execute(
                "UPDATE scoring_change SET people = %s, untold = %s, scores = %s"
                " WHERE workspace = %s AND change = %s AND was = %s AND became = %s",
                [to_bytes(before - people), left, kept, workspace, change, was, became],
            )
            changed += 1
    return {"scoring_change": changed}


def _without(people: BitMap, untold: bytes | None, scores: bytes | None) -> tuple[bytes | None, bytes | None]:
    if untold is None or scores is None:
        return None, None
    waiting = from_bytes(bytes(untold))
    kept = [place for place, one in enumerate(waiting) if one not in people]
    if not kept:
        return None, None
    return to_bytes(waiting - people), pairs(scores)[kept].tobytes()


def pairs(scores: bytes) -> Doubles:
    """Fit and engagement of each, as they are stored."""
    return np.frombuffer(bytes(scores), "<f8").reshape(-1, 2)


def fingerprint(workspace: int) -> dict[str, str]:
    """A digest of each column of scores, equal exactly when what it says is."""
    return fingerprints_of(workspace, COLUMNS)
