"""Backup and restore: the database, the lake that matches it, media, and the installation's key, in one file.

The database is dumped at one moment; the lake is copied after that, so it holds at least what the cursors have passed.
A restore cuts off what is beyond them and opens a new epoch of the lake. Promises that a file which does not match its
manifest is refused before anything is touched, and that the old home is kept until the new one is whole. The file holds
secrets and people: only its owner may read it.
"""

import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lianyi.assembly.environment import Environment
from lianyi.assembly.postgres import preferred
from lianyi.kernel.errors import Broken, Refused

FORMAT = 1
_FENCES_SINCE = 1_000_000  # more than a pipeline changes hands between a backup and its restore
MANIFEST, DUMP, KEY = "manifest.json", "database.dump", "secret.key"
UNFINISHED = "restore.unfinished"  # lies in the home until a restore has done its last step


@dataclass(frozen=True)
class Saved:
    """What a backup holds."""

    made_at: str
    workspaces: int
    files: int
    bytes: int


def backup(environment: Environment, target: Path, now: datetime) -> Saved:
    """Writes a backup to `target`, which must not exist. Call it with the database open; `up` may run meanwhile."""
    if target.exists():
        raise Refused("backup.exists", "{target} exists already.", "Name a new file.", target=target)
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    dump = fresh.with_suffix(".dump")
    try:
        dump.touch(mode=0o600)
        _run("pg_dump", "--format=custom", "--compress=6", f"--file={dump}", f"--dbname={environment.conninfo()}")
        workspaces = _workspaces()
        fresh.touch(mode=0o600)
        with tarfile.open(fresh, "w") as archive:
            sums = {name: _add(archive, name, path) for name, path in _members(environment, dump, workspaces)}
            told = {
                "format": FORMAT,
                "made_at": now.astimezone(UTC).isoformat(),
                "workspaces": workspaces,
                "lake": "s3" if "://" in environment.lake else "inside",
                "sha256": sums,
            }
            _add_bytes(archive, MANIFEST, json.dumps(told, indent=1).encode())
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.rename(target)
    finally:
        dump.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)
    return Saved(now.astimezone(UTC).isoformat(), len(workspaces), len(sums), target.stat().st_size)


def read_manifest(source: Path) -> dict[str, Any]:
    """The manifest of a backup whose members are all there and unharmed. Refuses any other file."""
    try:
        with tarfile.open(source, "r:") as archive:
            members = {member.name: member for member in archive.getmembers()}
            if MANIFEST not in members or not all(
                member.isfile() and _inside(member.name) for member in members.values()
            ):
                raise Refused("restore.foreign", "{source} is no backup of Lianyi.", source=source)
            manifest: dict[str, Any] = json.loads(_content(archive, members[MANIFEST]).read())
            if manifest["format"] != FORMAT:
                raise Refused(
                    "restore.format",
                    "{source} was written by another version.",
                    "Restore it with that one.",
                    source=source,
                )
            sums: dict[str, str] = manifest["sha256"]
            for name in sorted(sums.keys() | members.keys() - {MANIFEST} | {DUMP, KEY}):
                if name not in members or _digest(_content(archive, members[name])) != sums.get(name):
                    raise Refused(
                        "restore.harmed",
                        "{name} in {source} is missing or harmed.",
                        "Take another backup.",
                        name=name,
                        source=source,
                    )
    except FileNotFoundError:
        raise Refused("restore.missing", "There is no file {source}.", source=source) from None
    except (
        *(tarfile.TarError, OSError, EOFError),
        *(ValueError, KeyError, TypeError, AttributeError, RecursionError),  # a manifest of another shape
    ) as error:
        raise Refused(
            "restore.unreadable", "{source} cannot be read as a backup: {why}.", source=source, why=type(error).__name__
        ) from None
    return manifest


def unpack(source: Path, environment: Environment) -> None:
    """Puts the key, media and the lake of a checked backup into an empty home."""
    environment.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (environment.home / UNFINISHED).touch(mode=0o600)
    with tarfile.open(source, "r:") as archive:
        for member in archive.getmembers():
            if member.name == KEY:
                place = environment.home / KEY
            elif member.name.startswith("lake/"):
                place = Path(environment.lake) / member.name.removeprefix("lake/")
            elif member.name.startswith(("media/", "form-files/")):
                (environment.home / member.name.partition("/")[0]).mkdir(mode=0o700, exist_ok=True)
                place = environment.home / member.name
            else:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch(mode=0o644 if member.name.startswith("lake/") else 0o600)
            _copy(_content(archive, member), place)


def load_database(source: Path, environment: Environment) -> None:
    """Fills an empty database from a checked backup."""
    dump = environment.home / f".{DUMP}"
    try:
        dump.touch(mode=0o600)
        with tarfile.open(source, "r:") as archive:
            _copy(_content(archive, archive.getmember(DUMP)), dump)
        where = f"--dbname={environment.conninfo()}"
        _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", where, str(dump))
    finally:
        dump.unlink(missing_ok=True)


def refuse_unless_empty(environment: Environment) -> None:
    """A restore never overwrites: refuses a home that holds data."""
    held = [
        name for name in ("pg", "lake", "media", "form-files", KEY, UNFINISHED) if (environment.home / name).exists()
    ]
    if held:
        raise Refused(
            "restore.not_empty",
            "{home} holds {what} already.",
            "Move it away, or name an empty LIANYI_HOME.",
            home=environment.home,
            what=held,
        )


def refuse_foreign_list(source: Path, environment: Environment, erased: Path | None) -> None:
    """Refuses a list of erased people that cannot be applied to what this backup holds; without any there is none."""
    from lianyi.people.erasing import register

    with tarfile.open(source, "r:") as archive:
        secret = _content(archive, archive.getmember(KEY)).read().decode()
    register.read(erased or environment.home / register.FOLDER, environment.lake, secret)


def refuse_unless_blank() -> None:
    """Refuses a database that has tables."""
    from django.db import connection

    if connection.introspection.table_names():
        raise Refused("restore.database", "The database is not empty.", "Name an empty one by DATABASE_URL.")


def finish(environment: Environment) -> None:
    """The restore is whole: its home may start."""
    (environment.home / UNFINISHED).unlink()


def refuse_unfinished(home: Path) -> None:
    """Refuses a home whose restore was cut short: what it would send was not held back yet, or its lake not cut."""
    if (home / UNFINISHED).exists():
        raise Refused(
            "restore.unfinished",
            "A restore into {home} was cut short.",
            "Remove that folder, empty the database that DATABASE_URL names, and restore again.",
            home=home,
        )


def open_new_epoch(lake_root: str) -> int:
    """Cuts each workspace's lake back to what the restored database has passed; the number of rows cut off. Call it
    with the restored database open. The pipeline's fence jumps beyond any that was given since the backup was made.
    """
    from django.db import connection, transaction

    from lianyi.events.lake.actions import rewind
    from lianyi.events.log.queries import lake_cursor
    from lianyi.foundation.leases.actions import advance_fence

    cut = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE lake_epoch SET number = number + 1 RETURNING number")
        epoch = int(cursor.fetchone()[0])
        fence = advance_fence("pipeline", _FENCES_SINCE)
        for workspace in map(int, _workspaces()):
            cut += rewind(lake_root, workspace, lake_cursor(workspace), epoch=epoch, fence=fence).rows
    return cut


def hold_outboxes(now: datetime) -> None:
    """Nothing leaves any workspace until a person releases it: what was sent after the backup would go out again."""
    from lianyi.foundation.outbox.actions import hold

    for workspace in map(int, _workspaces()):
        hold(workspace, now)


def _workspaces() -> dict[str, str]:
    from lianyi.foundation.workspaces.queries import slugs

    return {str(number): slug for number, slug in slugs().items()}


def _members(environment: Environment, dump: Path, workspaces: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Names in the archive and the files they hold."""
    yield DUMP, dump
    yield KEY, environment.home / KEY
    yield from _media(environment, workspaces)
    if "://" in environment.lake:
        return  # the lake outlives the home; the database names what of it counts
    from lianyi.events.lake.place import place_of
    from lianyi.events.lake.queries import files_of, reading

    for workspace in workspaces:
        folder = Path(place_of(environment.lake, int(workspace)).uri)
        with reading(environment.lake, int(workspace)):
            for path in files_of(environment.lake, int(workspace)):
                yield f"lake/{workspace}/events/{path}", folder / path


def _media(environment: Environment, workspaces: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Those that rows name at present, which are at least what the dump names, but for what was erased meanwhile."""
    from lianyi.foundation.media.queries import kept
    from lianyi.growth.forms.files import kept as came

    for workspace in workspaces:
        for content in kept(int(workspace)):
            if content.path.exists():
                yield str(content.path.relative_to(environment.home)), content.path
        for path in came(int(workspace)):
            if path.exists():
                yield str(path.relative_to(environment.home)), path


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    archive.add(path, name, recursive=False, filter=_anonymous)
    with path.open("rb") as file:
        return _digest(file)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def _inside(name: str) -> bool:
    """Whether what stands under the name comes to lie in the home: also `lake//etc` does not."""
    parts = name.split("/")
    return not {"", ".", ".."}.intersection(parts) and "\x00" not in name


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Any:
    return archive.extractfile(member)


def _digest(file: Any) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(file: Any, place: Path) -> None:
    with place.open("wb") as out:
        while part := file.read(1 << 20):
            out.write(part)
        os.fsync(out.fileno())


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run(
        [preferred().program(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise Broken(
            "{program} failed: {words}",
            program=program,
            words=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode,
        )
