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
    waits: bool  # for the administrator of the installation: it is not served yet


class Claim(NamedTuple):
    """Who has an own domain, as the administrator of the installation sees it."""

    host: str
    workspace: str  # its slug
    purpose: str
    waits: bool
    added_at: datetime
