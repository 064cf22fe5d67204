"""Writes to own domains."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.domains.checking import checked_host
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.domains.schemas import PURPOSES, DomainLine
from lianyi.kernel.errors import Refused

MOST = 100


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def add_domain(workspace: int, host: str, purpose: str, installation: str) -> DomainLine:
    """A host whose visitors are led to this workspace's links and pages. `installation` is the address of the
    installation itself, which is refused, as is what is no name of a public host, and one that somebody has.
    """
    name = checked_host(host, installation)
    if purpose not in PURPOSES:
        raise Refused("domain.purpose", "{purpose!r} is no purpose of a domain.", "Write one of: {known}.",
                      purpose=purpose[:40], known=list(PURPOSES))  # fmt: skip
    if Domain.objects.filter(workspace=workspace).count() >= MOST:
        raise Refused("domain.many", "There are {most} domains already.", "Remove one first.", most=MOST)
    try:
        with transaction.atomic():
            row = Domain.objects.create(workspace_id=workspace, host=name, purpose=purpose)
    except IntegrityError:
        raise Refused(
            "domain.taken", "{host} belongs to a workspace of this installation already.", "Choose another, or remove "
            "it there first.", host=name,
        ) from None  # fmt: skip
    row.refresh_from_db()
    record_audit(workspace, "domain.added", {"domain": row.pk, "host": name})
    return DomainLine(row.pk, row.host, row.purpose, row.added_at)


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def remove_domain(workspace: int, domain: int) -> None:
    """The host is no longer served. Refuses one on which something stands: printed addresses would lead nowhere."""
    row = Domain.objects.select_for_update().filter(workspace=workspace, pk=domain).first()
    if row is None:
        raise Refused("domain.unknown", "There is no such domain here.")
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        raise Refused(
            "domain.used", "Links or pages stand on {host}, so it stays.",
            "Keep it: their addresses are known outside.",
            host=row.host,
        ) from None  # fmt: skip
    record_audit(workspace, "domain.removed", {"domain": domain, "host": row.host})
