"""What members do with uploads: give a file, say what its columns mean, have it counted or imported, stop that."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import digest
from lianyi.people.imports.files import glimpse
from lianyi.people.imports.headers import guess, is_known, likely_kind
from lianyi.people.imports.mapping import parse_mapping, write_mapping
from lianyi.people.imports.models import ImportUpload
from lianyi.people.imports.opening import table_of
from lianyi.people.imports.tables import FileSpec
from lianyi.people.imports.targets import Fields, plain, settled
from lianyi.people.imports.uploads import keeping
from lianyi.people.imports.uploads.previewing import remembered
from lianyi.people.imports.uploads.queries import described, row_of
from lianyi.people.imports.uploads.remapping import Wish, remapped
from lianyi.people.imports.uploads.schemas import Upload

_State = ImportUpload.State


@needs(Ability.RUN_IMPORTS)
def take_upload(workspace: Workspace, path: Path, name: str, language: str, now: datetime) -> Upload:
    """Takes a file that has arrived at `path`, below the folder of uploads, looks through it once, and proposes what it
    is; by the mapping of the last import with the same columns, else by their names. `language` is that of reasons.

    Refuses what is no table. The file is gone then.
    """
    stored = keeping.keep(path, name)
    try:
        place = keeping.path_of(stored)
        assert place is not None
        seen = glimpse(place)
        columns = table_of(seen, FileSpec(), is_known).columns
        header = digest("columns", *columns)
        kind, fields = _like(workspace.pk, header) or _guessed(columns)
        with transaction.atomic():
            row = ImportUpload.objects.create(
                workspace_id=workspace.pk,
                kind=kind,
                file_name=keeping.safe_name(name)[:255],
                stored=stored,
                seen=remembered(seen),
                header=header,
                fields=fields,
                actor=current_actor().name,
                language=language,
                created_at=to_micros(now),
            )
            record_audit(workspace.pk, "import.uploaded", {"upload": row.pk, "bytes": seen.size})
    except BaseException:
        keeping.drop(stored)
        raise
    return described(row)


@needs(Ability.RUN_IMPORTS)
@transaction.atomic
def save_mapping(workspace: Workspace, upload: int, kind: str, fields: Fields) -> Upload:
    """Keeps what the columns mean, complete or not. Refuses while it runs, and when it is done."""
    row = _open_row(workspace.pk, upload)
    row.kind, row.fields, row.state, row.tried, row.problem = kind, fields, _State.PREVIEWED, None, None
    row.save(update_fields=["kind", "fields", "state", "tried", "problem"])
    return described(row)


@needs(Ability.RUN_IMPORTS)
def change_mapping(workspace: Workspace, upload: int, wish: Wish) -> Upload:
    """Changes what is wished of the mapping, and keeps it, complete or not."""
    kind, fields = remapped(described(row_of(workspace.pk, upload)), wish)
    return save_mapping(workspace, upload, kind, fields)


@needs(Ability.RUN_IMPORTS)
def load_mapping(workspace: Workspace, upload: int, text: str, name: str) -> Upload:
    """Takes the mapping that a file of YAML says. Refuses one that does not fit together."""
    row = row_of(workspace.pk, upload)
    mapping = parse_mapping(text, row.kind, name)
    return save_mapping(workspace, upload, row.kind, plain(mapping))


@needs(Ability.RUN_IMPORTS)
@transaction.atomic
def start(workspace: Workspace, upload: int, now: datetime, *, dry: bool) -> Upload:
    """Has the worker count the file, or import it, for the present actor; one that stood still goes on.

    Refuses an incomplete mapping, and a file that is gone.
    """
    row = _open_row(workspace.pk, upload)
    keeping.file_in(row.stored)
    row.mapping = write_mapping(settled(row.fields, row.kind))
    row.state, row.dry, row.stop, row.problem, row.position = _State.RUNNING, dry, False, None, 0
    row.actor, row.started_at, row.finished_at = current_actor().name, to_micros(now), None
    row.claimed_by, row.claimed_until = "", 0
    row.save()
    if not dry:
        record_audit(workspace.pk, "import.asked", {"upload": row.pk, "kind": row.kind})
    return described(row)


@needs(Ability.RUN_IMPORTS)
@transaction.atomic
def stop(workspace: Workspace, upload: int) -> Upload:
    """Has what runs stand still, within the next thousands of rows; what is in stays in. Starting again goes on."""
    row = row_of(workspace.pk, upload)
    row = ImportUpload.objects.select_for_update().get(pk=row.pk)
    if row.state == _State.RUNNING:
        row.stop = True
        if not row.claimed_by:
            row.state = _State.PREVIEWED if row.dry else _State.STOPPED
        row.save(update_fields=["stop", "state"])
        record_audit(workspace.pk, "import.stopped", {"upload": row.pk})
    return described(row)


@needs(Ability.RUN_IMPORTS)
@transaction.atomic
def discard(workspace: Workspace, upload: int) -> None:
    """Removes a file that nothing was imported of, or no more shall be. Refuses while it runs."""
    row = _open_row(workspace.pk, upload)
    keeping.drop(row.stored)
    row.delete()
    record_audit(workspace.pk, "import.discarded", {"upload": upload})


def _open_row(workspace: int, upload: int) -> ImportUpload:
    row = ImportUpload.objects.select_for_update().get(pk=row_of(workspace, upload).pk)
    if row.state == _State.RUNNING:
        raise Refused("upload.running", "This file is being worked on.", "Wait until it is done, or stop it.")
    if row.state == _State.DONE:
        raise Refused("upload.done", "This file is imported.", "Give it again to import it by another mapping.")
    return row


def _like(workspace: int, header: bytes) -> tuple[str, Fields] | None:
    """How the last file with the same columns was imported."""
    like = ImportUpload.objects.filter(workspace=workspace, header=header, state=_State.DONE).order_by("-pk").first()
    if like is None:
        return None
    fields = plain(settled(like.fields, like.kind))
    fields.pop("file", None)  # the next file may be written in another way
    return like.kind, fields


def _guessed(columns: list[str]) -> tuple[str, Fields]:
    kind = likely_kind(columns)
    fields: dict[str, Any] = {"kind": kind, **guess(kind, columns)[0]}
    return kind, fields
