"""What a form asks whom: of the fields that are asked by and by, the next ones that are not known yet. Strangers,
whoever must not be known, and all who share a device are asked the first ones.
"""

from lianyi.edge.lookups import Database, Lookup
from lianyi.edge.visitors import Visitor
from lianyi.growth.forms.checking import next_asked
from lianyi.growth.forms.knowing import KNOWN, asked_about, known_in
from lianyi.growth.forms.serving import Served

KNOWN_FOR = 2.0  # seconds
_NOBODY: frozenset[str] = frozenset()


class Knowing:
    """Looks up what is known."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._secret = secret
        self._known: Lookup[frozenset[str]] = Lookup(database, KNOWN, known_in, good_for=KNOWN_FOR, bad_for=KNOWN_FOR)

    async def asked(self, served: Served, visitor: Visitor) -> tuple[str, ...]:
        """The keys of the fields that this visitor is asked, of those that are asked by and by. psycopg.Error when
        nobody can tell.
        """
        names = asked_about(served.definition)
        if not names or not visitor.value or visitor.fresh:
            return next_asked(served.definition, _NOBODY)
        mark, proven = visitor.mark, visitor.proven(self._secret, served.workspace)
        asked = {"workspace": served.workspace, "mark": mark, "proven": proven, "names": names}
        known = await self._known.find((served.workspace, mark, proven, *names), asked)
        return next_asked(served.definition, known or _NOBODY)
