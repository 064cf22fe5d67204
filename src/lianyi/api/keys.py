"""Write keys, by which events come in, and API tokens."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Moment, Page, Paging, RowId
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.tokens.actions import create_token, revoke_token
from lianyi.foundation.tokens.queries import tokens
from lianyi.foundation.tokens.schemas import TokenLine
from lianyi.foundation.workspaces.actions import create_write_key, revoke_write_key
from lianyi.foundation.workspaces.queries import write_keys
from lianyi.foundation.workspaces.schemas import KeyKind, KeyLine
from lianyi.kernel.clock import system_clock

_section = Section("Keys", "Write keys, by which events come in, and API tokens.")
_KEY = {
    "id": 3,
    "kind": "server",
    "group": "default",
    "hint": "lyw_Ab3d",
    "label": "shop",
    "created_at": "2026-01-31T08:00:00Z",
    "revoked_at": None,
}
_TOKEN = {
    "id": 5,
    "label": "CRM",
    "hint": "lyt_Ab3d",
    "scopes": ["people.see"],
    "maker": "owner@example.com",
    "created_at": "2026-01-31T08:00:00Z",
    "expires_at": "2027-01-31T08:00:00Z",
    "revoked_at": None,
    "last_used_at": "2026-02-03T10:00:00Z",
}


# The values of `Ability`: pydantic's strict bodies would take an enum's members only.
Scope = Annotated[str, Field(json_schema_extra={"enum": [one.value for one in Ability]})]


class KeyShown(BaseModel):
    """A write key, without its secret."""

    id: int
    kind: Literal["server", "browser"]
    group: str
    hint: str = Field(description="How its secret begins.")
    label: str
    created_at: datetime
    revoked_at: datetime | None


class NewKey(Body):
    """A write key to make."""

    kind: Literal["server", "browser"] = Field(description="server: may vouch for who it speaks of; browser: public.")
    label: str = Field(min_length=1, max_length=100)
    group: str = Field(
        "default", pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="Keys of one group share user ids."
    )


class KeyMade(BaseModel):
    """The new key. Its secret is shown here and never again."""

    id: int
    write_key: str


class NewToken(Body):
    """An API token to make."""

    label: str = Field(min_length=1, max_length=100)
    scopes: list[Scope] = Field(min_length=1, max_length=len(Ability))
    expires_at: Moment | None = Field(None, description="Within a year; null: when the token that calls ends.")


class TokenMade(BaseModel):
    """The new token. Its secret is shown here and never again."""

    id: int
    token: str


class TokenShown(BaseModel):
    """An API token, without its secret."""

    id: int
    label: str
    hint: str
    scopes: list[str]
    maker: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")


@_section.get("/write-keys", Ability.EDIT_KEYS, answers=Page[KeyShown], example={"items": [_KEY], "next": None})
def list_write_keys(request: Request, paging: Query[Paging]) -> Page[KeyShown]:
    """Lists the write keys, revoked ones too. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = [one for one in write_keys(workspace_of(request)) if place is None or one.id < place[0]]
    return page_of(request, rows, paging.limit, lambda one: [one.id], _key)


@_section.post(
    "/write-keys",
    Ability.EDIT_KEYS,
    answers=KeyMade,
    status=201,
    example={"id": 4, "write_key": "lyw_…"},
    body={"kind": "server", "label": "shop"},
)
def make_write_key(request: Request, body: NewKey) -> KeyMade:
    """Makes a write key. Its secret is in the answer and cannot be shown again."""
    key, secret = create_write_key(request.bearer.workspace, KeyKind(body.kind), body.label, group=body.group)
    return KeyMade(id=key.pk, write_key=secret)


@_section.delete("/write-keys/{key}", Ability.EDIT_KEYS, status=204)
def stop_write_key(request: Request, key: RowId) -> None:
    """Makes a write key stop working, for good. What came by it stays."""
    revoke_write_key(request.bearer.workspace, key, system_clock())


@_section.get("/tokens", Ability.EDIT_KEYS, answers=Page[TokenShown], example={"items": [_TOKEN], "next": None})
def list_tokens(request: Request, paging: Query[Paging]) -> Page[TokenShown]:
    """Lists the API tokens, dead ones too. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = tokens(workspace_of(request), paging.limit + 1, place[0] if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.id], _token)


@_section.post(
    "/tokens",
    Ability.EDIT_KEYS,
    answers=TokenMade,
    status=201,
    example={"id": 6, "token": "lyt_…"},
    body={"label": "CRM", "scopes": ["people.see"], "expires_at": "2027-01-31T08:00:00Z"},
    conflicts=True,
)
def make_token(request: Request, body: NewToken) -> TokenMade:
    """Makes an API token of the caller's maker. It may do nothing that the caller may not, and ends with it at the
    latest: when the caller expires or is revoked. Its secret is in the answer and cannot be shown again.
    """
    bearer = request.bearer
    number, secret = create_token(
        bearer.workspace,
        bearer.member,
        body.label,
        body.scopes,
        system_clock(),
        expires_at=body.expires_at,
        parent=bearer.line.id,
    )
    return TokenMade(id=number, token=secret)


@_section.delete("/tokens/{token}", Ability.EDIT_KEYS, status=204)
def stop_token(request: Request, token: RowId) -> None:
    """Makes an API token stop working, at once and for good. Those that were made by it stop as well."""
    revoke_token(workspace_of(request), token, system_clock())


def _key(one: KeyLine) -> KeyShown:
    return KeyShown.model_validate(vars(one))


def _token(one: TokenLine) -> TokenShown:
    return TokenShown.model_validate({**vars(one), "scopes": list(one.scopes)})
