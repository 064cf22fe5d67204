"""Reads of pages. Lists are paged by the number that the page before ended with."""

from django.db.models import Q, QuerySet

from lianyi.growth.keeping import Belonging, belonging
from lianyi.growth.pages.listed import Page, PageUnknown, Version
from lianyi.growth.pages.models import PageRow, VersionRow
from lianyi.growth.pages.reading import read_object
from lianyi.kernel.errors import Refused

_LARGEST = 2**63 - 1


def pages(
    workspace: int, limit: int, *, before: int | None = None, text: str = "", archived: bool = False
) -> list[Page]:
    """The newest pages, those before the number `before`, with the text in their name or address."""
    rows = _rows().filter(workspace=workspace, archived_at__isnull=not archived)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    return [shown(row) for row in rows.order_by("-pk")[:limit]]


def pages_of_campaign(workspace: int, campaign: str, limit: int) -> list[Belonging]:
    """Those of the campaign of this key, without archived ones."""
    rows = PageRow.objects.filter(workspace=workspace, archived_at=None)
    return belonging(rows, campaign, limit, Q(version__isnull=False))


def page(workspace: int, number: int) -> Page:
    """One page. Refuses a number that is none of this workspace's."""
    row = _rows().filter(workspace=workspace, pk=number).first() if 0 < number <= _LARGEST else None
    if row is None:
        raise PageUnknown(number)
    return shown(row)


def versions(workspace: int, number: int, limit: int, *, before: int | None = None) -> list[Version]:
    """What was published of a page, the newest first. Refuses an unknown page."""
    page(workspace, number)
    rows = VersionRow.objects.filter(page=number)
    if before is not None:
        rows = rows.filter(number__lt=before)
    return [version_in(row) for row in rows.order_by("-number")[:limit]]


def version(workspace: int, number: int, version: int) -> Version:
    """One of them. Refuses what there is not."""
    page(workspace, number)
    row = VersionRow.objects.filter(page=number, number=version).first() if 0 < version < 2**31 else None
    if row is None:
        raise Refused("page.version", "Page {page} has no version {version}.", page=number, version=version)
    return version_in(row)


def version_in(row: VersionRow) -> Version:
    """What the row says."""
    return Version(row.number, row.at, row.actor, read_object(row.definition))


def shown(row: PageRow) -> Page:
    """What the row says."""
    return Page(
        id=row.pk,
        slug=row.slug,
        host=row.domain.host if row.domain is not None else "",
        name=row.name,
        draft=read_object(row.draft),
        edition=row.edition,
        version=row.version,
        changed=row.edition != row.drafted_from,
        created_at=row.created_at,
        changed_at=row.changed_at,
        archived_at=row.archived_at,
    )


def _rows() -> QuerySet[PageRow]:
    return PageRow.objects.select_related("domain")
