"""Writes to spend."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from lianyi.campaigns.spend.models import SpendRow
from lianyi.campaigns.spend.reading import read_spend
from lianyi.campaigns.spend.schemas import Recorded, Spend
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused

AT_ONCE = 10_000
LARGEST_FILE = 5_000_000  # bytes

_PUT = """
INSERT INTO spend (workspace, channel, medium, campaign, code, first_on, last_on, amount, currency, note, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (workspace, hash) DO NOTHING
"""


@needs(Ability.EDIT_SPEND)
@transaction.atomic
def record_spend(workspace: int, lines: Sequence[Spend]) -> Recorded:
    """Keeps these lines; one that is there already stays as it is. All of them or, when one is refused, none."""
    if len(lines) > AT_ONCE:
        raise Refused("spend.many", "{count:,} lines at once; {most:,} at most.", "Split them.",
                      count=len(lines), most=AT_ONCE)  # fmt: skip
    rows = {line.hash: _row(workspace, line.check()) for line in lines}
    with connection.cursor() as cursor:
        cursor.executemany(_PUT, list(rows.values()))
        new = max(cursor.rowcount, 0)
    if new:
        record_audit(workspace, "spend.recorded", {"lines": new})
    return Recorded(new, len(lines) - new)


@needs(Ability.EDIT_SPEND)
def record_spend_file(workspace: Workspace, name: str, content: bytes) -> Recorded:
    """Keeps the lines of a table: all of them or, when one is refused, none. Its `name` may say by its ending what it
    is. Refuses an empty file and one of more than LARGEST_FILE.
    """
    if not 0 < len(content) <= LARGEST_FILE:
        raise Refused("spend.file", "The file is missing, empty or over 5 MB.", "Choose another.")
    with tempfile.TemporaryDirectory(prefix="lianyi-spend-") as folder:
        place = Path(folder, "spend" + Path(name.replace("\x00", "")).suffix[:10])
        place.write_bytes(content)
        return record_spend(workspace.pk, read_spend(place, workspace.currency))


@needs(Ability.EDIT_SPEND)
@transaction.atomic
def change_spend(workspace: int, line: int, to: Spend) -> None:
    """Puts `to` in the place of a line. Refuses an unknown line, and one that would be there twice."""
    to.check()
    if SpendRow.objects.filter(workspace=workspace, hash=to.hash).exclude(pk=line).exists():
        raise Refused("spend.twice", "This line is there already.", "Delete one of the two.")
    changed = SpendRow.objects.filter(workspace=workspace, pk=line).update(
        **to.source._asdict(),
        first_on=to.first_on,
        last_on=to.last_on,
        amount=to.amount,
        currency=to.currency,
        note=to.note,
        hash=to.hash,
    )
    if not changed:
        raise _unknown(line)
    record_audit(workspace, "spend.changed", {"line": line})


@needs(Ability.EDIT_SPEND)
@transaction.atomic
def delete_spend(workspace: int, line: int) -> None:
    """Forgets a line. Refuses an unknown one."""
    if not SpendRow.objects.filter(workspace=workspace, pk=line).delete()[0]:
        raise _unknown(line)
    record_audit(workspace, "spend.deleted", {"line": line})


def _row(workspace: int, line: Spend) -> tuple[Any, ...]:
    return (workspace, *line.source, line.first_on, line.last_on, line.amount, line.currency, line.note, line.hash)


def _unknown(line: int) -> Refused:
    return Refused("spend.unknown", "There is no line {line} of spend.", line=line)
