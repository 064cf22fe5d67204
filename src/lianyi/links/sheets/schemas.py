"""Sheets, in and out."""

from typing import NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.links.looks.schemas import LookDraft
from lianyi.links.printing import Chosen

STEPS = 100  # of a sheet: per cent of its codes
KEPT_FOR = 7 * 86400  # seconds that a file can be fetched
ROWS_KEPT_FOR = 30 * 86400  # seconds that is known what was printed


class SheetLine(NamedTuple):
    """A sheet, and how far it is. Moments are microseconds."""

    id: int
    state: str  # running, done, stopped, failed
    waits: bool  # nobody has begun it yet
    stopping: bool
    step: int  # of STEPS
    title: str
    codes: int
    pages: int
    size: int  # bytes of the file
    there: bool  # the file can be fetched
    asked_at: int
    finished_at: int | None
    chosen: Chosen
    look: LookDraft
    problem: Refused | None
