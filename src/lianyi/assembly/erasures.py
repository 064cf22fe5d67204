"""The pass over what keeps erased people longest: the lake's files.

Once a day while somebody waits: when the one erased longest ago has waited for WAITED. Then nobody waits longer than 24
hours, and many are taken out in one rewriting. The files of the database are washed sooner, see `washing`.
"""

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from lianyi.assembly.washing import wash
from lianyi.foundation.workspaces.queries import workspace_ids
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.actions import settle
from lianyi.people.erasing.lake import pass_over
from lianyi.people.erasing.queries import waiting

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
    """The pass, if it is due; how many people it took out. First, what a crash left undone."""
    settle_erasures()
    due = [w for w in workspace_ids() if any(at <= to_micros(now - WAITED) for at in waiting(w)[:1])]
    if not due:
        return 0
    people = pass_now(now, due)
    log.info("people.erased_in_lake", people=people)
    return people


def pass_now(now: datetime, workspaces: list[int]) -> int:
    """The pass over these workspaces; how many people it took out."""
    return sum(pass_over(workspace, to_micros(now)).people for workspace in workspaces)


def erase_again(folder: Path | None, now: datetime) -> int:
    """Erases in a database and a lake that were restored whom the list says; how many. Nobody else may be at work."""
    settled = settle(folder)
    pass_now(now, workspace_ids())
    wash(largest=None)
    return sum(len(erased.people) for erased in settled)
