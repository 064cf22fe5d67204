"""Finds the account of an address, with its secrets opened, in one statement of SQL; and keeps how accounts fare. For
whoever has no Django.

FIND takes `platform` and `address`. A secret that the installation's key does not open is left out: the connector says
what it lacks.
"""

from collections.abc import Sequence
from typing import Any

from lianyi.channels.accounts.schemas import Addressed
from lianyi.channels.accounts.secrets_of import place
from lianyi.connectors.port.receiving import Account
from lianyi.foundation.vault.sealing import Keys, Sealed
from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.secret import Secret

FIND = """
SELECT a.id, a.workspace_id, a.platform, a.external, a.settings,
    array_remove(array_agg(v.name), NULL), array_remove(array_agg(v.key_id), NULL),
    array_remove(array_agg(v.nonce), NULL), array_remove(array_agg(v.sealed), NULL)
FROM connected_account a
LEFT JOIN vault_secret v ON v.workspace_id = a.workspace_id AND starts_with(v.name, 'account/' || a.id || '/')
WHERE a.platform = %(platform)s AND a.address = %(address)s GROUP BY a.id
"""

# What came since the last time; %(verified)s, %(pushed)s and %(refused)s are moments or null.
FARES = """
INSERT INTO account_health AS h (account_id, verified_at, pushed_at, refused_at, refused_why, refusals)
SELECT id, %(verified)s::timestamptz, %(pushed)s::timestamptz, %(refused)s::timestamptz, %(why)s, %(refusals)s
FROM connected_account WHERE id = %(account)s
ON CONFLICT (account_id) DO UPDATE SET
    verified_at = greatest(h.verified_at, excluded.verified_at), pushed_at = greatest(h.pushed_at, excluded.pushed_at),
    refused_at = greatest(h.refused_at, excluded.refused_at), refusals = h.refusals + excluded.refusals,
    refused_why = CASE WHEN excluded.refused_at IS NULL THEN h.refused_why ELSE excluded.refused_why END
"""


def account_in(row: Sequence[Any], keys: Keys) -> Addressed:
    """The account of a row of FIND."""
    number, workspace, platform, external, settings, *sealed = row
    secrets: dict[str, Secret] = {}
    for name, key, nonce, text in zip(*sealed, strict=True):
        try:
            opened = keys.open(workspace, name, Sealed(key, bytes(nonce), bytes(text)))
        except (Refused, Broken):
            continue
        secrets[name.removeprefix(place(number, ""))] = opened
    return Addressed(number, workspace, platform, Account(external, settings, secrets))
