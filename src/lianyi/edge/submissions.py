"""What was sent by forms, looked up for whoever holds a pass of it. An answer is good for a second, so that of
whoever was erased nothing is told.
"""

from lianyi.edge.lookups import Database, Lookup
from lianyi.growth.forms.serving import SUBMISSION, Sent, Served, sent_in

KNOWN_FOR = 1.0  # seconds
MOST_KNOWN = 200


class Submissions:
    """Looks them up by their events."""

    def __init__(self, database: Database) -> None:
        self._lookup: Lookup[Sent] = Lookup(
            database, SUBMISSION, sent_in, good_for=KNOWN_FOR, bad_for=KNOWN_FOR, most=MOST_KNOWN
        )

    async def find(self, served: Served, event: str) -> Sent | None:
        """What was sent by this form as the event; None when it is not there yet, or gone."""
        key = (served.workspace, bytes.fromhex(event), served.form)
        return await self._lookup.find(key, key)
