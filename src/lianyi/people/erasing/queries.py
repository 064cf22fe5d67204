"""Reads of erasures."""

from lianyi.events.schemas import Claim
from lianyi.foundation.workspaces.queries import region_of
from lianyi.people.erasing.models import Erasure
from lianyi.people.identity import erasing
from lianyi.people.identity.normalise import normalise


def erased_at(workspace: int, claim: Claim) -> int | None:
    """When (µs) this identity was last erased; None when it never was. That is all that is known of it."""
    normal = normalise(claim, region_of(workspace))
    return None if normal is None else erasing.marks(workspace).get(erasing.mark_of_claim(normal))


def waiting(workspace: int) -> list[int]:
    """When (µs) each of the people was erased of whom the lake's files may still hold rows, the longest ago first."""
    rows = Erasure.objects.filter(workspace=workspace, laked_at=None).order_by("erased_at")
    return list(rows.values_list("erased_at", flat=True))
