"""What was known at a past moment, of everybody at once: for models that learn from it.

As far as the facts that are kept can tell. Of each trait and origin the first and the last value are, with their
moments, so a value of between is not seen; what was counted up or appended is left out. Of tags the last giving and the
last taking are kept. Nothing here knows what was said later than the moment.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from django.db import connection

from lianyi.people.profiles.traits.facts import Mode

Ints = npt.NDArray[np.int64]

_AT = np.dtype([("identity", ">i4"), ("at", ">i8")])
_TOUCH = np.dtype([("identity", ">i4"), ("source", ">i4"), ("at", ">i8")])
# (value, at) of a fact: what was said last and first, or what was said once, whose steps are [[at, value], …].
_STATED = f"""
    trait_fact f CROSS JOIN LATERAL (
        SELECT f.value, f.at WHERE f.mode = {Mode.SAID} UNION ALL SELECT f.first, f.first_at WHERE f.mode = {Mode.SAID}
        UNION ALL SELECT f.value::jsonb -> 0 ->> 1, (f.value::jsonb -> 0 ->> 0)::int8 WHERE f.mode = {Mode.ONCE}
    ) AS said (value, at)
    WHERE f.workspace = %(workspace)s AND f.trait = ANY(%(traits)s::int[]) AND said.value IS NOT NULL
"""


class Stated(NamedTuple):
    """Identities, when each was said to have a value, and the place of the value (canonical JSON) in `values`."""

    identities: Ints
    at: Ints
    places: Ints
    values: list[str]


def traits_before(workspace: int, traits: Sequence[int], moment: int) -> dict[int, Stated]:
    """Trait → what had been said of it before the moment (µs) and not been removed by then."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT f.trait, said.value, string_agg(int4send(f.identity) || int8send(said.at), '') FROM {_STATED}
            AND said.at < %(moment)s AND NOT coalesce(f.removed_at >= said.at AND f.removed_at < %(moment)s, false)
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            {"workspace": workspace, "traits": list(traits), "moment": moment},
        )
        found: dict[int, list[tuple[str, npt.NDArray[np.void]]]] = {}
        for trait, value, data in cursor.fetchall():
            found.setdefault(trait, []).append((value, np.frombuffer(data, _AT)))
    return {trait: _stated(some) for trait, some in found.items()}


def traits_first(workspace: int, traits: Sequence[int]) -> dict[int, tuple[Ints, Ints]]:
    """Trait → identities, and the moment of the earliest word of it that is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT trait, string_agg(int4send(identity) || int8send(at), '')
            FROM (SELECT f.trait, f.identity, min(said.at) AS at FROM {_STATED} GROUP BY 1, 2) each GROUP BY 1
            """,
            {"workspace": workspace, "traits": list(traits)},
        )
        return {trait: _at(data) for trait, data in cursor.fetchall()}


def tags_before(workspace: int, moment: int) -> dict[int, Ints]:
    """Tag → the identities that had it at the moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tag, string_agg(int4send(identity) || int8send(added_at), '') FROM tag_fact
            WHERE workspace = %(workspace)s AND added_at < %(moment)s
                AND NOT coalesce(removed_at >= added_at AND removed_at < %(moment)s, false)
                AND coalesce(expires_at > %(moment)s, true) GROUP BY tag
            """,
            {"workspace": workspace, "moment": moment},
        )
        return {tag: _at(data)[0] for tag, data in cursor.fetchall()}


def tags_first(workspace: int) -> dict[int, tuple[Ints, Ints]]:
    """Tag → identities, and the moment at which it was given to them last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tag, string_agg(int4send(identity) || int8send(added_at), '') FROM tag_fact "
            "WHERE workspace = %s AND added_at IS NOT NULL GROUP BY tag",
            [workspace],
        )
        return {tag: _at(data) for tag, data in cursor.fetchall()}


def touches_before(workspace: int, moment: int) -> tuple[Ints, Ints, Ints]:
    """Identities, the number of the source that each came from, and when, of all touches before the moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(int4send(identity) || int4send(source) || int8send(started_at), '') FROM touch "
            "WHERE workspace = %s AND started_at < %s GROUP BY identity >> 17",
            [workspace, moment],
        )
        rows = np.frombuffer(b"".join(data for (data,) in cursor.fetchall()), _TOUCH)
    return tuple(rows[name].astype(np.int64) for name in ("identity", "source", "at"))  # type: ignore[return-value]


def _stated(some: list[tuple[str, npt.NDArray[np.void]]]) -> Stated:
    rows = np.concatenate([data for _, data in some])
    places = np.repeat(np.arange(len(some)), [len(data) for _, data in some])
    return Stated(rows["identity"].astype(np.int64), rows["at"].astype(np.int64), places, [value for value, _ in some])


def _at(data: bytes) -> tuple[Ints, Ints]:
    rows = np.frombuffer(data, _AT)
    return rows["identity"].astype(np.int64), rows["at"].astype(np.int64)
