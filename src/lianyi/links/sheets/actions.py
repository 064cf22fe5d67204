"""What members do with sheets: ask for one, stop it, remove it."""

from datetime import datetime

import msgspec
from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.pieces import Piece, ask, stop
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.links.codes.sheets import MOST
from lianyi.links.looks.queries import drawn
from lianyi.links.looks.schemas import LookDraft
from lianyi.links.printing import Chosen, count_to_print
from lianyi.links.sheets import keeping
from lianyi.links.sheets.models import CodeSheet
from lianyi.links.sheets.queries import line_in, row_of
from lianyi.links.sheets.running import printed, settle
from lianyi.links.sheets.schemas import SheetLine

AT_ONCE = 200  # codes that are printed while whoever asks waits, in about half a second
MOST_RUNNING = 20


@needs(Ability.EDIT_CAMPAIGNS)
def ask_sheet(
    workspace: int, chosen: Chosen, look: LookDraft, now: datetime, *, installation: str, title: str
) -> SheetLine:
    """A sheet of the chosen codes: up to AT_ONCE are printed at once, more by the worker. `installation` is the
    installation's own address. Refuses none and more than a document has, and a look that scanners do not read.
    """
    assert look.layout
    drawn(workspace, look)
    count = count_to_print(workspace, chosen)
    if not 0 < count <= MOST:
        raise Refused(
            "sheet.many", "A document has one code to {most:,}; this has {count:,}.", "Choose others.",
            most=MOST, count=count,
        )  # fmt: skip
    row = CodeSheet(
        workspace=workspace,
        title=title,
        installation=installation,
        chosen=msgspec.to_builtins(chosen),
        look=msgspec.to_builtins(look),
        codes=count,
    )
    return _at_once(row, now) if count <= AT_ONCE else _later(row, now)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def stop_sheet(workspace: int, sheet: int, now: datetime) -> SheetLine:
    """Has a sheet end within seconds; nothing of it stays."""
    row = CodeSheet.objects.select_for_update().get(pk=row_of(workspace, sheet).pk)
    if stop(row, now):
        record_audit(workspace, "sheet.stopped", {"sheet": sheet})
    return line_in(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def delete_sheet(workspace: int, sheet: int) -> None:
    """Removes a sheet with its file. Refuses while it is made."""
    row = CodeSheet.objects.select_for_update().get(pk=row_of(workspace, sheet).pk)
    if row.state == Piece.State.RUNNING:
        raise Refused("sheet.runs", "This sheet is being printed.", "Wait until it is done, or stop it.")
    keeping.drop(workspace, row.stored)
    row.delete()
    record_audit(workspace, "sheet.deleted", {"sheet": sheet})


def _at_once(row: CodeSheet, now: datetime) -> SheetLine:
    part, done = printed(row, lambda codes: codes)
    try:
        with transaction.atomic():
            ask(row, now, state=Piece.State.DONE, finished_at=to_micros(now))
            settle(row, part, done)
            record_audit(row.workspace, "sheet.asked", {"sheet": row.pk, "codes": done.codes})
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    row.refresh_from_db()
    return line_in(row)


@transaction.atomic
def _later(row: CodeSheet, now: datetime) -> SheetLine:
    running = CodeSheet.objects.filter(workspace=row.workspace, state=Piece.State.RUNNING)
    if running.count() >= MOST_RUNNING:
        raise Refused("sheet.waiting", "{most} sheets are waiting to be printed already.", "Wait until one is done.",
                      most=MOST_RUNNING)  # fmt: skip
    ask(row, now)
    record_audit(row.workspace, "sheet.asked", {"sheet": row.pk, "codes": row.codes})
    return line_in(row)
