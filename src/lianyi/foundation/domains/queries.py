"""Reads of own domains."""

from lianyi.foundation.domains.models import Domain
from lianyi.foundation.domains.schemas import Claim, DomainLine


def domains(workspace: int, purpose: str = "") -> list[DomainLine]:
    """The workspace's own domains by name; where a purpose is named, only those that are served and serve it. At most
    MOST.
    """
    rows = Domain.objects.filter(workspace=workspace).order_by("host")
    if purpose:
        rows = rows.filter(purpose__in=[purpose, Domain.Purpose.ALL], waits=False)
    return [domain_in(row) for row in rows]


def every_host() -> frozenset[str]:
    """The own domains of all workspaces, those that wait included."""
    return frozenset(Domain.objects.values_list("host", flat=True))


def claims() -> list[Claim]:
    """The own domains of all workspaces by name, for the administrator of the installation."""
    rows = Domain.objects.select_related("workspace").order_by("host")
    return [Claim(row.host, row.workspace.slug, row.purpose, row.waits, row.added_at) for row in rows]


def domain_for_pages(workspace: int, host: str) -> int | None:
    """The number of an own domain at which the workspace has pages; None for any other host."""
    found = Domain.objects.filter(workspace=workspace, host=host, waits=False).exclude(purpose=Domain.Purpose.LINKS)
    return found.values_list("pk", flat=True).first()


def domain_in(row: Domain) -> DomainLine:
    """The row as others see it."""
    return DomainLine(row.pk, row.host, row.purpose, row.added_at, row.waits)
