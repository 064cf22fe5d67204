"""Whom a row adds and whom it adds to: `new` or `updated`, told before anything is written.

What counts is the state that the import finds, and the rows before it in the file. So a dry run and a real run that
start from one state count the same, however far the pipeline has come with the first rows when the last are read.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from lianyi.events.schemas import Claim
from lianyi.kernel.ids import digest
from lianyi.people.identity import queries as identities
from lianyi.people.imports.shaping import Draft
from lianyi.people.imports.tallies import Tally, keys_of
from lianyi.people.profiles import queries as profiles


class Counter(Protocol):
    """Tells rows that speak of something known from rows that bring something new."""

    def known(self, drafts: Sequence[Draft]) -> list[bool]:
        """For each of `drafts`, in order of the file, whether what it speaks of was known before it."""


class EventCounter:
    """Every event is new."""

    def known(self, drafts: Sequence[Draft]) -> list[bool]:
        """Nothing is."""
        return [False] * len(drafts)


class OrderCounter:
    """An order is known when anybody ever spoke of it, in the same system."""

    def __init__(self, workspace: int, system: str) -> None:
        self._workspace = workspace
        self._system = system
        self._tally = Tally()

    def known(self, drafts: Sequence[Draft]) -> list[bool]:
        """Whether the order of each draft is."""
        numbers = [draft.subject for draft in drafts]
        hashes = {number: digest(number) for number in set(numbers)}
        before = self._tally.count(keys_of([hashes[number] for number in numbers])) > 0
        first = [number for number, came in zip(numbers, before, strict=True) if not came]
        there = profiles.known_orders(self._workspace, self._system, first)
        return [bool(came) or number in there for number, came in zip(numbers, before, strict=True)]


class PeopleCounter:
    """A person is known by an identity of theirs, unless another one says that this is somebody else.

    A customer number that is new, beside a phone that belongs to a customer of another number, is a new customer.
    """

    def __init__(self, workspace: int) -> None:
        self._workspace = workspace
        self._all = Tally()  # identities
        self._held = Tally()  # hints that came beside a strong identity, with its kind and scope

    def known(self, drafts: Sequence[Draft]) -> list[bool]:
        """Whether the person of each draft is."""
        rows = [_Claims(list(dict.fromkeys(draft.subject))) for draft in drafts]
        flat = [claim for row in rows for claim in row.all]
        came = _counted(self._all, [digest(*claim[:3]) for claim in flat])
        pairs = [(hint, claim) for row in rows for claim in row.strong for hint in row.hints]
        held = _counted(self._held, [digest(*hint[:3], *claim[:2]) for hint, claim in pairs])
        there = identities.find(self._workspace, list(dict.fromkeys(flat)))
        found = []
        place = pair = 0
        for row in rows:
            before = dict(zip(row.all, came[place : place + len(row.all)], strict=True))
            place += len(row.all)
            width = len(row.strong) * len(row.hints)
            taken = dict(zip(pairs[pair : pair + width], held[pair : pair + width], strict=True))
            pair += width
            found.append(self._is_known(row, before, taken, there))
        return found

    def _is_known(
        self, row: "_Claims", before: dict[Claim, int], taken: dict[tuple[Claim, Claim], int], there: dict[Claim, int]
    ) -> bool:
        if any(before[claim] or there.get(claim) for claim in row.strong):
            return True
        for hint in row.hints:
            if before[hint] and all(before[hint] > taken[hint, claim] for claim in row.strong):
                return True
            if there.get(hint) and not self._is_elses(there[hint], row.strong):
                return True
        return False

    def _is_elses(self, number: int, strong: list[Claim]) -> bool:
        """Whether the identity's person has another strong identity where this row brings one."""
        if not strong:
            return False
        person = identities.persons_of(self._workspace, [number]).get(number, 0)
        spaces = {(one.kind, one.scope) for one in identities.identities_of(self._workspace, person) if one.strong}
        return any(claim[:2] in spaces for claim in strong)


class _Claims:
    """The identities of a row, those that decide and those that hint."""

    def __init__(self, claims: list[Claim]) -> None:
        self.all = claims
        self.strong = [claim for claim in claims if claim.strong]
        self.hints = [claim for claim in claims if not claim.strong]


def _counted(tally: Tally, digests: list[bytes]) -> list[int]:
    return list(tally.count(keys_of(digests)).astype(np.int64).tolist())
