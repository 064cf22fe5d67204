"""Making a data folder, and what stands in it: its major version, its settings, our role and database.

A data folder appears whole or not at all: it is made beside its place and renamed. The role `lianyi` owns the
database `lianyi` and is no superuser; `postgres` is, through the same socket.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import sql

from lianyi.assembly.environment import DATABASE_NAME, SOCKET_PORT
from lianyi.assembly.postgres.account import Account
from lianyi.assembly.postgres.configuration import HBA, configuration
from lianyi.assembly.postgres.providers import Provider
from lianyi.kernel.errors import Broken

SUPERUSER = "postgres"
ROLE = DATABASE_NAME
_GRANTS = ("pg_monitor", "pg_checkpoint", "pg_signal_backend")


def major_of(data: Path) -> int | None:
    """The major version that made this folder; None when there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def make_cluster(data: Path, provider: Provider, account: Account, options: Sequence[str] = ()) -> None:
    """Makes an empty data folder: UTF-8, sorted by code point, independent of the machine's locales."""
    fresh = data.with_name(data.name + ".fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        provider.program("initdb"),
        *("-D", str(fresh), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-instructions"),
        *_locale(provider.major),
        *options,
    ]
    run(command, account)
    fresh.rename(data)


def _locale(major: int) -> list[str]:
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def checksum_option(major: int, *, on: bool) -> list[str]:
    """What to say to initdb about checksums of pages; the default changed with 18."""
    if on:
        return ["--data-checksums"]
    return ["--no-data-checksums"] if major >= 18 else []


def control_data(data: Path, provider: Provider, account: Account) -> dict[str, str]:
    """What pg_controldata says about a data folder whose server does not run."""
    text = run([provider.program("pg_controldata"), "-D", str(data)], account)
    pairs = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def configure(data: Path, sockets: Path, major: int, account: Account, more: Mapping[str, str]) -> None:
    """Writes the settings when they are not there yet; a full disk never leaves half a file."""
    _write(data / "postgresql.conf", configuration(major, data, sockets, more), account)
    _write(data / "pg_hba.conf", HBA, account)


def _write(path: Path, text: str, account: Account) -> None:
    if path.read_text() == text:
        return
    fresh = path.with_suffix(".fresh")
    fresh.write_text(text)
    fresh.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(fresh, account.uid, account.gid)
    fresh.rename(path)


def admin(sockets: Path, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
    """A connection as the superuser."""
    return psycopg.connect(host=str(sockets), port=SOCKET_PORT, user=SUPERUSER, dbname=database, autocommit=True)


def ensure_database(sockets: Path) -> None:
    """Makes our role and database unless they are there."""
    role = sql.Identifier(ROLE)
    with admin(sockets) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).fetchall():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            for grant in _GRANTS:
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(grant), role))
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchall():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(sql.Identifier(DATABASE_NAME), role)
            )


def run(command: Sequence[str], account: Account, *, folder: Path | None = None) -> str:
    """Runs one of PostgreSQL's programs under the account; its last words are in the error."""
    done = subprocess.run(
        [*account.prefix, *command],
        capture_output=True,
        text=True,
        env=environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()[-600:]
        raise Broken(
            "{name} ended with {code}: {words}",
            name=Path(command[0]).name,
            code=done.returncode,
            words=words,
        )
    return done.stdout


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see: nothing of ours, above all no PGHOST or PGDATA of the shell."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
