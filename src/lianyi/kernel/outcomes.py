"""How a call to the outside can fail, named by what the caller must do next.

`reason` is a short code such as `smtp.550` for logs and lists: never contents, addresses or secrets. What is none of
these, and may have happened after the other side took the call, counts as `Unsettled`.
"""

from datetime import datetime


class Outcome(Exception):
    """A call that did not come to its receipt."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:100]


class Rejected(Outcome):
    """The other side will never take it as it is: edit it."""


class Disconnected(Outcome):
    """Our credentials do not work: reconnect."""


class Throttled(Outcome):
    """Too much at present: wait until then."""

    def __init__(self, reason: str, until: datetime) -> None:
        super().__init__(reason)
        self.until = until


class Unavailable(Outcome):
    """It certainly did not get there: try again."""


class Unsettled(Outcome):
    """It may be out: find it, or ask a person."""
