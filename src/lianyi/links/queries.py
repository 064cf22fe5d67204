"""Reads of links."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec
from django.db import connection
from django.db.models import Q, QuerySet

from lianyi.foundation.domains.queries import every_host
from lianyi.kernel.addresses import Reach
from lianyi.kernel.errors import Refused
from lianyi.links.checking import Ours
from lianyi.links.drafts import LinkLine, Template
from lianyi.links.looking_up import FIND, link_in
from lianyi.links.models import LinkTemplate, ShortLink
from lianyi.links.schemas import Link, Route

_TAKEN = """
SELECT domain_id, slug FROM short_link JOIN unnest(%s::bigint[], %s::text[]) AS asked (host, word)
ON slug = word AND domain_id IS NOT DISTINCT FROM host
"""


@dataclass(frozen=True)
class Wanted:
    """Which links: empty fields ask for nothing; `archived` is no, yes or all."""

    words: str = ""
    kind: str = ""
    campaign: int | None = None
    holder_kind: str = ""
    archived: str = "no"


EVERY = Wanted(archived="all")


def our_addresses(installation: str, reach: Reach, accounts: Iterable[str] = ()) -> Ours:
    """Which addresses are ours, for whoever checks a target; `installation` is the installation's own address,
    `accounts` are the workspace's connected WeChat official accounts.
    """
    return Ours(installation, every_host(), reach, frozenset(accounts))


def link_at(host: str | None, slug: str) -> Link | None:
    """The link of this slug on an own domain, or at the installation's own address."""
    if "\x00" in slug:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"hosts": [host], "slugs": [slug.lower()]})
        row = cursor.fetchone()
    return None if row is None else link_in(row[1:])


def links(workspace: int, limit: int, *, wanted: Wanted = Wanted(), before: int | None = None) -> list[LinkLine]:
    """The newest first; those before the number `before`."""
    rows = _wanted(workspace, wanted)
    return [line_in(row) for row in (rows if before is None else rows.filter(pk__lt=before))[:limit]]


def every_link(workspace: int, wanted: Wanted = EVERY, piece: int = 2_000) -> Iterator[LinkLine]:
    """The same without an end, read in pieces."""
    before: int | None = None
    while page := links(workspace, piece, wanted=wanted, before=before):
        yield from page
        before = page[-1].id


def links_of(workspace: int, numbers: Sequence[int]) -> list[LinkLine]:
    """The links of these numbers, in their order; those that are not there are left out."""
    rows = {row.pk: row for row in _all(workspace).filter(pk__in=numbers)}
    return [line_in(rows[number]) for number in numbers if number in rows]


def link_of(workspace: int, link: int) -> LinkLine:
    """The link of this number. Refuses one that is not there."""
    row = _all(workspace).filter(pk=link).first()
    if row is None:
        raise unknown(link)
    return line_in(row)


def taken_slugs(named: Sequence[tuple[int | None, str]]) -> set[tuple[int | None, str]]:
    """Which of these slugs, each on a domain or on none, are a link's already."""
    if not named:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [[one[0] for one in named], [one[1] for one in named]])
        return set(cursor.fetchall())


def taken_scenes(workspace: int, scenes: Sequence[str]) -> set[tuple[str, str]]:
    """Which of these scenes are a WeChat code's already, each with its account."""
    rows = ShortLink.objects.filter(workspace=workspace, kind="wechat", scene__in=scenes) if scenes else None
    return set(rows.values_list("account", "scene")) if rows is not None else set()


def templates(workspace: int) -> list[Template]:
    """The templates by name."""
    rows = LinkTemplate.objects.filter(workspace=workspace).order_by("name")
    return [Template(*(getattr(row, name) for name in Template._fields)) for row in rows]


def unknown(link: int) -> Refused:
    """There is none."""
    return Refused("link.unknown", "There is no link {link} here.", link=link)


def _all(workspace: int) -> QuerySet[ShortLink]:
    return ShortLink.objects.filter(workspace=workspace).select_related("domain", "campaign").order_by("-pk")


def _wanted(workspace: int, wanted: Wanted) -> QuerySet[ShortLink]:
    rows = _all(workspace)
    if wanted.words:
        said = ("name", "slug", "code", "holder", "target", "scene")
        anything = Q()
        for name in said:
            anything |= Q(**{f"{name}__icontains": wanted.words})
        rows = rows.filter(anything)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.campaign is not None:
        rows = rows.filter(campaign=wanted.campaign)
    if wanted.holder_kind:
        rows = rows.filter(holder_kind=wanted.holder_kind)
    if wanted.archived != "all":
        rows = rows.filter(archived_at__isnull=wanted.archived != "yes")
    return rows


def line_in(row: ShortLink) -> LinkLine:
    """The row as members see it; its domain and campaign are looked up with it."""
    same = {name: getattr(row, name) for name in Link.__struct_fields__ if name not in ("number", "domain", "campaign")}
    link = Link(
        **{
            **same,
            "number": row.pk,
            "domain": row.domain.host if row.domain else None,
            "campaign": row.campaign.key if row.campaign else "",
            "routes": msgspec.convert(row.routes, tuple[Route, ...]),
        }
    )
    return LinkLine(link, row.name, row.created_at, row.member, row.campaign.name if row.campaign else "")
