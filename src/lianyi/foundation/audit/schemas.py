"""What other rooms name of the audit log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple


class Line(NamedTuple):
    """Who did what."""

    id: int
    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which lines: empty fields ask for nothing. `about` is a number that the detail names under one of `ABOUT`."""

    actor: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    about: int | None = None


EVERY = Wanted()
ABOUT = ("member", "person", "key", "invitation", "import", "media", "row", "into", "from", "id", "token", "webhook")
