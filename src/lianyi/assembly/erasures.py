"""The pass over what keeps erased people longest: the lake's files, and the files of PostgreSQL.

Once a day while somebody waits: when the one erased longest ago has waited for WAITED. Then nobody waits longer than 24
hours, and many are taken out in one rewriting. On the embedded server the write-ahead log is emptied as well.
"""

from datetime import datetime, timedelta

import psycopg
import structlog
from django.conf import settings

from lianyi.assembly.postgres.washing import empty_wal
from lianyi.foundation.workspaces.queries import workspace_ids
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.actions import settle
from lianyi.people.erasing.lake import pass_over
from lianyi.people.erasing.queries import waiting
from lianyi.people.erasing.tidying import REWRITTEN_DAILY, tidy

WAITED = timedelta(hours=20)

log = structlog.get_logger()


def settle_erasures() -> None:
    """Does what a crash left undone. A list that cannot be read stops nobody's events; the log names the file."""
    try:
        for erased in settle():
            log.info("people.erased_again", people=len(erased.people))
    except Refused as refusal:
        log.error("erased.list_unreadable", reason=str(refusal))


def pass_when_due(now: datetime) -> int:
    """The pass, if it is due; how many people it took out."""
    due = [w for w in workspace_ids() if any(at <= to_micros(now - WAITED) for at in waiting(w)[:1])]
    return pass_now(now, due) if due else 0


def pass_now(now: datetime, workspaces: list[int]) -> int:
    """The pass over these workspaces; how many people it took out."""
    passed = [(workspace, pass_over(workspace, to_micros(now))) for workspace in workspaces]
    for workspace, one in passed:
        log.info("people.erased_in_lake", workspace=workspace, people=one.people, rows=one.rows)
    tidy(REWRITTEN_DAILY, largest=None)
    wash()
    return sum(one.people for _, one in passed)


def wash() -> None:
    """Empties the embedded server's write-ahead log; another server's is its owner's matter."""
    place = settings.ENVIRONMENT
    if place.database_url is None:
        try:
            empty_wal(place.socket_folder)
        except psycopg.Error as error:
            log.warning("wal.kept", error=type(error).__name__)
