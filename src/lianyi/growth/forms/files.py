"""Files that came with submissions, as the web process and the worker see them: handed to members, removed with their
people, and swept where no submission came of them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from lianyi.growth.forms.handing import folder_in, place_in
from lianyi.kernel.durable import sync
from lianyi.kernel.errors import Refused

UNUSED_FOR = 9 * 86_400  # seconds: longer than the page lies open that carries it, and than the log's tail lasts


class Found(NamedTuple):
    """A file on disk, as it was called, and what it is."""

    path: Path
    name: str
    type: str


def file_of(workspace: int, event: bytes, field: str, answers: dict[str, Any]) -> Found:
    """The file that came with a submission's field. Refuses where none came, and where it is not there any more."""
    said = answers.get(field)
    if not isinstance(said, dict) or "file" not in said:
        raise Refused(
            "form_file.unknown", "No file came with {field} of submission {event}.", field=field, event=event.hex()
        )
    place = place_in(_home(), workspace, str(said["file"]))
    if not place.exists():
        raise Refused(
            "form_file.gone",
            "The file {name} is not there any more.",
            "Look for it in a backup, or ask for it again.",
            name=str(said["name"]),
        )
    return Found(place, str(said["name"]), str(said["type"]))


def kept(workspace: int) -> Iterator[Path]:
    """Every file that a submission names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT file FROM form_file WHERE workspace = %s ORDER BY file", [workspace])
        rows = cursor.fetchall()
    return (place_in(_home(), workspace, file) for (file,) in rows)


def remove(workspace: int, files: Iterable[str]) -> None:
    """Removes these files; those that are gone stay gone."""
    for file in files:
        place = place_in(_home(), workspace, file)
        if place.exists():
            place.unlink(missing_ok=True)
            sync(place.parent)


def sweep(workspace: int, now: float) -> int:
    """Removes what no submission came of, or what a crash left of somebody who was erased; how many."""
    named = {path.name for path in kept(workspace)}
    folder = folder_in(_home(), workspace)
    old = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_mtime < now - UNUSED_FOR]
    gone = [path for path in old if path.name not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _home() -> Path:
    return Path(settings.ENVIRONMENT.home)
