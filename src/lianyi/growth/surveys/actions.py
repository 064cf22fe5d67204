"""Writes to surveys."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.growth.keeping import save, version_of_draft
from lianyi.growth.surveys.definitions import check, check_ready
from lianyi.growth.surveys.lines import LONGEST_NAME, State, Survey
from lianyi.growth.surveys.models import SurveyRow
from lianyi.growth.surveys.queries import no_version, shown, unknown
from lianyi.growth.surveys.schemas import Definition, digest, encode
from lianyi.growth.surveys.state import invitation
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import is_name
from lianyi.links.checking import fresh_slug
from lianyi.people.identity.queries import persons_of

MOST = 2_000  # surveys of a workspace
MOST_INVITED = 10_000
INVITED_FOR = 30 * 86_400  # seconds
_LENGTH = 10  # of an address


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def create_survey(workspace: int, name: str, definition: Definition, now: datetime) -> Survey:
    """A survey that nobody sees yet."""
    _check(name, definition)
    if SurveyRow.objects.filter(workspace=workspace).count() >= MOST:
        raise Refused("survey.many", "The workspace has {most:,} surveys already.", "Change one of them.", most=MOST)
    at = to_micros(now)
    row = SurveyRow.objects.create(
        workspace=workspace,
        address=fresh_slug(_LENGTH),
        name=name,
        draft=encode(definition).decode(),
        state=State.DRAFT.value,
        created_at=at,
        changed_at=at,
    )
    record_audit(workspace, "survey.created", {"survey": row.pk, "name": name})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def change_survey(
    workspace: int, survey: int, name: str, definition: Definition, now: datetime, *, seen: int | None = None
) -> Survey:
    """Puts another name and draft in the place of what was there. What is published stays until it is published. With
    `seen`, when it was changed last as far as its editor knows, it refuses to write over what somebody else changed.
    """
    _check(name, definition)
    row = _held(workspace, survey)
    if seen is not None and seen != row.changed_at:
        raise Refused(
            "survey.edited", "Somebody else has changed this survey meanwhile.", "Open it anew and change it there."
        )
    save(row, now, name=name, draft=encode(definition).decode())
    record_audit(workspace, "survey.changed", {"survey": survey})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def publish_survey(workspace: int, survey: int, now: datetime) -> Survey:
    """Shows the draft to the world, as a new version where it is another than the last. Refuses what nobody could fill
    in.
    """
    row = _held(workspace, survey)
    definition = shown(row).draft
    check_ready(definition)
    number = version_of_draft(row, digest(definition), now)
    save(row, now, published=number, state=State.PUBLISHED.value)
    record_audit(workspace, "survey.published", {"survey": survey, "version": number})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def unpublish_survey(workspace: int, survey: int, now: datetime) -> Survey:
    """Takes a survey offline: its page says so, and nothing is taken any more. Refuses one that is not published."""
    row = _held(workspace, survey)
    if row.state != State.PUBLISHED:
        raise Refused("survey.not_published", "Survey {survey} is not published.", survey=survey)
    save(row, now, state=State.OFFLINE.value)
    record_audit(workspace, "survey.unpublished", {"survey": survey})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def archive_survey(workspace: int, survey: int, now: datetime) -> Survey:
    """Takes a survey offline and out of the list; what was answered stays."""
    row = _held(workspace, survey)
    save(row, now, state=State.ARCHIVED.value)
    record_audit(workspace, "survey.archived", {"survey": survey})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_survey(workspace: int, survey: int, now: datetime) -> Survey:
    """Brings a survey back from the archive: nobody sees it until it is published. Refuses one that is not there."""
    row = _held(workspace, survey)
    if row.state != State.ARCHIVED:
        raise Refused("survey.not_archived", "Survey {survey} is not archived.", survey=survey)
    save(row, now, state=(State.DRAFT if row.published is None else State.OFFLINE).value)
    record_audit(workspace, "survey.restored", {"survey": survey})
    return shown(row)


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def restore_version(workspace: int, survey: int, number: int, now: datetime) -> Survey:
    """What was published under this number becomes the draft; people are asked it when that is published."""
    row = _held(workspace, survey)
    version = row.versions.filter(number=number).first()
    if version is None:
        raise no_version(survey, number)
    save(row, now, draft=version.definition)
    record_audit(workspace, "survey.version_restored", {"survey": survey, "version": number})
    return shown(row)


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int, survey: int) -> None:
    """Writes down that the responses of a survey leave as a file."""
    row = SurveyRow.objects.filter(workspace=workspace, pk=survey).first()
    if row is None:
        raise unknown(survey)
    record_audit(workspace, "survey.exported", {"survey": survey})


@needs(Ability.EDIT_CAMPAIGNS)
@transaction.atomic
def invite(workspace: int, survey: int, persons: Sequence[int], secret: bytes, now: datetime) -> list[tuple[int, str]]:
    """For each of these people what makes a link theirs, `?t=…`, good for thirty days; whoever is none is left out."""
    row = _held(workspace, survey)
    if len(persons) > MOST_INVITED:
        raise Refused("survey.many_invited", "At most {most:,} people are invited at once.", most=MOST_INVITED)
    until = int(now.timestamp()) + INVITED_FOR
    known = persons_of(workspace, persons)
    made = [(one, invitation(secret, row.address, one, until)) for one in dict.fromkeys(persons) if one in known]
    record_audit(workspace, "survey.invited", {"survey": survey, "people": len(made)})
    return made


def _held(workspace: int, survey: int) -> SurveyRow:
    """The survey, alone with it until the transaction ends."""
    row = SurveyRow.objects.select_for_update().filter(workspace=workspace, pk=survey).first()
    if row is None:
        raise unknown(survey)
    return row


def _check(name: str, definition: Definition) -> None:
    if not is_name(name, LONGEST_NAME):
        raise Refused(
            "survey.name", "A survey needs a name of 1 to {most} characters.", "Give it one.", most=LONGEST_NAME
        )
    check(definition)
