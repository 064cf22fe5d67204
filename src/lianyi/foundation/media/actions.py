"""Writes to media. A content and its rows are changed under one lock, so that none is removed while it is put again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO

from django.db import connection, transaction

from lianyi.foundation.access.acting import current_actor
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.media import files
from lianyi.foundation.media.models import MediaFile
from lianyi.foundation.media.schemas import Forgotten, Media
from lianyi.foundation.media.sniffing import TYPES, Type
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.kernel.text import clean

_UNFINISHED_LIVES_FOR = timedelta(hours=6)


def put(
    workspace: int, name: str, source: BinaryIO, *, person: int | None = None, types: Sequence[Type] = TYPES
) -> Media:
    """Keeps the content of `source` as a file of the workspace, of a person's when one is named. The same content again
    is the same row. Refuses to fill the disk.
    """
    plain = _name(name)
    with files.written(workspace, plain, source, types) as found, transaction.atomic():
        _lock(workspace, found.sha256)
        files.put_in_place(found, workspace)
        row, created = MediaFile.objects.get_or_create(
            workspace_id=workspace,
            sha256=found.sha256,
            person=person,
            defaults={
                "name": plain,
                "type": found.type.name,
                "size": found.size,
                "width": found.width,
                "height": found.height,
                "put_by": current_actor().name,
            },
        )
        if created:
            record_audit(workspace, "media.put", {"media": row.pk, "sha256": row.sha256})
    return media_in(row)


@transaction.atomic
def remove(workspace: int, media_id: int) -> bool:
    """Removes one row, and its file when no other row names it; False when there was none."""
    row = MediaFile.objects.filter(workspace=workspace, pk=media_id).first()
    if row is None:
        return False
    row.delete()
    record_audit(workspace, "media.removed", {"media": media_id})
    _after_commit(workspace, [row.sha256])
    return True


@transaction.atomic
def forget_person(workspace: int, number: int) -> Forgotten:
    """Removes what came with this person number: its rows now, and as the transaction commits the files that no other
    row names. Doing it again changes nothing.
    """
    rows = MediaFile.objects.filter(workspace=workspace, person=number)
    found = sorted(set(rows.values_list("sha256", flat=True)))
    count = rows.delete()[0]
    shared = set(MediaFile.objects.filter(workspace=workspace, sha256__in=found).values_list("sha256", flat=True))
    if count:
        record_audit(workspace, "media.forgotten", {"person": number, "rows": count})
    _after_commit(workspace, found)
    return Forgotten(count, len(set(found) - shared))


def sweep(workspace: int, now: datetime) -> int:
    """Removes files that no row names, as a crash between a commit and its effect leaves them; how many."""
    gone = files.remove_unfinished(workspace, (now - _UNFINISHED_LIVES_FOR).timestamp())
    named = set(MediaFile.objects.filter(workspace=workspace).values_list("sha256", flat=True))
    return gone + sum(_remove_unnamed(workspace, one) for one in files.contents(workspace) if one not in named)


def _after_commit(workspace: int, contents: list[str]) -> None:
    for sha256 in contents:
        transaction.on_commit(partial(_remove_unnamed, workspace, sha256))


@transaction.atomic
def _remove_unnamed(workspace: int, sha256: str) -> bool:
    """Removes a file unless a row names it; whoever puts the same content meanwhile waits and then writes it again."""
    _lock(workspace, sha256)
    if MediaFile.objects.filter(workspace=workspace, sha256=sha256).exists():
        return False
    return files.remove(workspace, sha256)


def _lock(workspace: int, sha256: str) -> None:
    number = int.from_bytes(digest("media", str(workspace), sha256)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _name(name: str) -> str:
    plain = clean(name.replace("\\", "/").rpartition("/")[2])
    if not plain or len(plain) > 200:
        raise Refused("media.name", "The file has no name, or one of more than 200 characters.", "Name it.")
    return plain


def media_in(row: MediaFile) -> Media:
    """What the row says."""
    return Media(row.pk, row.sha256, row.name, row.type, row.size, row.width, row.height, row.person)
