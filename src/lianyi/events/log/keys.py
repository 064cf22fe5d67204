"""Write keys as decoding needs them: whose they are, what they may vouch for. A key's kind and group never change."""

from django.db import connection

from lianyi.events.intake.senders import Key

_known: dict[int, Key] = {}


def key_of(key_id: int) -> Key:
    """The key of this id, revoked ones included: what came by it stays readable. KeyError when there never was one."""
    if key_id not in _known:
        with connection.cursor() as cursor:
            cursor.execute('SELECT id, workspace_id, kind, "group" FROM write_key WHERE id = %s', [key_id])
            row = cursor.fetchone()
        if row is None:
            raise KeyError(f"no write key {key_id}")
        _known[key_id] = Key(row[0], row[1], row[2] == "server", row[3])
    return _known[key_id]
