"""Who calls, and where."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section
from lianyi.api.shapes import Body, Whole
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.members.actions import demand_second_factor
from lianyi.foundation.workspaces.actions import edit_workspace

_SET_ELSEWHERE = ("slug", "second_factor", "created_at")
_section = Section("Account", "The token that calls, and its workspace.")
_WORKSPACE = {
    "slug": "brand",
    "name": "Brand",
    "zone": "Asia/Shanghai",
    "region": "CN",
    "currency": "CNY",
    "language": "zh-hans",
    "password_days": 0,
    "second_factor": False,
    "created_at": "2026-01-31T08:00:00Z",
}


class WorkspaceShown(BaseModel):
    """The workspace of the token."""

    slug: str
    name: str
    zone: str = Field(description="IANA name of the time zone of its days.")
    region: str = Field(description="How a phone number without a country code is read (ISO 3166).")
    currency: str = Field(description="Of amounts that name none (ISO 4217).")
    language: str = Field(description="Of its mails and of members who chose none.")
    password_days: int = Field(description="After how many days members are reminded of their password; 0: never.")
    second_factor: bool = Field(description="Whether every member has to have a second factor.")
    created_at: datetime


class SecondFactor(Body):
    """Whether members without a second factor do nothing here until they set one up."""

    demanded: bool


class WorkspaceTold(Body):
    """How it is called, and what its days, phone numbers and amounts are read by."""

    name: str = Field(min_length=1, max_length=100)
    zone: str = Field(min_length=1, max_length=64)
    region: str = Field(min_length=1, max_length=2)
    currency: str = Field(min_length=1, max_length=3)
    language: Literal["zh-hans", "en"]
    password_days: Annotated[int, Field(ge=0, le=3_650), Whole]


class Me(BaseModel):
    """The token that calls."""

    token: int
    label: str
    hint: str
    maker: str = Field(description="E-mail address of the member who made it.")
    role: str = Field(description="The maker's role now.")
    scopes: list[str]
    abilities: list[str] = Field(description="What it may do: its scopes, as far as the role reaches.")
    workspace: str
    expires_at: datetime | None


@_section.get("/workspace", None, answers=WorkspaceShown, example=_WORKSPACE)
def get_workspace(request: Request) -> WorkspaceShown:
    """Shows the workspace of the token."""
    one = request.bearer.workspace
    return WorkspaceShown(
        slug=one.slug,
        name=one.name,
        zone=one.zone,
        region=one.region,
        currency=one.currency,
        language=one.language,
        password_days=one.password_days,
        second_factor=one.second_factor,
        created_at=one.created_at,
    )


@_section.put(
    "/workspace",
    Ability.EDIT_SETTINGS,
    answers=WorkspaceShown,
    example=_WORKSPACE,
    body={name: said for name, said in _WORKSPACE.items() if name not in _SET_ELSEWHERE},
)
def put_workspace(request: Request, body: WorkspaceTold) -> WorkspaceShown:
    """Changes the workspace of the token. What was counted before keeps the amounts as they came."""
    edit_workspace(request.bearer.workspace, **body.model_dump())
    request.bearer.workspace.refresh_from_db()
    return get_workspace(request)


@_section.put(
    "/workspace/second-factor",
    Ability.APPOINT_OWNERS,
    answers=WorkspaceShown,
    example={**_WORKSPACE, "second_factor": True},
    body={"demanded": True},
    conflicts=True,
)
def put_second_factor(request: Request, body: SecondFactor) -> WorkspaceShown:
    """Demands a second factor of every member, or of nobody. Tokens of members without one are refused meanwhile."""
    demand_second_factor(request.bearer.workspace, request.bearer.member, demanded=body.demanded)
    request.bearer.workspace.refresh_from_db()
    return get_workspace(request)


@_section.get(
    "/me",
    None,
    answers=Me,
    example={
        "token": 3,
        "label": "CRM",
        "hint": "lyt_Ab3d",
        "maker": "owner@example.com",
        "role": "owner",
        "scopes": ["people.see"],
        "abilities": ["people.see"],
        "workspace": "brand",
        "expires_at": "2027-01-31T08:00:00Z",
    },
)
def get_me(request: Request) -> Me:
    """Shows the token that calls, and what it may do."""
    bearer = request.bearer
    line = bearer.line
    return Me(
        token=line.id,
        label=line.label,
        hint=line.hint,
        maker=line.maker,
        role=bearer.role.value,
        scopes=list(line.scopes),
        abilities=sorted(one.value for one in bearer.abilities),
        workspace=bearer.workspace.slug,
        expires_at=line.expires_at,
    )
