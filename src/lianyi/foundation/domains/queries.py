"""Reads of own domains."""

from lianyi.foundation.domains.models import Domain
from lianyi.foundation.domains.schemas import DomainLine


def domains(workspace: int, purpose: str = "") -> list[DomainLine]:
    """The workspace's own domains by name; only those that serve a purpose where one is named. At most MOST."""
    rows = Domain.objects.filter(workspace=workspace).order_by("host")
    if purpose:
        rows = rows.filter(purpose__in=[purpose, Domain.Purpose.ALL])
    return [DomainLine(row.pk, row.host, row.purpose, row.added_at) for row in rows]


def every_host() -> frozenset[str]:
    """The own domains of all workspaces."""
    return frozenset(Domain.objects.values_list("host", flat=True))


def domain_for_pages(workspace: int, host: str) -> int | None:
    """The number of an own domain at which the workspace has pages; None for any other host."""
    found = Domain.objects.filter(workspace=workspace, host=host).exclude(purpose=Domain.Purpose.LINKS)
    return found.values_list("pk", flat=True).first()
