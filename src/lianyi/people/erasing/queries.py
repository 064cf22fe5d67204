"""Reads of erasures."""

from typing import NamedTuple

from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.erasing.models import Erasure
from lianyi.people.identity import erasing
from lianyi.people.identity.normalise import normalise


class ErasureLine(NamedTuple):
    """A person who was erased: a number and moments (µs). `washed` says that the files of the database hold nothing of
    them any more; `laked_at` is when the lake's files held nothing of them any more, None before.
    """

    person: int
    erased_at: int
    identities: int
    washed: bool
    laked_at: int | None


def erasures(workspace: int, *, limit: int, before: int | None = None) -> list[ErasureLine]:
    """The newest erasures, those before the moment `before` (µs) when it is given."""
    rows = Erasure.objects.filter(workspace=workspace, erased_at__lt=before or 2**62).order_by("-erased_at")[:limit]
    return [
        ErasureLine(one.person, one.erased_at, len(one.numbers), one.unwashed is None, one.laked_at) for one in rows
    ]


def erased_at(workspace: int, claim: Claim) -> int | None:
    """When (µs) this identity was last erased; None when it never was. That is all that is known of it."""
    normal = normalise(claim, region_of(workspace))
    return None if normal is None else erasing.marks(workspace).get(erasing.mark_of_claim(normal))


def waiting(workspace: int) -> list[int]:
    """When (µs) each of the people was erased of whom the lake's files may still hold rows, the longest ago first."""
    rows = Erasure.objects.filter(workspace=workspace, laked_at=None).order_by("erased_at")
    return list(rows.values_list("erased_at", flat=True))
