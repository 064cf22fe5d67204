"""The list of erasures, kept in files beside the database: it outlives backups, and `restore` applies it.

One file for each erasure, written whole and on disk before the database commits; never changed, never deleted. It holds
numbers, times and marks (keyed hashes), so that it says nothing to who has not the installation's key. With a lake on
S3 there is a copy beside the lake; `level` makes the two the same again after one was lost.
"""

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from lianyi.events.lake.beside import names_beside, read_beside, write_beside
from lianyi.kernel.durable import sync, write_whole
from lianyi.kernel.errors import Broken, Refused

FOLDER = "erased"
FORMAT = 1


class Entry(NamedTuple):
    """One erasure; `marked` are the identities' marks (hex), each with the number it had."""

    workspace: int
    person: int
    erased_at: int
    marked: dict[str, int]

    @property
    def name(self) -> str:
        return f"{self.workspace}-{self.person}-{self.erased_at}.json"


def write(home: Path, lake: str, secret: str, entry: Entry) -> None:
    """Puts the erasure on the list; to do it again changes nothing."""
    told = {"format": FORMAT, "key": _key(secret), **entry._asdict()}
    data = json.dumps(told, indent=1).encode()
    _write(home, entry.name, data)
    write_beside(lake, f"{FOLDER}/{entry.name}", data)


def read(folder: Path, lake: str, secret: str) -> list[Entry]:
    """The erasures of this list and of the copy beside the lake, the oldest first. Refuses a list that was made with
    the key of another installation, and one that is harmed.
    """
    found: dict[str, Entry] = {}
    for name, data in [*_files(folder), *read_beside(lake, FOLDER)]:
        found[name] = _entry(name, data, secret)
    return sorted(found.values(), key=lambda one: (one.erased_at, one.name))


def level(home: Path, lake: str) -> None:
    """Lets each of the two places have what only the other has: after one was lost, or a write that was cut short."""
    here = {path.name for path in (home / FOLDER).glob("[!.]*.json")}
    for name, data in read_beside(lake, FOLDER, without=here):
        _write(home, name, data)
    if "://" in lake:
        for name in sorted(here - names_beside(lake, FOLDER)):
            write_beside(lake, f"{FOLDER}/{name}", (home / FOLDER / name).read_bytes())


def _write(home: Path, name: str, data: bytes) -> None:
    folder = home / FOLDER
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        sync(home)
    write_whole(folder / name, data)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    if folder.is_dir():
        for path in sorted(folder.glob("[!.]*.json")):
            yield path.name, path.read_bytes()


def _entry(name: str, data: bytes, secret: str) -> Entry:
    try:
        told = json.loads(data)
        if told["format"] != FORMAT:
            raise Broken("{name} in the list of erasures was written by another version.", name=name)
        if told["key"] != _key(secret):
            raise Refused(
                "erased.key",
                "{name} in the list of erasures was written with another installation's key.",
                "Restore a backup of that installation, or name its list by --erased.",
                name=name,
            )
        marked = {str(bytes.fromhex(mark).hex()): int(number) for mark, number in told["marked"].items()}
        return Entry(int(told["workspace"]), int(told["person"]), int(told["erased_at"]), marked)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            "erased.harmed",
            "{name} in the list of erasures cannot be read: {why}.",
            name=name,
            why=type(error).__name__,
        ) from None


def _key(secret: str) -> str:
    return blake2b(secret.encode(), digest_size=8, person=b"lianyi.erased.k").hexdigest()
