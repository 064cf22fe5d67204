"""The pass over the lake's files: rows of everybody who was erased since the last one go, in one rewriting."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from lianyi.events.lake import actions as lake
from lianyi.events.lake.queries import rows_of
from lianyi.foundation.audit.actions import record_audit
from lianyi.people.erasing.models import Erasure
from lianyi.people.erasing.sieve import Sieve
from lianyi.people.identity.decisions import NAMES


class Passed(NamedTuple):
    """What a pass over one workspace's lake did."""

    people: int
    rows: int
    amended: int
    files: int


def pass_over(workspace: int, now: int) -> Passed:
    """Takes everybody who waits out of the lake's files; who is erased meanwhile waits for the next pass. What is in
    the files afterwards does not speak of them; to do it again changes nothing.
    """
    waiting = list(Erasure.objects.filter(workspace=workspace, laked_at=None).order_by("erased_at"))
    if not waiting:
        return Passed(0, 0, 0, 0)
    root = settings.ENVIRONMENT.lake
    numbers = sorted({number for one in waiting for number in one.numbers})
    beside = sorted({number for one in waiting for number in one.beside})
    amended = amended_in(root, workspace, numbers, beside)
    removed = lake.erase(root, workspace, numbers, amended)
    with transaction.atomic():
        Erasure.objects.filter(pk__in=[one.pk for one in waiting]).update(laked_at=now)
        detail = {"people": len(waiting), "rows": removed.rows, "files": removed.files_rewritten}
        record_audit(workspace, "people.erased_in_lake", detail)
    return Passed(len(waiting), removed.rows, removed.rows_amended, removed.files_rewritten)


def amended_in(
    root: str, workspace: int, numbers: Sequence[int], beside: Sequence[int]
) -> dict[tuple[int, int], bytes]:
    """The rows that stay without the erased people's values: events of others that name them, and decisions."""
    sieve = Sieve.of(workspace)
    amended = {}
    for row in rows_of(root, workspace, [*numbers, *beside]):
        if row.identity in numbers and row.name not in NAMES:
            continue
        kept = sieve.keep(row)
        if kept is not None and (kept.raw != row.raw or kept.identity != row.identity):
            amended[row.batch, row.position] = kept.raw
    return amended
