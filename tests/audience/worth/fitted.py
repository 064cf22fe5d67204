"""A fit as it comes about: asked for, and done by who is the worker here."""

from datetime import date, datetime

from lianyi.audience.worth import actions, queries
from lianyi.audience.worth.running import PIECES
from lianyi.audience.worth.schemas import Fit


def fit(workspace: int, now: datetime, as_of: date | None = None) -> Fit:
    """The fit; raises what it refuses."""
    day = actions.start_fit(workspace, now, as_of).as_of
    assert PIECES.claim("one") == workspace
    PIECES.run(workspace, "one", lambda: now)
    run = queries.run_of(workspace)
    assert run is not None
    if run.problem is not None:
        raise run.problem
    return queries.fit_of(workspace, day)
