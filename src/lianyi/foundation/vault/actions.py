"""Writes to the vault."""

import re
from datetime import datetime

from django.conf import settings
from django.db import transaction

from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.vault.models import VaultSecret
from lianyi.foundation.vault.sealing import Keys, Sealed
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret

_NAME = re.compile(r"[a-z0-9][a-z0-9._:/-]{0,99}")
_LONGEST = 64_000  # bytes


def installation_keys() -> Keys:
    """Those that follow from the installation's secret key and, where the settings name some, from its older ones."""
    return Keys([settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)])


@transaction.atomic
def store_secret(workspace: int, name: str, secret: Secret, keys: Keys, now: datetime) -> None:
    """Keeps `secret` under `name`, in the place of what was there; the same once more changes nothing."""
    if not _NAME.fullmatch(name):
        raise Refused(
            "vault.name", "{name!r} is no name of a secret.", "Use a–z, 0–9 and . _ : / -, 100 at most.", name=name
        )
    if not 0 < len(secret.reveal().encode()) <= _LONGEST:
        raise Refused(
            "vault.size", "The secret {name} is empty or longer than {longest} bytes.", name=name, longest=_LONGEST
        )
    row = VaultSecret.objects.select_for_update().filter(workspace=workspace, name=name).first()
    if row is not None and row.key_id == keys.present and keys.open(workspace, name, sealed_in(row)) == secret:
        return
    sealed = keys.seal(workspace, name, secret)
    VaultSecret.objects.update_or_create(
        workspace_id=workspace,
        name=name,
        defaults={"key_id": sealed.key_id, "nonce": sealed.nonce, "sealed": sealed.text, "stored_at": now},
    )
    record_audit(workspace, "vault.stored", {"name": name})


@transaction.atomic
def forget_secret(workspace: int, name: str) -> bool:
    """Removes it; False when there was none."""
    gone = bool(VaultSecret.objects.filter(workspace=workspace, name=name).delete()[0])
    if gone:
        record_audit(workspace, "vault.forgotten", {"name": name})
    return gone


@transaction.atomic
def reseal(keys: Keys) -> int:
    """Seals what is under an older key under the present one; how many. What no key opens stays as it is."""
    count = 0
    for row in VaultSecret.objects.select_for_update().exclude(key_id=keys.present).order_by("pk"):
        try:
            secret = keys.open(row.workspace_id, row.name, sealed_in(row))
        except Refused:
            continue
        sealed = keys.seal(row.workspace_id, row.name, secret)
        row.key_id, row.nonce, row.sealed = sealed.key_id, sealed.nonce, sealed.text
        row.save(update_fields=["key_id", "nonce", "sealed"])
        count += 1
    if count:
        record_audit(None, "vault.resealed", {"secrets": count})
    return count


def sealed_in(row: VaultSecret) -> Sealed:
    """What the row holds."""
    return Sealed(row.key_id, bytes(row.nonce), bytes(row.sealed))
