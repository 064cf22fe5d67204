"""Files and rows of sheets go when they were kept for long enough."""

from datetime import datetime, timedelta

from lianyi.foundation.pieces import Piece
from lianyi.kernel.clock import to_micros
from lianyi.links.sheets import keeping
from lianyi.links.sheets.models import CodeSheet
from lianyi.links.sheets.schemas import KEPT_FOR, ROWS_KEPT_FOR


def sweep(now: datetime) -> int:
    """Removes files that were kept for long enough, what died left, and rows that nobody asks for; how many files."""
    finished = CodeSheet.objects.exclude(state=Piece.State.RUNNING)
    due = list(finished.filter(finished_at__lt=_before(now, KEPT_FOR)).exclude(stored=""))
    for row in due:
        keeping.drop(row.workspace, row.stored)
    CodeSheet.objects.filter(pk__in=[row.pk for row in due]).update(stored="")
    finished.filter(finished_at__lt=_before(now, ROWS_KEPT_FOR)).delete()
    known = set(CodeSheet.objects.exclude(stored="").values_list("workspace", "stored"))
    return len(due) + keeping.drop_forgotten(known)


def _before(now: datetime, seconds: int) -> int:
    return to_micros(now - timedelta(seconds=seconds))
