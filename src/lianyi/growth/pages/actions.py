"""Writes to pages. Who saves a draft says which edition they have read: of two editors, the second is told."""

import re
import secrets
from datetime import UTC, datetime

import msgspec
from django.db import IntegrityError, transaction

from lianyi.audience.segments.queries import segment_names
from lianyi.audience.segments.using import hold
from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.domains.queries import domain_for_pages
from lianyi.growth.pages.listed import Page, PageUnknown
from lianyi.growth.pages.models import PageRow, VersionRow
from lianyi.growth.pages.places import Place
from lianyi.growth.pages.queries import shown, version
from lianyi.growth.pages.reading import check, check_ready, read_object
from lianyi.growth.pages.rendering import MOST, rendered
from lianyi.growth.pages.schemas import SLUG, Definition, encode
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name

MOST_PAGES = 2_000
_NAME_CHARACTERS = 100
_SLUG = re.compile(SLUG)
_LARGEST = 2**63 - 1


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def create_page(workspace: int, slug: str, name: str, draft: Definition, now: datetime, *, host: str = "") -> Page:
    """A page that nobody sees yet, at an own domain or at the installation's own address."""
    check(draft)
    if PageRow.objects.filter(workspace=workspace).count() >= MOST_PAGES:
        raise Refused("page.many", "There are {most:,} pages already.", "Use one of them anew.", most=MOST_PAGES)
    hold(workspace)
    _refuse_unknown_segments(workspace, draft)
    moment = to_micros(now)
    row = PageRow(workspace=workspace, slug=_slug(slug), name=_named(name), seed=secrets.token_hex(8))
    row.domain_id = _domain(workspace, host)
    row.draft, row.created_at, row.changed_at = _json(draft), moment, moment
    _save_at_its_address(row)
    record_audit(workspace, "page.created", {"page": row.pk, "slug": row.slug})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def save_draft(workspace: int, page: int, draft: Definition, edition: int, now: datetime) -> Page:
    """Puts another draft in the place of edition `edition`. Refuses when that is not the newest any more."""
    check(draft)
    hold(workspace)
    row = _held(workspace, page)
    if row.edition != edition:
        raise Refused(
            "page.changed",
            "Somebody else has saved this page since you opened it.",
            "Open it again; copy what you wrote first.",
        )
    _refuse_unknown_segments(workspace, draft)
    return _drafted(row, draft, now)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def rename_page(workspace: int, page: int, name: str, slug: str, now: datetime, *, host: str | None = None) -> Page:
    """Another name, or another address: the former one leads nowhere any more. Without a `host` that stays."""
    row = _held(workspace, page)
    row.name, row.slug, row.changed_at = _named(name), _slug(slug), to_micros(now)
    if host is not None:
        row.domain_id = _domain(workspace, host)
    _save_at_its_address(row)
    record_audit(workspace, "page.renamed", {"page": page, "slug": row.slug})
    return shown(_held(workspace, page))


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def publish_page(workspace: int, page: int, now: datetime) -> Page:
    """The draft is what visitors see from now on. Refuses one that nobody could use, or that is too heavy."""
    row = _held(workspace, page)
    if row.archived_at is not None:
        raise Refused("page.archived", "This page is archived.", "Bring it back first.")
    draft = read_object(row.draft)
    check_ready(draft)
    _refuse_heavy(row, draft)
    if row.version is None or row.edition != row.drafted_from:
        row.last += 1
        VersionRow.objects.create(
            page=page, number=row.last, at=to_micros(now), actor=current_actor().name, definition=row.draft
        )
    row.version, row.drafted_from = row.last, row.edition
    row.save()
    record_audit(workspace, "page.published", {"page": page, "version": row.version})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def unpublish_page(workspace: int, page: int) -> Page:
    """Nobody sees it any more; its draft and its versions stay."""
    row = _held(workspace, page)
    if row.version is not None:
        row.version = None
        row.save(update_fields=["version"])
        record_audit(workspace, "page.unpublished", {"page": page})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_version(workspace: int, page: int, number: int, now: datetime) -> Page:
    """A version of before becomes the draft; visitors see it when that is published."""
    hold(workspace)
    row = _held(workspace, page)
    draft = version(workspace, page, number).definition
    _refuse_unknown_segments(workspace, draft)
    return _drafted(row, draft, now, restored=number)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def archive_page(workspace: int, page: int, now: datetime) -> Page:
    """It is seen by nobody and stands in no list; what happened on it stays, and so does its address."""
    row = _held(workspace, page)
    if row.archived_at is None:
        row.archived_at, row.version = to_micros(now), None
        row.save(update_fields=["archived_at", "version"])
        record_audit(workspace, "page.archived", {"page": page})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def bring_back(workspace: int, page: int) -> Page:
    """A page of the archive is a draft again."""
    hold(workspace)
    row = _held(workspace, page)
    if row.archived_at is not None:
        _refuse_unknown_segments(workspace, read_object(row.draft))
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        record_audit(workspace, "page.brought_back", {"page": page})
    return shown(row)


def _drafted(row: PageRow, draft: Definition, now: datetime, *, restored: int | None = None) -> Page:
    row.draft, row.edition, row.changed_at = _json(draft), row.edition + 1, to_micros(now)
    row.save(update_fields=["draft", "edition", "changed_at"])
    if restored is None:
        record_audit(row.workspace, "page.saved", {"page": row.pk, "edition": row.edition})
    else:
        record_audit(row.workspace, "page.restored", {"page": row.pk, "version": restored})
    return shown(row)


def _held(workspace: int, page: int) -> PageRow:
    rows = PageRow.objects.select_for_update(of=("self",)).select_related("domain")
    row = rows.filter(workspace=workspace, pk=page).first() if 0 < page <= _LARGEST else None
    if row is None:
        raise PageUnknown(page)
    return row


def _domain(workspace: int, host: str) -> int | None:
    if not host:
        return None
    found = domain_for_pages(workspace, host)
    if found is None:
        raise Refused("page.domain", "{host!r} is no domain of this workspace for pages.", "Add it first.", host=host)
    return found


def _save_at_its_address(row: PageRow) -> None:
    """Refuses an address that another page has, also one that somebody else takes at the same moment."""
    taken = Refused("page.taken", "The address {slug!r} is taken.", "Choose another.", slug=row.slug)
    if PageRow.objects.filter(slug=row.slug, domain=row.domain_id).exclude(pk=row.pk).exists():
        raise taken
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise taken from None


def _refuse_unknown_segments(workspace: int, draft: Definition) -> None:
    """The caller holds the segments, so none of them goes meanwhile."""
    unknown = draft.segments() - segment_names(workspace).keys()
    if unknown:
        raise Refused(
            "page.segment",
            "A button is for people of segment {segment}, which there is not.",
            "Choose another segment.",
            segment=min(unknown),
        )


def _refuse_heavy(row: PageRow, draft: Definition) -> None:
    now = datetime.now(UTC)  # which says what a countdown shows, and nothing else
    place = Place("https://example.com", f"/p/{row.slug}")
    for language in draft.languages:
        for variant in draft.arms()[0]:
            size = len(rendered(draft, place, now, language=language, variant=variant).body)
            if size > MOST:
                raise Refused(
                    "page.heavy", "The page weighs {size:,} bytes.", "Shorten it to {most:,}.", size=size, most=MOST
                )


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise Refused(
            "page.slug",
            "The address {slug!r} is none.",
            "Use 1 to 60 small letters, digits and dashes.",
            slug=text[:100],
        )
    return text


def _named(text: str) -> str:
    if not is_name(text, _NAME_CHARACTERS):
        raise Refused("page.name", "A page's name has 1 to {most} characters.", most=_NAME_CHARACTERS)
    return text


def _json(draft: Definition) -> object:
    return msgspec.json.decode(encode(draft))
