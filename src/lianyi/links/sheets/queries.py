"""Reads of sheets."""

from pathlib import Path

import msgspec

from lianyi.kernel.errors import Refused
from lianyi.links.looks.schemas import LookDraft
from lianyi.links.printing import Chosen
from lianyi.links.sheets.keeping import path_of
from lianyi.links.sheets.models import CodeSheet
from lianyi.links.sheets.schemas import SheetLine


def sheets(workspace: int, limit: int, before: int | None = None) -> list[SheetLine]:
    """The newest first; those before the number `before`."""
    rows = CodeSheet.objects.filter(workspace=workspace).order_by("-pk")
    return [line_in(row) for row in (rows if before is None else rows.filter(pk__lt=before))[:limit]]


def sheet_of(workspace: int, sheet: int) -> SheetLine:
    """One of them. Refuses one that is not there."""
    return line_in(row_of(workspace, sheet))


def file_of(workspace: int, sheet: int) -> Path:
    """The document. Refuses while there is none, and when it is not kept any more."""
    row = row_of(workspace, sheet)
    path = path_of(workspace, row.stored)
    if path is None:
        raise Refused("sheet.no_file", "There is no file of this sheet.", "Wait until it is done, or ask for it again.")
    return path


def row_of(workspace: int, sheet: int) -> CodeSheet:
    """The row itself, for this room."""
    row = CodeSheet.objects.filter(workspace=workspace, pk=sheet).first()
    if row is None:
        raise Refused("sheet.unknown", "There is no sheet {sheet} here.", sheet=sheet)
    return row


def line_in(row: CodeSheet) -> SheetLine:
    """The row as others see it."""
    return SheetLine(
        id=row.pk,
        state=row.state,
        waits=row.waits,
        stopping=row.stop,
        step=row.step,
        title=row.title,
        codes=row.codes,
        pages=row.pages,
        size=row.size,
        there=path_of(row.workspace, row.stored) is not None,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        chosen=msgspec.convert(row.chosen, Chosen),
        look=msgspec.convert(row.look, LookDraft),
        problem=row.refusal,
    )
