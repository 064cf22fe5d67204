"""Connected accounts: what platforms push to us, and where."""

from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Page, Paging, RowId
from lianyi.channels.accounts import actions, queries
from lianyi.channels.accounts.schemas import AccountLine
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.kernel.secret import Secret

_section = Section("Connected accounts", "Accounts of platforms that push what people do there.")
_SETTINGS = {"original": "gh_0123456789ab", "mode": "sealed"}
_TOLD = {"name": "Brand", "settings": _SETTINGS}
_CONNECTED = {"platform": "wechat", "external": "wx0123456789abcdef", **_TOLD}
_MADE = {
    "id": 3,
    "url": "https://lianyi.example.com/in/wechat/5f2b7c1e0d9a4b638c7d6e5f4a3b2c",
    "secrets": {"token": "…", "key": "…"},
}
_ACCOUNT = {
    "id": 3,
    **_CONNECTED,
    "url": _MADE["url"],
    "secrets": ["key", "token"],
    "state": "receiving",
    "connected_at": "2026-01-31T08:00:00Z",
    "verified_at": "2026-01-31T08:05:00Z",
    "pushed_at": "2026-02-03T10:00:00Z",
    "refused_at": None,
    "refused_why": "",
    "refusals": 0,
}
Texts = dict[Annotated[str, Field(max_length=30)], Annotated[str, Field(max_length=200)]]


class AccountShown(BaseModel):
    """A connected account, without its secrets."""

    id: int
    platform: str
    external: str = Field(description="What the platform calls it: an AppID.")
    name: str
    url: str = Field(description="Where the platform pushes to: enter it in the platform's console.")
    settings: dict[str, str]
    secrets: list[str] = Field(description="The names of the secrets that are kept.")
    state: Literal["waiting", "verified", "receiving", "refused"] = Field(
        description="refused: the last call was not taken; `refused_why` says what for."
    )
    connected_at: datetime
    verified_at: datetime | None
    pushed_at: datetime | None
    refused_at: datetime | None
    refused_why: str
    refusals: int = Field(description="Calls that were not taken, ever.")


class AccountChanged(Body):
    """What it is called and how it is set. Secrets that are left out, or empty, stay."""

    name: str = Field("", max_length=100)
    settings: Texts = Field(default_factory=dict, description="For wechat: original (gh_…), mode (sealed or plain).")
    secrets: Texts = Field(default_factory=dict, description="For wechat: token, key, app_secret.")


class AccountTold(AccountChanged):
    """An account to connect. Secrets that are left out are made, where the platform leaves them to us."""

    platform: str = Field(max_length=30)
    external: str = Field(max_length=200)


class AccountMade(BaseModel):
    """What to enter in the platform's console. The secrets are shown here and never again."""

    id: int
    url: str
    secrets: dict[str, str]


@_section.get(
    "/accounts", Ability.EDIT_ACCOUNTS, answers=Page[AccountShown], example={"items": [_ACCOUNT], "next": None}
)
def list_accounts(request: Request, paging: Query[Paging]) -> Page[AccountShown]:
    """Lists the connected accounts, the oldest first. There are a hundred at the most."""
    place = place_in(request, paging.cursor)
    rows = [one for one in queries.accounts(workspace_of(request)) if place is None or one.id > place[0]]
    return page_of(request, rows, paging.limit, lambda one: [one.id], _account)


@_section.post("/accounts", Ability.EDIT_ACCOUNTS, answers=AccountMade, status=201, example=_MADE, body=_CONNECTED)
def connect_account(request: Request, body: AccountTold) -> AccountMade:
    """Connects an account. Secrets that were made for it are in the answer and cannot be shown again."""
    workspace = workspace_of(request)
    number, made = actions.connect(
        workspace,
        body.platform,
        body.external,
        system_clock(),
        name=body.name,
        settings=body.settings,
        given=_secrets(body.secrets),
    )
    return _made(workspace, number, made)


@_section.get("/accounts/{account}", Ability.EDIT_ACCOUNTS, answers=AccountShown, example=_ACCOUNT)
def get_account(request: Request, account: RowId) -> AccountShown:
    """Shows a connected account."""
    return _account(queries.account(workspace_of(request), account))


@_section.put("/accounts/{account}", Ability.EDIT_ACCOUNTS, answers=AccountShown, example=_ACCOUNT, body=_TOLD)
def change_account(request: Request, account: RowId, body: AccountChanged) -> AccountShown:
    """Changes name, settings and secrets."""
    actions.change_account(
        workspace_of(request),
        account,
        system_clock(),
        name=body.name,
        settings=body.settings,
        given=_secrets(body.secrets),
    )
    return get_account(request, account)


@_section.delete("/accounts/{account}", Ability.EDIT_ACCOUNTS, status=204)
def disconnect_account(request: Request, account: RowId) -> None:
    """Disconnects an account, with its secrets and its address. What came through it stays."""
    actions.disconnect(workspace_of(request), account)


@_section.post("/accounts/{account}/renew", Ability.EDIT_ACCOUNTS, answers=AccountMade, example=_MADE)
def renew_account_secrets(request: Request, account: RowId) -> AccountMade:
    """Makes new secrets. Calls are refused until the platform's console has them, too."""
    workspace = workspace_of(request)
    return _made(workspace, account, actions.renew_secrets(workspace, account, system_clock()))


def _secrets(told: Texts) -> dict[str, Secret]:
    return {name: Secret(text) for name, text in told.items()}


def _url(one: AccountLine) -> str:
    return str(settings.ENVIRONMENT.url).rstrip("/") + one.path


def _made(workspace: int, number: int, made: dict[str, Secret]) -> AccountMade:
    shown = {name: secret.reveal() for name, secret in made.items()}
    return AccountMade(id=number, url=_url(queries.account(workspace, number)), secrets=shown)


def _account(one: AccountLine) -> AccountShown:
    told = {**vars(one), "url": _url(one), "state": one.state, "secrets": sorted(one.secrets)}
    return AccountShown.model_validate(told)
