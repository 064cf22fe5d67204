"""What others see of the audit log."""

from datetime import datetime
from typing import Any, NamedTuple


class Line(NamedTuple):
    """One write: who did what, with ids and never contents."""

    id: int
    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]
