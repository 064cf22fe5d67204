"""Where the vault keeps the secrets of an endpoint, and which of them sign now."""

from datetime import datetime

from lianyi.foundation.vault.actions import installation_keys
from lianyi.foundation.vault.queries import secret
from lianyi.foundation.webhooks.models import Endpoint
from lianyi.kernel.secret import Secret


def present(endpoint: int) -> str:
    """The name of the secret that signs."""
    return f"webhook/{endpoint}"


def former(endpoint: int) -> str:
    """The name of the one before it."""
    return f"webhook/{endpoint}/former"


def signing_secrets(row: Endpoint, now: datetime) -> list[Secret]:
    """The present secret, and for a day after a rotation the former one. Refuses when the vault does not open."""
    keys = installation_keys()
    found = [secret(row.workspace_id, present(row.pk), keys)]
    if row.former_until is not None and now < row.former_until:
        found.append(secret(row.workspace_id, former(row.pk), keys))
    return found
