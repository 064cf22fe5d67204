"""The worker's part in columns: made as a whole where they never were, as at the first start after they came to be, and
made anew where a member has changed by what values are picked.
"""

import time

import structlog
from django.db import transaction

from lianyi.events.log.actions import lock
from lianyi.foundation.workspaces.queries import workspace_ids
from lianyi.people.columns.filling import fill, renew
from lianyi.people.columns.queries import outdated, unmade

log = structlog.get_logger()


def fill_columns() -> None:
    """Makes the columns of every workspace that has people and none; nobody else is at work in it meanwhile."""
    for workspace in workspace_ids():
        if not unmade(workspace):
            continue
        began = time.monotonic()
        with transaction.atomic():
            lock(workspace, "identity")
            made = fill(workspace) if unmade(workspace) else 0
        log.info("columns.filled", workspace=workspace, columns=made, seconds=round(time.monotonic() - began, 1))


def renew_columns() -> None:
    """Makes those columns anew by whose recipe something changed."""
    for workspace in outdated():
        with transaction.atomic():
            lock(workspace, "identity")
            if renew(workspace):
                log.info("columns.renewed", workspace=workspace)
