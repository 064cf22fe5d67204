"""Writes to connected accounts."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from lianyi.channels.accounts.models import ConnectedAccount
from lianyi.channels.accounts.secrets_of import place
from lianyi.connectors.platforms import platform_named
from lianyi.connectors.port.platforms import Platform
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.vault.actions import forget_secret, installation_keys, store_secret
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret
from lianyi.kernel.text import clean

MOST_ACCOUNTS = 100
_NAME_CHARACTERS = 100
_ADDRESS_BYTES = 15  # 120 random bits


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def connect(
    workspace: int,
    platform: str,
    external: str,
    now: datetime,
    *,
    name: str = "",
    settings: Mapping[str, str] | None = None,
    given: Mapping[str, Secret] | None = None,
) -> tuple[int, dict[str, Secret]]:
    """A new account, and the secrets that were made for it: those that the platform leaves to us and that are not
    `given`. They are shown now and never again.
    """
    of = platform_named(platform)
    told = of.external.checked(external)
    rows = ConnectedAccount.objects.filter(workspace=workspace)
    if rows.filter(platform=of.name, external=told).exists():
        raise Refused("account.twice", "This account is connected already.", "Change that one.")
    if rows.count() >= MOST_ACCOUNTS:
        raise Refused("account.many", "There are {most} accounts already.", "Disconnect one.", most=MOST_ACCOUNTS)
    row = ConnectedAccount.objects.create(
        workspace_id=workspace,
        platform=of.name,
        external=told,
        name=_name(name) or told,
        address=secrets.token_hex(_ADDRESS_BYTES),
        settings=_settings(of, settings or {}),
        connected_at=now,
    )
    typed = {key: secret for key, secret in (given or {}).items() if secret.reveal().strip()}
    made = {field.name: Secret(field.make()) for field in of.secrets if field.make and field.name not in typed}
    _keep(row, of, {**typed, **made}, now)
    record_audit(workspace, "account.connected", {"account": row.pk, "platform": of.name, "external": told})
    return row.pk, made


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def change_account(
    workspace: int,
    account: int,
    now: datetime,
    *,
    name: str,
    settings: Mapping[str, str],
    given: Mapping[str, Secret] | None = None,
) -> None:
    """Another name, other settings; a secret that is not given, or empty, stays as it is."""
    row = _mine(workspace, account)
    of = platform_named(row.platform)
    row.name, row.settings = _name(name) or row.external, _settings(of, settings)
    row.save(update_fields=["name", "settings"])
    kept = {key: secret for key, secret in (given or {}).items() if secret.reveal().strip()}
    _keep(row, of, kept, now)
    record_audit(workspace, "account.changed", {"account": account, "secrets": sorted(kept)})


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def renew_secrets(workspace: int, account: int, now: datetime) -> dict[str, Secret]:
    """New secrets in the place of those that the platform leaves to us. What is pushed is refused until the platform
    has them, too.
    """
    row = _mine(workspace, account)
    of = platform_named(row.platform)
    made = {field.name: Secret(field.make()) for field in of.secrets if field.make}
    _keep(row, of, made, now)
    record_audit(workspace, "account.renewed", {"account": account})
    return made


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def disconnect(workspace: int, account: int) -> None:
    """The account goes, with its secrets and its address. What came through it stays."""
    row = _mine(workspace, account)
    for field in platform_named(row.platform).secrets:
        forget_secret(workspace, place(account, field.name))
    row.delete()
    record_audit(workspace, "account.disconnected", {"account": account, "external": row.external})


def _keep(row: ConnectedAccount, of: Platform, told: Mapping[str, Secret], now: datetime) -> None:
    keys = installation_keys()
    unknown = set(told) - {field.name for field in of.secrets}
    if unknown:
        raise Refused("account.field", "There is no {name!r} here.", name=min(unknown))
    for field in of.secrets:
        if field.name in told:
            store_secret(row.workspace_id, place(row.pk, field.name), field.checked_secret(told[field.name]), keys, now)


def _settings(of: Platform, told: Mapping[str, str]) -> dict[str, str]:
    unknown = set(told) - {field.name for field in of.settings}
    if unknown:
        raise Refused("account.field", "There is no {name!r} here.", name=min(unknown))
    return {field.name: field.checked(told.get(field.name, "")) for field in of.settings}


def _name(name: str) -> str:
    cleaned = clean(name)
    if len(cleaned) > _NAME_CHARACTERS:
        raise Refused(
            "account.name", "The name is longer than {most} characters.", "Shorten it.", most=_NAME_CHARACTERS
        )
    return cleaned


def _mine(workspace: int, account: int) -> ConnectedAccount:
    row = ConnectedAccount.objects.select_for_update().filter(workspace=workspace, pk=account).first()
    if row is None:
        raise Refused("account.unknown", "There is no such account here.", "List them: lianyi account list")
    return row
