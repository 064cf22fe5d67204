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
from lianyi.kernel.errors import why

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
        return well("python", "Python {found}.", found=found)
    return bad("python", "Python {found}; Lianyi is made for 3.11.", "Install it with Python 3.11.", found=found)


def _folders(home: Path) -> Finding:
    if not home.exists():
        return note("folders", "{home} does not exist yet.", "`lianyi up` makes it.", home=home)
    try:
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        return bad(
            "folders",
            "Nothing can be written in {home}: {why}.",
            "Make {home} writable for you.",
            home=home,
            why=why(error),
        )
    for name in _PRIVATE:
        place = home / name
        if place.exists() and stat.S_IMODE(place.stat().st_mode) & 0o077:
            return bad("folders", "Others can look into {place}.", "chmod go= {place}", place=place)
        if place.exists() and os.geteuid() != 0 and place.stat().st_uid != os.geteuid():
            return bad("folders", "{place} belongs to another user.", "Give it to yours: chown -R {place}", place=place)
    if stat.S_IMODE(home.stat().st_mode) & 0o005 and (home / "lake").exists():
        return note("folders", "Others on this machine can read the lake in {home}.", "chmod go= {home}", home=home)
    return well("folders", "{home} is writable, and what is private in it is closed to others.", home=home)


def _disks(environment: Environment) -> Iterator[Finding]:
    home = _existing(environment.home)
    places = [("disk", environment.home, home)]
    if "://" not in environment.lake:
        lake = _existing(Path(environment.lake).absolute())
        if lake.stat().st_dev != home.stat().st_dev:
            places.append(("lake_disk", Path(environment.lake), lake))
    for name, place, at in places:
        free = shutil.disk_usage(at).free
        told = {"free": free // _MEGABYTE, "place": place, "least": environment.min_free // _MEGABYTE}
        if free >= 2 * environment.min_free:
            yield well(name, "{free:,} MB are free for {place}; LIANYI_MIN_FREE is {least:,} MB.", **told)
        elif free >= environment.min_free:
            yield note(
                name,
                "{free:,} MB are free for {place}; LIANYI_MIN_FREE is {least:,} MB.",
                "Make room: below that, intake stops.",
                **told,
            )
        else:
            yield bad(
                name,
                "{free:,} MB are free for {place}; LIANYI_MIN_FREE is {least:,} MB: intake answers 503.",
                "Make room; it goes on by itself.",
                **told,
            )


def _existing(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())


def _sockets(environment: Environment) -> Finding:
    address = environment.socket_folder / ".s.PGSQL.5432"
    length = len(os.fsencode(address))
    if length > _LONGEST_ADDRESS:
        return bad(
            "sockets",
            "The address {address} is too long for a socket.",
            "Choose a shorter LIANYI_HOME.",
            address=address,
        )
    return well(
        "sockets",
        "Socket addresses have {length} of {most} bytes.",
        length=length,
        most=_LONGEST_ADDRESS,
    )


def _processes(environment: Environment, found: Running | None) -> Finding:
    if found is None:
        return note("processes", "Nothing runs here.", "Start it: lianyi up")
    if not found.url:
        return note("processes", "Process {pid} is just starting or stopping it.", pid=found.pid)
    sizes = pss(installation_pids(environment.home, found.pid))
    total = sum(sizes.values()) // _MEGABYTE
    return well(
        "processes",
        "{count} processes at {url}/ take {total:,} MB of memory.",
        count=len(sizes),
        url=found.url,
        total=total,
    )


def _mail(environment: Environment) -> Finding:
    server = environment.email
    if server is None:
        place = environment.home / "mail"
        return note("mail", "System mail is written to {place}.", "Name a mail server by EMAIL_URL.", place=place)
    return well(
        "mail",
        "System mail leaves by {host}, port {port}, from {sender}.",
        host=server.host,
        port=server.port,
        sender=server.sender,
    )
