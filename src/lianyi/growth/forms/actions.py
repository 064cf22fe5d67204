"""Writes to forms."""

import re
from datetime import datetime
from typing import BinaryIO

import msgspec
from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.media.actions import put
from lianyi.foundation.media.queries import media
from lianyi.foundation.media.sniffing import WITH_ARCHIVES
from lianyi.growth.forms.definitions import check, check_ready
from lianyi.growth.forms.files import Found, file_of
from lianyi.growth.forms.lines import LONGEST_NAME, Form, State
from lianyi.growth.forms.models import FormRow, FormVersion
from lianyi.growth.forms.queries import answers_of, form_of, no_version, shown, unknown
from lianyi.growth.forms.schemas import Definition, Download, digest, encode
from lianyi.growth.keeping import save, version_of_draft
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name
from lianyi.links.checking import fresh_slug

MOST = 2_000  # forms of a workspace
_LENGTH = 10  # of an address
_EVENT = re.compile(r"[0-9a-f]{32}", re.ASCII)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def create_form(workspace: int, name: str, definition: Definition, now: datetime) -> Form:
    """A form that nobody sees yet."""
    _check(name, definition)
    if FormRow.objects.filter(workspace=workspace).count() >= MOST:
        raise Refused("form.many", "The workspace has {most:,} forms already.", "Change one of them.", most=MOST)
    at = to_micros(now)
    row = FormRow.objects.create(
        workspace=workspace,
        address=fresh_slug(_LENGTH),
        name=name,
        draft=encode(definition).decode(),
        state=State.DRAFT.value,
        created_at=at,
        changed_at=at,
    )
    record_audit(workspace, "form.created", {"form": row.pk, "name": name})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def change_form(
    workspace: int, form: int, name: str, definition: Definition, now: datetime, *, seen: int | None = None
) -> Form:
    """Puts another name and draft in the place of what was there. What is published stays until it is published. With
    `seen`, when it was changed last as far as its editor knows, it refuses to write over what somebody else changed.
    """
    _check(name, definition)
    row = _held(workspace, form)
    if seen is not None and seen != row.changed_at:
        raise Refused(
            "form.edited", "Somebody else has changed this form meanwhile.", "Open it anew and change it there."
        )
    save(row, now, name=name, draft=encode(definition).decode())
    record_audit(workspace, "form.changed", {"form": form})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
def put_download(workspace: int, form: int, name: str, source: BinaryIO, now: datetime) -> Form:
    """Keeps a file and makes it what the draft offers to whoever fills it in. Refuses what is not what it says."""
    form_of(workspace, form)
    given = put(workspace, name, source, types=WITH_ARCHIVES)
    with transaction.atomic():
        row = _held(workspace, form)
        draft = shown(row).draft
        hours = (draft.download or Download(media=given.id)).hours
        draft = msgspec.structs.replace(draft, download=Download(media=given.id, hours=hours))
        check(draft)
        save(row, now, draft=encode(draft).decode())
        record_audit(workspace, "form.file_given", {"form": form, "media": given.id})
        return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def publish_form(workspace: int, form: int, now: datetime) -> Form:
    """Shows the draft to the world, as a new version where it is another than the last. Refuses what nobody could fill
    in.
    """
    row = _held(workspace, form)
    definition = shown(row).draft
    check_ready(definition)
    if definition.download:
        media(workspace, definition.download.media)
    number = version_of_draft(row, digest(definition), now)
    save(row, now, published=number, state=State.PUBLISHED.value)
    record_audit(workspace, "form.published", {"form": form, "version": number})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def unpublish_form(workspace: int, form: int, now: datetime) -> Form:
    """Takes a form offline: its page says so, and nothing is taken any more. Refuses one that is not published."""
    row = _held(workspace, form)
    if row.state != State.PUBLISHED:
        raise Refused("form.not_published", "Form {form} is not published.", form=form)
    save(row, now, state=State.OFFLINE.value)
    record_audit(workspace, "form.unpublished", {"form": form})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def archive_form(workspace: int, form: int, now: datetime) -> Form:
    """Takes a form offline and out of the list; its submissions and the words that people agreed to stay."""
    row = _held(workspace, form)
    save(row, now, state=State.ARCHIVED.value)
    record_audit(workspace, "form.archived", {"form": form})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_form(workspace: int, form: int, now: datetime) -> Form:
    """Brings a form back from the archive: nobody sees it until it is published. Refuses one that is not there."""
    row = _held(workspace, form)
    if row.state != State.ARCHIVED:
        raise Refused("form.not_archived", "Form {form} is not archived.", form=form)
    save(row, now, state=(State.DRAFT if row.published is None else State.OFFLINE).value)
    record_audit(workspace, "form.restored", {"form": form})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_version(workspace: int, form: int, number: int, now: datetime) -> Form:
    """What was published under this number becomes the draft; visitors see it when that is published."""
    row = _held(workspace, form)
    version = FormVersion.objects.filter(form=row, number=number).first()
    if version is None:
        raise no_version(form, number)
    save(row, now, draft=version.definition)
    record_audit(workspace, "form.version_restored", {"form": form, "version": number})
    return shown(row)


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, form: int) -> None:
    """Writes down that the submissions of a form leave as a file."""
    row = FormRow.objects.filter(workspace=workspace, pk=form).first()
    if row is None:
        raise unknown(form)
    record_audit(workspace, "form.exported", {"form": form})


@needs(Ability.SEE_PEOPLE)
@transaction.atomic
def fetch_file(workspace: int, form: int, event: str, field: str) -> Found:
    """The file that came with a field of a submission, which `event` names by its hex digits; writes down that it was
    fetched. Refuses where there is none.
    """
    number = bytes.fromhex(event) if _EVENT.fullmatch(event) else b""
    found = file_of(workspace, number, field, answers_of(workspace, form, number))
    record_audit(workspace, "form.file_fetched", {"form": form, "submission": event, "field": field})
    return found


def _held(workspace: int, form: int) -> FormRow:
    """The form, alone with it until the transaction ends."""
    row = FormRow.objects.select_for_update().filter(workspace=workspace, pk=form).first()
    if row is None:
        raise unknown(form)
    return row


def _check(name: str, definition: Definition) -> None:
    if not is_name(name, LONGEST_NAME):
        raise Refused("form.name", "A form needs a name of 1 to {most} characters.", "Give it one.", most=LONGEST_NAME)
    check(definition)
