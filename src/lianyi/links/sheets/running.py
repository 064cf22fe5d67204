"""The sheets, as pieces of work: printed aside, page by page, and named in the transaction that says so."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from lianyi.foundation.pieces import MOST_DEATHS, Pieces, Step
from lianyi.kernel.clock import Clock
from lianyi.kernel.sentences import Sentence
from lianyi.links.codes.sheets import Printed, print_sheets
from lianyi.links.looks.queries import drawn
from lianyi.links.looks.schemas import LookDraft
from lianyi.links.printing import Chosen, codes_to_print
from lianyi.links.sheets import keeping
from lianyi.links.sheets.models import CodeSheet
from lianyi.links.sheets.schemas import STEPS

log = structlog.get_logger()


def printed(row: CodeSheet, step: Callable[[int], object]) -> tuple[Path, Printed]:
    """The document of a sheet, written aside, and what is in it; `step` is told of codes that are done."""
    look = msgspec.convert(row.look, LookDraft)
    items = codes_to_print(row.workspace, row.installation, msgspec.convert(row.chosen, Chosen), look.caption)
    drawing, layout = drawn(row.workspace, look), look.layout
    part, file = keeping.new_part(row.workspace)
    try:
        with file:
            done = print_sheets(file, items, drawing, layout, title=row.title, step=step)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part, done


def settle(row: CodeSheet, part: Path, done: Printed) -> None:
    """Names the document, and says in the row what it is; the caller's transaction says that it is done."""
    size = part.stat().st_size
    CodeSheet.objects.filter(pk=row.pk).update(stored=keeping.keep(part), pages=done.pages, codes=done.codes, size=size)


def _print(row: CodeSheet, clock: Clock, step: Step) -> Callable[[], None]:
    del clock
    log.info("sheets.printing", workspace=row.workspace, sheet=row.pk, codes=row.codes)
    part, done = printed(row, _Steps(row.codes, step))
    return lambda: settle(row, part, done)


class _Steps:
    """Tells of whole per cents."""

    def __init__(self, codes: int, step: Step) -> None:
        self._codes, self._step = max(1, codes), step
        self._done = self._told = 0

    def __call__(self, codes: int) -> None:
        self._done += codes
        due = min(STEPS, self._done * STEPS // self._codes)
        if due > self._told:
            self._step(due - self._told)
            self._told = due


PIECES = Pieces(
    CodeSheet, "sheets", Sentence("The printing was ended from outside {times} times.", times=MOST_DEATHS), _print
)
