"""Reads of API tokens."""

from datetime import datetime

from lianyi.foundation.members.queries import has_second_factor, role_in
from lianyi.foundation.tokens.models import ApiToken
from lianyi.foundation.tokens.schemas import Bearer, TokenLine
from lianyi.kernel.ids import secret_hash

PREFIX = "lyt"


def tokens(workspace: int, limit: int = 50, before: int | None = None) -> list[TokenLine]:
    """The workspace's tokens, dead ones included, the newest first; those older than number `before`."""
    rows = ApiToken.objects.filter(workspace=workspace).select_related("member").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_line(row) for row in rows[:limit]]


def bearer_of(secret: str, now: datetime) -> Bearer | None:
    """Who calls with this secret; None for one that is unknown, revoked, expired, or whose maker is gone."""
    if not secret.startswith(f"{PREFIX}_"):
        return None
    row = ApiToken.objects.filter(hash=secret_hash(secret)).select_related("member", "workspace").first()
    if row is None or not _line(row).works(now):
        return None
    role = role_in(row.workspace_id, row.member_id)
    if role is None:
        return None
    lacks_factor = row.workspace.second_factor and not has_second_factor(row.member_id)
    return Bearer(_line(row), row.workspace, row.member_id, role, lacks_factor)


def _line(row: ApiToken) -> TokenLine:
    return TokenLine(
        row.pk,
        row.label,
        row.hint,
        tuple(row.scopes),
        row.member.email,
        row.created_at,
        row.expires_at,
        row.revoked_at,
        row.last_used_at,
    )
