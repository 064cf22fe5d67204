"""From claims to numbers: what is known is looked up in one query, what is new gets the next numbers in order.

The table is a register: `forget` takes an identity's person away (0: nobody) but never its number, which stands in the
lake's rows. An identity that comes again after that is a newcomer under its old number.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db import connection

from lianyi.events.schemas import Claim
from lianyi.kernel.ids import digest
from lianyi.people.identity.arrays import blobs, ints
from lianyi.people.identity.normalise import normalise

AT_ONCE = 20_000  # hashes in a query
LAST_NUMBER = 2**31 - 1


class Newcomer(NamedTuple):
    """An identity that belongs to nobody yet."""

    number: int
    claim: Claim  # normalised
    hash: bytes
    strong: bool
    first_seen_at: int
    registered: bool  # it has its number from before


class Resolution(NamedTuple):
    """`values`: claim as sent → twice its number, plus one where it vouches for it; 0 for no identity."""

    values: dict[Claim, int]
    newcomers: list[Newcomer]
    upgraded: list[int]  # known as weak, now vouched for
    last: int  # numbers after it are free now


class _Group(NamedTuple):
    """Claims that state one identity, in different words or strengths."""

    normal: Claim
    stated: list[tuple[Claim, bool]]  # as sent, and whether it vouches
    occurred_at: int

    @property
    def vouched(self) -> bool:
        return any(strong for _, strong in self.stated)

    def values(self, number: int) -> Iterator[tuple[Claim, int]]:
        return ((claim, 2 * number + strong) for claim, strong in self.stated)


class Found(NamedTuple):
    """`values`, as in `Resolution`, of those claims that state an identity that belongs to somebody. `news` are those
    of them that vouch for an identity of which nobody has vouched in the table.
    """

    values: dict[Claim, int]
    news: set[Claim]


def look_up(workspace: int, region: str, claims: Iterable[Claim]) -> Found:
    """What is known of the claims; changes nothing."""
    groups = _groups(dict.fromkeys(claims, 0), region)[1]
    found = Found({}, set())
    for key, number, strong, person in _known(workspace, groups):
        if person:
            found.values.update(groups[key].values(number))
            if not strong:
                found.news.update(claim for claim, vouches in groups[key].stated if vouches)
    return found


def resolve(workspace: int, region: str, claims: Mapping[Claim, int], last: int) -> Resolution:
    """`claims` maps each claim to the time of its event, in order of first appearance; numbers after `last` are free.
    Writes that known identities are vouched for; newcomers are left to the caller.
    """
    values, groups = _groups(claims, region)
    known = {key: found for key, *found in _known(workspace, groups)}
    upgraded, newcomers = [], []
    for key, group in groups.items():
        number, strong, person = known.get(key, (0, False, 0))
        if person:
            if group.vouched and not strong:
                upgraded.append(number)
        else:
            registered = number > 0
            if not registered:
                number = last = last + 1
            newcomers.append(Newcomer(number, group.normal, key, group.vouched, group.occurred_at, registered))
        values.update(group.values(number))
    if last > LAST_NUMBER:
        raise OverflowError(f"workspace {workspace} has no numbers left")
    _vouch(workspace, upgraded)
    return Resolution(values, newcomers, upgraded, last)


def settle(workspace: int, newcomers: Iterable[Newcomer], person: Mapping[int, int]) -> None:
    """Writes the newcomers; `person` says whose they are, where not their own."""
    registered = []
    with connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            copy.set_types(_COPY_TYPES)
            for one in newcomers:
                owner = person.get(one.number, one.number)
                if one.registered:
                    registered.append((owner, one.strong, one.first_seen_at, workspace, one.number))
                    continue
                kind, scope, value, _ = one.claim
                copy.write_row(
                    (one.first_seen_at, workspace, one.number, owner, one.strong, kind, scope, value, one.hash)
                )
        cursor.executemany(
            "UPDATE identity SET person = %s, strong = %s, first_seen_at = %s WHERE workspace = %s AND number = %s",
            registered,
        )


_COPY = (
    "COPY identity (first_seen_at, workspace, number, person, strong, kind, scope, value, hash) "
    "FROM STDIN (FORMAT BINARY)"
)
_COPY_TYPES = ("int8", "int4", "int4", "int4", "bool", "text", "text", "text", "bytea")


def _groups(claims: Mapping[Claim, int], region: str) -> tuple[dict[Claim, int], dict[bytes, _Group]]:
    """Zeros for claims that state nothing, and the others by the hash of what they state, in order."""
    nothing: dict[Claim, int] = {}
    groups: dict[bytes, _Group] = {}
    for claim, occurred_at in claims.items():
        normal = normalise(claim, region)
        if normal is None:
            nothing[claim] = 0
            continue
        key = digest(normal.kind, normal.scope, normal.value)
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(normal, [], occurred_at)
        group.stated.append((claim, normal.strong))
    return nothing, groups


def _known(workspace: int, groups: Mapping[bytes, _Group]) -> list[tuple[bytes, int, bool, int]]:
    """Hash, number, whether strong, and person."""
    hashes = list(groups)
    found: list[tuple[bytes, int, bool, int]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(hashes), AT_ONCE):
            cursor.execute(
                "SELECT hash, number, strong, person FROM identity WHERE workspace = %s AND hash = ANY(%s::bytea[])",
                [workspace, blobs(hashes[start : start + AT_ONCE])],
            )
            found += cursor.fetchall()
    return found


def _vouch(workspace: int, numbers: list[int]) -> None:
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE identity SET strong = true WHERE workspace = %s AND number = ANY(%s::int[])",
                [workspace, ints(numbers)],
            )
