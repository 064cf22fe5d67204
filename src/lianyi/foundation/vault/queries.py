"""Reads of the vault."""

from lianyi.foundation.vault.actions import sealed_in
from lianyi.foundation.vault.models import VaultSecret
from lianyi.foundation.vault.sealing import Keys
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret


def secret(workspace: int, name: str, keys: Keys) -> Secret:
    """The secret of this name. Refuses a name that the workspace's vault does not hold."""
    row = VaultSecret.objects.filter(workspace=workspace, name=name).first()
    if row is None:
        raise Refused("vault.unknown", "The vault holds no {name}.", "Enter it first.", name=name)
    return keys.open(workspace, name, sealed_in(row))


def names(workspace: int) -> list[str]:
    """The names of what this workspace's vault holds."""
    return list(VaultSecret.objects.filter(workspace=workspace).order_by("name").values_list("name", flat=True))
