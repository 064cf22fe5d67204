"""The rows by which an import knows how far it came."""

from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.imports.mapping import write_mapping
from lianyi.people.imports.models import ImportJob
from lianyi.people.imports.preparing import Prepared

COUNTS = ("rows", "new", "updated", "same", "refused")


def begin(workspace: Workspace, prepared: Prepared, now: int) -> ImportJob:
    """The job of this file and mapping that was left unfinished, else a new one."""
    mapping = write_mapping(prepared.plan.mapping)
    seen = prepared.table.seen
    job, is_new = ImportJob.objects.get_or_create(
        workspace=workspace,
        kind=prepared.kind,
        file_digest=seen.digest,
        mapping_digest=digest(mapping),
        finished_at=None,
        defaults={"started_at": now, "file_name": seen.path.name[:255], "mapping": mapping},
    )
    if is_new:
        record_audit(workspace.pk, "import.started", {"import": job.pk, "kind": prepared.kind})
    return job


def advance(job: ImportJob, counts: dict[str, int]) -> None:
    """Notes in the caller's transaction that these rows are dealt with. Refuses when somebody else is at it, too."""
    before = {name: getattr(job, name) for name in COUNTS}
    for name in COUNTS:
        setattr(job, name, before[name] + counts[name])
    changed = ImportJob.objects.filter(pk=job.pk, finished_at=None, rows=before["rows"]).update(
        **{name: getattr(job, name) for name in COUNTS}
    )
    if not changed:
        for name in COUNTS:
            setattr(job, name, before[name])
        raise Refused(
            "import.elsewhere", "This file is being imported by somebody else right now.", "Wait for that import."
        )


def finish(job: ImportJob, now: int) -> None:
    """Nothing is left to do."""
    ImportJob.objects.filter(pk=job.pk, finished_at=None).update(finished_at=now)
    detail = {"import": job.pk, "kind": job.kind, **{name: getattr(job, name) for name in COUNTS}}
    record_audit(job.workspace_id, "import.finished", detail)
