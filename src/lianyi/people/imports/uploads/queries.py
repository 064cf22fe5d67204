"""Reads of uploads."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lianyi.kernel.errors import Refused
from lianyi.people.imports.models import ImportJob, ImportUpload
from lianyi.people.imports.uploads.keeping import imports_folder, path_of
from lianyi.people.imports.uploads.schemas import COUNTS, Counted, Upload


def uploads_of(workspace: int, limit: int, before: int | None = None) -> list[Upload]:
    """The newest first; those older than upload `before` where one is named."""
    rows = ImportUpload.objects.filter(workspace=workspace)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [described(row) for row in rows.order_by("-pk")[:limit]]


def upload_of(workspace: int, upload: int) -> Upload:
    """One of them. Refuses an id that is none of the workspace's."""
    return described(row_of(workspace, upload))


def running_counts(workspace: int, upload: int) -> Counted | None:
    """How far the rows of an upload that runs are dealt with; None before the first."""
    row = row_of(workspace, upload)
    job = ImportJob.objects.filter(
        workspace=workspace, kind=row.kind, file_digest=bytes.fromhex(row.seen["digest"]), finished_at=None
    ).last()
    return None if job is None else Counted(job.rows, job.new, job.updated, job.same, job.refused, {}, {})


def refused_path(workspace: int, upload: int) -> Path | None:
    """The file of rows that were not taken; None where there is none, or none any more."""
    return _path(workspace, upload, "refused_file")


def left_out_path(workspace: int, upload: int) -> Path | None:
    """The file of rows that were taken without a cell; None where there is none, or none any more."""
    return _path(workspace, upload, "left_out_file")


def _path(workspace: int, upload: int, which: str) -> Path | None:
    row = row_of(workspace, upload)
    name = (row.result or {}).get(which, "")
    path = imports_folder() / name
    return path if name and path.is_file() else None


def row_of(workspace: int, upload: int) -> ImportUpload:
    """The row itself, for this package."""
    row = ImportUpload.objects.filter(workspace=workspace, pk=upload).first() if 0 < upload < 2**63 else None
    if row is None:
        raise Refused("upload.unknown", "There is no import {upload} here.", upload=upload)
    return row


def described(row: ImportUpload) -> Upload:
    """A row as the doors see it."""
    return Upload(
        id=row.pk,
        state=row.state,
        dry=row.dry,
        stopping=row.stop,
        waits=row.state == ImportUpload.State.RUNNING and not row.claimed_by,
        kind=row.kind,
        file_name=row.file_name,
        size=row.seen["size"],
        there=path_of(row.stored) is not None,
        folder=row.stored,
        seen=row.seen,
        fields=row.fields,
        mapping=row.mapping,
        actor=row.actor,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        position=row.position,
        tried=_counted(row.tried),
        result=_counted(row.result),
        problem=None if row.problem is None else Refused.unpacked(row.problem),
    )


def _counted(said: Mapping[str, Any] | None) -> Counted | None:
    if said is None:
        return None
    rows, new, updated, same, refused = (int(said[name]) for name in COUNTS)
    files = said.get("refused_file", ""), said.get("left_out", {}), said.get("left_out_file", "")
    return Counted(rows, new, updated, same, refused, said["codes"], said["ignored"], *files)


def any_import(workspace: int) -> bool:
    """Whether a file was imported, by a page or by the command line."""
    return ImportJob.objects.filter(workspace=workspace).exclude(finished_at=None).exists()
