"""Writes to workspaces and write keys."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.workspaces.models import Workspace, WriteKey
from lianyi.foundation.workspaces.zones import check_zone
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import new_secret, secret_hash

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_REGION, _CURRENCY = re.compile("[A-Z]{2}"), re.compile("[A-Z]{3}")
_GROUP = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@transaction.atomic
def create_workspace(
    slug: str, name: str, *, zone: str = "Asia/Shanghai", region: str = "CN", currency: str = "CNY"
) -> Workspace:
    """A new, empty workspace. Refuses a slug that is taken or that would not fit an address."""
    if not _SLUG.fullmatch(slug):
        raise Refused(
            "workspace.slug", "{slug!r} is no workspace slug.", "Use a–z, 0–9 and hyphens, 63 at most.", slug=slug
        )
    check_zone(zone)
    try:
        with transaction.atomic():
            workspace = Workspace.objects.create(slug=slug, name=name, zone=zone, region=region, currency=currency)
    except IntegrityError:
        raise Refused(
            "workspace.taken", "There is a workspace {slug!r} already.", "Choose another slug.", slug=slug
        ) from None
    record_audit(workspace.pk, "workspace.created", {"slug": slug})
    return workspace


@needs(Ability.EDIT_SETTINGS)
@transaction.atomic
def edit_workspace(
    workspace: Workspace, *, name: str, zone: str, region: str, currency: str, language: str, password_days: int
) -> None:
    """How the workspace is called and what its days, phone numbers and amounts are read by. What was counted before
    keeps the amounts as they came.
    """
    if not name.strip():
        raise Refused("workspace.name", "A workspace needs a name.", "Write one.")
    check_zone(zone)
    if not _REGION.fullmatch(region) or not _CURRENCY.fullmatch(currency):
        raise Refused("workspace.codes", "{region!r} or {currency!r} is no code.", region=region, currency=currency)
    if not 0 <= password_days <= 3650:
        raise Refused("workspace.password_days", "Name 0 to 3650 days.", "0 means never.")
    told = {
        "name": name.strip()[:200],
        "zone": zone,
        "region": region,
        "currency": currency,
        "language": language,
        "password_days": password_days,
    }
    changed = sorted(field for field, value in told.items() if getattr(workspace, field) != value)
    if changed:
        Workspace.objects.filter(pk=workspace.pk).update(**told)
        record_audit(workspace.pk, "workspace.changed", {"fields": changed})


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def create_write_key(
    workspace: Workspace, kind: WriteKey.Kind, label: str, *, group: str = "default"
) -> tuple[WriteKey, str]:
    """A new write key and its secret. A server's is not stored and cannot be shown again."""
    if not _GROUP.fullmatch(group):
        raise Refused(
            "key.group", "{group!r} is no key group.", "Use a–z, 0–9, _ and hyphens, 63 at most.", group=group
        )
    secret = new_secret("lyw" if kind == WriteKey.Kind.SERVER else "lyb")
    return _store_write_key(workspace, kind, label, group, secret), secret


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def ensure_write_key(workspace: Workspace, kind: WriteKey.Kind, label: str, secret: str) -> bool:
    """Whether `secret` is a write key of this workspace that works; made when it was never one. False once revoked."""
    found = WriteKey.objects.filter(workspace=workspace, hash=secret_hash(secret)).first()
    if found is None:
        _store_write_key(workspace, kind, label, "default", secret)
        return True
    return found.revoked_at is None


def _store_write_key(workspace: Workspace, kind: WriteKey.Kind, label: str, group: str, secret: str) -> WriteKey:
    key = WriteKey.objects.create(
        workspace=workspace,
        kind=kind,
        label=label,
        group=group,
        hash=secret_hash(secret),
        hint=secret[:8],
        public=secret if kind == WriteKey.Kind.BROWSER else None,
    )
    record_audit(workspace.pk, "key.created", {"key": key.pk, "kind": kind, "group": group})
    return key


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def revoke_write_key(workspace: Workspace, key_id: int, now: datetime) -> None:
    """From now on the key is refused. Revoking it again changes nothing."""
    found = WriteKey.objects.filter(workspace=workspace, pk=key_id)
    if not found.exists():
        raise Refused("key.unknown", "There is no such write key here.")
    if found.filter(revoked_at=None).update(revoked_at=now):
        record_audit(workspace.pk, "key.revoked", {"key": key_id})
