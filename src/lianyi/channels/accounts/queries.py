"""Reads of connected accounts."""

from collections.abc import Sequence

from lianyi.channels.accounts.models import AccountHealth, ConnectedAccount
from lianyi.channels.accounts.schemas import AccountLine
from lianyi.channels.accounts.secrets_of import place
from lianyi.foundation.vault.queries import names
from lianyi.kernel.errors import Refused


def accounts(workspace: int) -> list[AccountLine]:
    """The workspace's accounts, the oldest first: a hundred at the most."""
    rows = ConnectedAccount.objects.filter(workspace=workspace).select_related("health").order_by("pk")
    kept = names(workspace)
    return [_line(row, kept) for row in rows]


def externals(workspace: int, platform: str) -> list[str]:
    """What a platform calls the workspace's accounts there."""
    rows = ConnectedAccount.objects.filter(workspace=workspace, platform=platform).order_by("pk")
    return list(rows.values_list("external", flat=True))


def account(workspace: int, number: int) -> AccountLine:
    """One account. Refuses a number that is none of this workspace's."""
    row = ConnectedAccount.objects.filter(workspace=workspace, pk=number).select_related("health").first()
    if row is None:
        raise Refused("account.unknown", "There is no such account here.", "List them: lianyi account list")
    return _line(row, names(workspace))


def _line(row: ConnectedAccount, kept: Sequence[str]) -> AccountLine:
    before = place(row.pk, "")
    health = getattr(row, "health", None) or AccountHealth(account=row)
    return AccountLine(
        id=row.pk,
        platform=row.platform,
        external=row.external,
        name=row.name,
        address=row.address,
        settings=row.settings,
        secrets=tuple(name.removeprefix(before) for name in kept if name.startswith(before)),
        connected_at=row.connected_at,
        verified_at=health.verified_at,
        pushed_at=health.pushed_at,
        refused_at=health.refused_at,
        refused_why=health.refused_why,
        refusals=health.refusals,
    )
