"""Write keys at the door: looked up by the hash of their secret, and remembered for a few seconds."""

from lianyi.edge.lookups import Database, Lookup, Row
from lianyi.events.intake.senders import Key
from lianyi.kernel.ids import secret_hash

_LONGEST = 200  # characters: no key is longer, and what is asked for is remembered
_QUERY = """
SELECT k.id, k.workspace_id, k.kind = 'server', k."group", w.slug
FROM write_key k JOIN workspace w ON w.id = k.workspace_id WHERE k.hash = %s AND k.revoked_at IS NULL
"""


class Keyring:
    """Finds keys. One that is revoked stops working within ten seconds."""

    def __init__(self, database: Database) -> None:
        self._lookup = Lookup(database, _QUERY, _key)

    async def find(self, secret: str) -> tuple[Key, str] | None:
        """The key and its workspace's slug; None when it is unknown or revoked. psycopg.Error when nobody can tell."""
        if len(secret) > _LONGEST:
            return None
        return await self._lookup.find(secret, [secret_hash(secret)])


def _key(row: Row) -> tuple[Key, str]:
    return Key(*row[:4]), row[4]
