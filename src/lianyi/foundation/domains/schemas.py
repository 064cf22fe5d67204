"""Own domains, in and out."""

from datetime import datetime
from typing import NamedTuple

PURPOSES = ("all", "links", "pages")


class DomainLine(NamedTuple):
    """An own domain of a workspace; `host` as it goes over the wire."""

    id: int
    host: str
    purpose: str
    added_at: datetime
