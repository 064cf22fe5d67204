"""Makes a database ready for this version: migrations, and the first workspace with its owner.

Runs under an advisory lock, so that of several processes that start at once one does the work and the others find it
done. As a program (`python -m lianyi.assembly.processes.prepare [SLUG]`) it prints what `up` says: one line of JSON.
"""

import hashlib
import hmac
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from lianyi.kernel.errors import Refused

if TYPE_CHECKING:
    from lianyi.foundation.workspaces.schemas import Workspace

OLDEST = 15  # major of PostgreSQL
FIRST_SLUG = "default"
OWNER = "owner@localhost"
_LOCK = 0x6C69616E79690001  # "lianyi", 1


@dataclass(frozen=True)
class Prepared:
    """What `up` prints. The secrets are shown once and logged never."""

    workspace: str
    sign_in: str  # what the link has behind /sign-in/
    write_key: str


def bring_up_to_date(slug: str | None = None, *, create: bool = False) -> "Workspace":
    """Applies what is missing of the migrations, and finds the workspace `slug`, or makes the first one (with `create`
    any one). Call it with Django set up; quick when nothing is missing.
    """
    from django.core.management import call_command

    with _alone():
        _check_version()
        if unapplied():
            call_command("migrate", interactive=False, verbosity=0)
        return _workspace(slug, create=create)


def unapplied() -> list[str]:
    """Migrations that this database has not seen."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    return [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(targets)]


def prepare(slug: str | None, *, create: bool = False) -> Prepared:
    """A database as `up` wants it."""
    from django.conf import settings

    from lianyi.assembly.backup import refuse_unfinished
    from lianyi.foundation.members.actions import issue_sign_in_path
    from lianyi.foundation.members.queries import member_for_sign_in
    from lianyi.kernel.clock import system_clock

    refuse_unfinished(settings.ENVIRONMENT.home)
    workspace = bring_up_to_date(slug, create=create)
    with _alone():
        link = issue_sign_in_path(member_for_sign_in(workspace, None), workspace, system_clock())
        return Prepared(workspace.slug, link, installation_key(workspace))


def installation_key(workspace: "Workspace") -> str:
    """The server write key that `up` shows, the same at every start: it follows from the installation's own key, so it
    is stored nowhere. After it was revoked the next one takes its place.
    """
    from django.conf import settings

    from lianyi.foundation.workspaces.actions import ensure_write_key
    from lianyi.foundation.workspaces.schemas import KeyKind

    for number in range(1000):
        message = f"write key {workspace.pk} {number}".encode()
        secret = "lyw_" + hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:48]
        if ensure_write_key(workspace, KeyKind.SERVER, "lianyi up", secret):
            return secret
    raise Refused("key.revoked", "Every key that `up` could show was revoked.", "Make one: lianyi key create")


def _workspace(slug: str | None, *, create: bool) -> "Workspace":
    """The workspace that `up` speaks of: `slug`, else the oldest. In an empty database it is made, with its owner."""
    from lianyi.foundation.access.schemas import Role
    from lianyi.foundation.members.actions import ensure_member
    from lianyi.foundation.workspaces.actions import create_workspace
    from lianyi.foundation.workspaces.queries import has_workspace, oldest_workspace, workspace_by_slug

    oldest = oldest_workspace()
    if oldest is not None and (slug is None or not create or has_workspace(slug)):
        return oldest if slug is None else workspace_by_slug(slug)
    made = create_workspace(slug or FIRST_SLUG, (slug or FIRST_SLUG).capitalize())
    ensure_member(made, OWNER, Role.OWNER)
    return made


@contextmanager
def _alone() -> Iterator[None]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _check_version() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        number = cursor.fetchone()[0]
    if number < OLDEST * 10_000:
        raise Refused(
            "database.old",
            "The database is PostgreSQL {major}; Lianyi needs {oldest} or newer.",
            "Name another server by DATABASE_URL, or leave it out for the embedded one.",
            major=number // 10_000,
            oldest=OLDEST,
        )


def main() -> int:
    """Prints a `Prepared`, or what was refused."""
    import django

    from lianyi.assembly.processes.lifeline import die_with

    if parent := os.environ.pop("LIANYI_PARENT", None):
        die_with(int(parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.assembly.settings")
    try:
        django.setup()
        prepared = prepare(sys.argv[1] if len(sys.argv) > 1 else None, create="create" in sys.argv[2:])
    except Refused as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.packed()}) + "\n")
        return 1
    sys.stdout.write(json.dumps(asdict(prepared)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
