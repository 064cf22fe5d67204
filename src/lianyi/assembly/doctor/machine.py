"""The machine: Python, folders and who may read them, room on the disk, sockets, the processes and their memory."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lianyi.assembly.doctor.findings import Finding, bad, note, well
from lianyi.assembly.environment import Environment
from lianyi.assembly.processes.memory import installation_pids, pss
from lianyi.assembly.processes.presence import Running, running

_LONGEST_ADDRESS = 107  # bytes of a Unix socket's address
_PRIVATE = ("secret.key", "logs", "pg", "run", "media", "mail")
_MEGABYTE = 1_000_000


def machine_findings(environment: Environment) -> Iterator[Finding]:
    """Everything that can be seen without the database."""
    yield _python()
    yield _folders(environment.home)
    yield from _disks(environment)
    yield _sockets(environment)
    yield _processes(environment, running(environment.home))
    yield _mail(environment)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == (3, 11):
        return well("python", f"Python {found}.")
    return bad("python", f"Python {found}; Lianyi is made for 3.11.", "Install it with Python 3.11.")


def _folders(home: Path) -> Finding:
    if not home.exists():
        return note("folders", f"{home} does not exist yet.", "`lianyi up` makes it.")
    try:
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        return bad("folders", f"Nothing can be written in {home}: {error.strerror}.", f"Make {home} writable for you.")
    for name in _PRIVATE:
        place = home / name
        if place.exists() and stat.S_IMODE(place.stat().st_mode) & 0o077:
            return bad("folders", f"Others can look into {place}.", f"chmod go= {place}")
        if place.exists() and os.geteuid() != 0 and place.stat().st_uid != os.geteuid():
            return bad("folders", f"{place} belongs to another user.", f"Give it to yours: chown -R {place}")
    if stat.S_IMODE(home.stat().st_mode) & 0o005 and (home / "lake").exists():
        return note("folders", f"Others on this machine can read the lake in {home}.", f"chmod go= {home}")
    return well("folders", f"{home} is writable, and what is private in it is closed to others.")


def _disks(environment: Environment) -> Iterator[Finding]:
    home = _existing(environment.home)
    places = [("disk", environment.home, home)]
    if "://" not in environment.lake:
        lake = _existing(Path(environment.lake).absolute())
        if lake.stat().st_dev != home.stat().st_dev:
            places.append(("lake_disk", Path(environment.lake), lake))
    for name, place, at in places:
        free = shutil.disk_usage(at).free
        room = f"{free // _MEGABYTE:,} MB are free for {place}"
        least = f"LIANYI_MIN_FREE is {environment.min_free // _MEGABYTE:,} MB"
        if free >= 2 * environment.min_free:
            yield well(name, f"{room}; {least}.")
        elif free >= environment.min_free:
            yield note(name, f"{room}; {least}.", "Make room: below that, intake stops.")
        else:
            yield bad(name, f"{room}; {least}: intake answers 503.", "Make room; it goes on by itself.")


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())


def _sockets(environment: Environment) -> Finding:
    address = environment.socket_folder / ".s.PGSQL.5432"
    length = len(os.fsencode(address))
    if length > _LONGEST_ADDRESS:
        return bad("sockets", f"The address {address} is too long for a socket.", "Choose a shorter LIANYI_HOME.")
    return well("sockets", f"Socket addresses have {length} of {_LONGEST_ADDRESS} bytes.")


def _processes(environment: Environment, found: Running | None) -> Finding:
    if found is None:
        return note("processes", "Nothing runs here.", "Start it: lianyi up")
    if not found.url:
        return note("processes", f"Process {found.pid} is just starting or stopping it.")
    sizes = pss(installation_pids(environment.home, found.pid))
    total = sum(sizes.values()) // _MEGABYTE
    return well("processes", f"{len(sizes)} processes at {found.url}/ take {total:,} MB of memory.")


def _mail(environment: Environment) -> Finding:
    server = environment.email
    if server is None:
        place = environment.home / "mail"
        return note("mail", f"System mail is written to {place}.", "Name a mail server by EMAIL_URL.")
    return well("mail", f"System mail leaves by {server.host}, port {server.port}, from {server.sender}.")
