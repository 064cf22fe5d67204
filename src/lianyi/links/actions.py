"""Writes to links."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from lianyi.campaigns.campaigns.queries import ids_of_keys
from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.domains.queries import domains
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.links.checking import Ours, checked_part, fresh_slug
from lianyi.links.drafts import Draft, LinkFile, LinkLine, Template
from lianyi.links.faults import Faults
from lianyi.links.models import LinkTemplate, ShortLink
from lianyi.links.passwords import hashed
from lianyi.links.queries import link_of, taken_scenes, taken_slugs, unknown

AT_ONCE = 10_000
MOST_TEMPLATES = 100
_TIMES = 5  # that slugs are made anew because somebody was quicker
_FIXED = (
    "kind",
    "domain",
    "slug",
    "code",
    "account",
    "scene",
)  # it may be printed, and events carry them


@needs(Ability.EDIT_CAMPAIGNS)
def create_link(workspace: int, draft: Draft, now: datetime, ours: Ours) -> LinkLine:
    """A new link or channel code."""
    (number,) = _make(workspace, LinkFile((), (draft,), ()), now, ours, fresh_slug)
    return link_of(workspace, number)


@needs(Ability.EDIT_CAMPAIGNS)
def make_links(
    workspace: int,
    given: Sequence[Draft] | LinkFile,
    now: datetime,
    ours: Ours,
    *,
    fresh: Callable[[], str] = fresh_slug,
) -> list[int]:
    """Many at once, at most AT_ONCE: all of them or, when one is refused, none. The refusal names the rows as their
    file numbers them; the first of drafts without a file is 1. The numbers of the links in the order of the drafts.
    """
    file = given if isinstance(given, LinkFile) else LinkFile(range(1, len(given) + 1), given, ())
    if len(file.drafts) > AT_ONCE:
        raise Refused("link.many", "{count:,} links at once; {most:,} at most.", "Split them.",
                      count=len(file.drafts), most=AT_ONCE)  # fmt: skip
    return _make(workspace, file, now, ours, fresh)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def change_link(workspace: int, link: int, draft: Draft, ours: Ours) -> LinkLine:
    """Another target, other facts. What is printed or carried by events stays: kind, domain, slug, code, account and
    scene, which a draft may leave empty.
    """
    row = _held(workspace, link)
    good = _filled(draft, row).check(replace(ours, accounts=ours.accounts | {row.account}))
    for name in _FIXED:
        was = (row.domain.host if row.domain else "") if name == "domain" else getattr(row, name)
        if getattr(good, name) not in ("", was):
            raise Refused(
                "link.fixed",
                "Kind, domain, slug, code and scene of a link stay: it may be printed, and events carry them.",
                "Make a new link.",
            )
    for name, value in _column_of(workspace, [good])(good).items():
        if name not in (*_FIXED, "domain_id") and not (name == "password" and draft.password is None):
            setattr(row, name, value)
    row.save()
    record_audit(workspace, "link.changed", {"link": link})
    return link_of(workspace, link)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def archive_link(workspace: int, link: int, now: datetime) -> LinkLine:
    """It leads nowhere any more, or to its target after expiry; its slug stays its own."""
    row = _held(workspace, link)
    if row.archived_at is None:
        row.archived_at = to_micros(now)
        row.save(update_fields=["archived_at"])
        record_audit(workspace, "link.archived", {"link": link})
    return link_of(workspace, link)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_link(workspace: int, link: int) -> LinkLine:
    """It leads on again."""
    row = _held(workspace, link)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        record_audit(workspace, "link.restored", {"link": link})
    return link_of(workspace, link)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def save_template(workspace: int, template: Template) -> Template:
    """Keeps a template by its name; one of the same name is replaced. Its `id` is not looked at."""
    said = {name: checked_part(getattr(template, name)) for name in Template._fields if name != "id"}
    said |= {name: said[name].lower() for name in ("channel", "medium", "campaign")}
    name = said.pop("name")
    if not name:
        raise Refused("link.template_name", "A template has a name.", "Write one.")
    if LinkTemplate.objects.filter(workspace=workspace).exclude(name=name).count() >= MOST_TEMPLATES:
        raise Refused("link.templates", "There are {most} templates already.", "Delete one first.",
                      most=MOST_TEMPLATES)  # fmt: skip
    row, _ = LinkTemplate.objects.update_or_create(workspace=workspace, name=name, defaults=said)
    record_audit(workspace, "link.template_saved", {"id": row.pk})
    return Template(row.pk, name, **said)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def delete_template(workspace: int, template: int) -> None:
    """Forgets a template; links made by it stay as they are."""
    if not LinkTemplate.objects.filter(workspace=workspace, pk=template).delete()[0]:
        raise Refused("link.template_unknown", "There is no template {template} here.", template=template)
    record_audit(workspace, "link.template_deleted", {"id": template})


def _make(workspace: int, file: LinkFile, now: datetime, ours: Ours, fresh: Callable[[], str]) -> list[int]:
    alone = not file.rows and len(file.drafts) == 1
    faults = Faults(file.rows, alone=alone, found=file.faults)
    checked = [faults.of(place, lambda one=one: one.check(ours)) for place, one in enumerate(file.drafts)]  # type: ignore[misc]
    for _ in range(_TIMES):
        try:
            with transaction.atomic():
                rows = _rows(workspace, checked, now, fresh, faults)
                if not rows:
                    return []
                ShortLink.objects.bulk_create(rows, batch_size=2_000)
                record_audit(workspace, "link.created", {"link": rows[0].pk} if alone else {"links": len(rows)})
                return [row.pk for row in rows]
        except IntegrityError:  # somebody took one of the slugs a moment ago
            continue
    raise Refused("link.busy", "Others are making links at this moment.", "Repeat it.")


def _rows(
    workspace: int, checked: Sequence[Draft | None], now: datetime, fresh: Callable[[], str], faults: Faults
) -> list[ShortLink]:
    """The rows of all drafts. Refuses where one of them is none, or has what another link has."""
    columns = _columns(workspace, checked, faults)
    taken = taken_slugs([(one["domain_id"], one["slug"]) for one in columns if one and one["slug"]])
    scenes = taken_scenes(workspace, [one["scene"] for one in columns if one and one["scene"]])
    for place, one in enumerate(columns):
        if one:
            faults.of(place, lambda one=one: _free(one, taken, scenes))  # type: ignore[misc]
            taken.add((one["domain_id"], one["slug"]))
            scenes.update([(one["account"], one["scene"])] if one["scene"] else [])
    faults.settle()
    whole = [one for one in columns if one]
    lacking = [one for one in whole if not one["slug"]]
    while lacking:
        for one in lacking:
            while (one["domain_id"], slug := fresh()) in taken:
                continue
            one["slug"] = slug
            taken.add((one["domain_id"], slug))
        there = taken_slugs([(one["domain_id"], one["slug"]) for one in lacking])
        lacking = [one for one in lacking if (one["domain_id"], one["slug"]) in there]
    made_at = to_micros(now)
    return [
        ShortLink(**{**one, "code": one["code"] or one["slug"]}, workspace=workspace, created_at=made_at)
        for one in whole
    ]


def _free(one: dict[str, Any], taken: set[tuple[int | None, str]], scenes: set[tuple[str, str]]) -> None:
    """Refuses a slug and a scene that another link has."""
    if one["slug"] and (one["domain_id"], one["slug"]) in taken:
        raise Refused("link.taken", "{slug!r} is another link's already.", "Choose another word.", slug=one["slug"])
    if (one["account"], one["scene"]) in scenes:
        raise Refused("link.scene_taken", "There is a code of the scene {scene!r} of this account already.",
                      "Change that one.", scene=one["scene"])  # fmt: skip


def _filled(draft: Draft, row: ShortLink) -> Draft:
    """The draft of a change, with what it leaves to the link as it stands. A draft is a short link where it says no
    kind.
    """
    said = msgspec.structs.replace(draft, kind=row.kind if draft.kind == "link" else draft.kind)
    if row.kind != "wechat":
        return said
    kept = {name: getattr(draft, name) or getattr(row, name) for name in ("code", "account", "scene")}
    return msgspec.structs.replace(said, **kept)


def _columns(workspace: int, checked: Sequence[Draft | None], faults: Faults) -> list[dict[str, Any] | None]:
    """What the drafts say as columns; None for one that is none."""
    of = _column_of(workspace, [one for one in checked if one])
    return [
        faults.of(place, lambda one=one: of(one)) if one else None  # type: ignore[misc]
        for place, one in enumerate(checked)
    ]


def _column_of(workspace: int, good: Sequence[Draft]) -> Callable[[Draft], dict[str, Any]]:
    """Says a draft as columns, domains and campaigns looked up for all of them at once. Refuses ones that the workspace
    has not.
    """
    hosts = {one.host: one.id for one in domains(workspace) if not one.waits}
    keys = ids_of_keys(workspace, (one.campaign for one in good if one.campaign))

    def of(one: Draft) -> dict[str, Any]:
        said = msgspec.structs.asdict(one)
        host, key, password = said.pop("domain"), said.pop("campaign"), said.pop("password")
        if host and host not in hosts:
            raise Refused("link.domain", "{host} is no own domain of this workspace.", "Add it in the settings first.",
                          host=host[:200])  # fmt: skip
        if key and key not in keys:
            raise Refused("link.campaign", "There is no campaign with the key {key!r}.", "Make it first.", key=key)
        return {
            **said,
            "routes": msgspec.to_builtins(one.routes),
            "domain_id": hosts.get(host),
            "campaign_id": keys.get(key),
            "password": hashed(password or ""),
        }

    return of


def _held(workspace: int, link: int) -> ShortLink:
    rows = ShortLink.objects.select_for_update(of=("self",)).select_related("domain")
    row = rows.filter(workspace=workspace, pk=link).first()
    if row is None:
        raise unknown(link)
    return row
