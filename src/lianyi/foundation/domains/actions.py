"""Writes to own domains."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.domains.checking import checked_host
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.domains.queries import domain_in
from lianyi.foundation.domains.schemas import PURPOSES, DomainLine
from lianyi.foundation.workspaces.queries import workspace_ids
from lianyi.kernel.errors import Refused

MOST = 100


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def add_domain(workspace: int, host: str, purpose: str, installation: str) -> DomainLine:
    """A host whose visitors are led to this workspace's links and pages. `installation` is the address of the
    installation itself, which is refused, as is what is no name of a public host, and one that somebody has.

    Where the installation has several workspaces, the host waits until its administrator says that it is this one's.
    """
    name = checked_host(host, installation)
    if purpose not in PURPOSES:
        raise Refused("domain.purpose", "{purpose!r} is no purpose of a domain.", "Write one of: {known}.",
                      purpose=purpose[:40], known=list(PURPOSES))  # fmt: skip
    if Domain.objects.filter(workspace=workspace).count() >= MOST:
        raise Refused("domain.many", "There are {most} domains already.", "Remove one first.", most=MOST)
    try:
        with transaction.atomic():
            waits = len(workspace_ids()) > 1
            row = Domain.objects.create(workspace_id=workspace, host=name, purpose=purpose, waits=waits)
    except IntegrityError:
        raise Refused(
            "domain.taken", "{host} belongs to a workspace of this installation already.", "Choose another, or remove "
            "it there first.", host=name,
        ) from None  # fmt: skip
    row.refresh_from_db()
    record_audit(workspace, "domain.added", {"domain": row.pk, "host": name})
    return domain_in(row)


@needs(Ability.EDIT_ACCOUNTS)
@transaction.atomic
def approve_domain(workspace: int, host: str) -> DomainLine:
    """The host is this workspace's, and served. It is the administrator's of the installation to say so: no page and no
    operation of the API does.
    """
    row = Domain.objects.select_for_update().filter(workspace=workspace, host=host.strip().lower()).first()
    if row is None:
        raise Refused("domain.unclaimed", "This workspace has not asked for {host}.", "List who has which.",
                      host=host[:200])  # fmt: skip
    if row.waits:
        row.waits = False
        row.save(update_fields=["waits"])
        record_audit(workspace, "domain.approved", {"domain": row.pk, "host": row.host})
    return domain_in(row)


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
