"""Own domains: which host is whose, and which of our addresses it has.

At an own domain there is what a visitor comes for and nothing else: no page where members sign in, and no API.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from lianyi.edge.http import Scope, header
from lianyi.edge.lookups import Database, Lookup, Row
from lianyi.foundation.domains.looking_up import FIND
from lianyi.links.checking import Ours

_LONGEST = 253  # characters of a host's name


class Domain(NamedTuple):
    """An own domain of a workspace."""

    host: str
    workspace: int


class Hosts:
    """Tells own domains from the installation's own hosts, which are not looked up."""

    def __init__(self, database: Database, own: frozenset[str]) -> None:
        self._own = own
        self._lookup: Lookup[Row] = Lookup(database, FIND, tuple)

    async def domain_of(self, scope: Scope) -> Domain | None:
        """The own domain that a request is for; None at the installation's own address and at a host that is nobody's.
        psycopg.Error when nobody can tell.
        """
        host = named_in(scope)
        if not host or host in self._own:
            return None
        found = await self._lookup.find(host, {"host": host})
        return None if found is None else Domain(host, found[0])

    async def is_link(self, url: str) -> bool:
        """Whether a link of ours stands, or could stand, at this address. psycopg.Error when nobody can tell."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        host = (parts.hostname or "").rstrip(".")
        if not host or len(host) > _LONGEST:
            return False
        if host in self._own:
            return parts.path.startswith("/l/")
        found = await self._lookup.find(host, {"host": host})
        return found is not None and Ours(domains=frozenset({host})).is_link(parts)


def named_in(scope: Scope) -> str:
    """The host that a request names, in small letters and without its port; "" for none, or one that is too long."""
    said = header(scope, b"host").decode("latin-1").lower()
    name = said.partition("]")[0] + "]" if said.startswith("[") else said.partition(":")[0]
    return "" if len(name) > _LONGEST else name.rstrip(".")
