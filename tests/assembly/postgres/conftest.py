"""Other users, and what a database holds."""

import os
import pickle
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from lianyi.assembly.postgres import EmbeddedPostgres, Provider, preferred

T = TypeVar("T")
OTHER_USER = "daemon"  # an unprivileged account that every Debian has

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to act as several users")


def write(server: EmbeddedPostgres, *numbers: int) -> None:
    """Commits numbers into the table `kept`."""
    with psycopg.connect(server.conninfo) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int PRIMARY KEY)")
        connection.cursor().executemany("INSERT INTO kept VALUES (%s)", [(n,) for n in numbers])


def kept(server: EmbeddedPostgres) -> list[int]:
    """What is committed in the table `kept`."""
    with psycopg.connect(server.conninfo) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]


def postmaster_of(server: EmbeddedPostgres) -> int:
    """The number of the server's first process."""
    return int((server.places.data / "postmaster.pid").read_text().split()[0])


def as_other_user(act: Callable[[], T]) -> T:
    """The result of `act` in a forked process of another, unprivileged user; its exception is raised here.

    Forked, not started: the interpreter may lie in a folder that only root can enter. For the same reason everything
    that `act` imports must be imported already.
    """
    entry = pwd.getpwnam(OTHER_USER)
    read, wrote = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read)
            os.setgroups([])
            os.setresgid(*[entry.pw_gid] * 3)
            os.setresuid(*[entry.pw_uid] * 3)
            try:
                result: tuple[bool, object] = (True, act())
            except Exception as error:
                result = (False, error)
            os.write(wrote, pickle.dumps(result))
        finally:
            os._exit(0)
    os.close(wrote)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    good, value = pickle.loads(answer)
    if not good:
        raise value
    return value  # type: ignore[no-any-return]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder of the other user in a place that everybody can enter."""
    entry = pwd.getpwnam(OTHER_USER)
    place = Path(tempfile.mkdtemp(prefix="lianyi-open-"))
    os.chown(place, entry.pw_uid, entry.pw_gid)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="session")
def open_provider() -> Iterator[Provider]:
    """The preferred programs in a place that everybody can enter."""
    provider = preferred()
    package = provider.programs.parents[1]
    place = Path(tempfile.mkdtemp(prefix="lianyi-programs-"))
    place.chmod(0o755)
    for folder in (package, package.with_name(f"{package.name}.libs")):  # programs and the libraries they load
        shutil.copytree(folder, place / folder.name)
    yield Provider("copy", provider.major, place / provider.programs.relative_to(package.parent))
    shutil.rmtree(place)
