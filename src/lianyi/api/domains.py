"""Own domains of the workspace."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from pydantic import BaseModel, Field

from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, RowId
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.domains import actions
from lianyi.foundation.domains.queries import domains
from lianyi.foundation.domains.schemas import DomainLine
from lianyi.links.owning import own_domain

_section = Section("Domains", "Hosts of the workspace's own on which its links and pages stand.")
_BODY = {"host": "go.example.com", "purpose": "links"}
_ONE = {"id": 2, **_BODY, "added_at": "2026-01-31T08:00:00Z", "waits": False}
Purpose = Literal["all", "links", "pages"]


class DomainShown(BaseModel):
    """An own domain; its host as it goes over the wire."""

    id: int
    host: str
    purpose: Purpose
    added_at: datetime
    waits: bool = Field(description="For the administrator of the installation; it is not served until then.")


class DomainAdded(Body):
    """A host to be served."""

    host: str = Field(min_length=1, max_length=253)
    purpose: Purpose = "all"


class Domains(BaseModel):
    """The own domains by name."""

    items: list[DomainShown]


@_section.get("/domains", Ability.SEE_REPORTS, answers=Domains, example={"items": [_ONE]})
def list_domains(request: Request) -> Domains:
    """Lists the own domains of the workspace."""
    return Domains(items=[_shown(one) for one in domains(workspace_of(request))])


@_section.post("/domains", Ability.EDIT_ACCOUNTS, answers=DomainShown, status=201, example=_ONE, body=_BODY,
               conflicts=True)  # fmt: skip
def add_domain(request: Request, body: DomainAdded) -> DomainShown:
    """Adds an own domain. A host belongs to one workspace of the installation, and no link
    of the workspace leads to it."""
    made = own_domain(workspace_of(request), body.host, body.purpose, settings.ENVIRONMENT.url)
    return _shown(made)


@_section.delete("/domains/{domain}", Ability.EDIT_ACCOUNTS, status=204, conflicts=True)
def remove_domain(request: Request, domain: RowId) -> None:
    """Removes an own domain. One on which links or pages stand stays."""
    actions.remove_domain(workspace_of(request), domain)


def _shown(one: DomainLine) -> DomainShown:
    return DomainShown.model_validate(one._asdict())
