"""Writes to interview notes."""

from datetime import datetime, timedelta

from django.db import transaction

from lianyi.foundation.access.acting import current_actor, needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.growth.interviews.models import InterviewRow
from lianyi.growth.interviews.queries import interview_of, unknown
from lianyi.growth.interviews.schemas import LONGEST, LONGEST_LINE, MOST, Draft, Interview
from lianyi.kernel.clock import to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import persons_of


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def record_interview(workspace: int, person: int, draft: Draft, now: datetime) -> Interview:
    """Keeps a note about a person, by whoever acts. Refuses a number that is nobody's."""
    _check(draft, now)
    if persons_of(workspace, [person]).get(person) is None:
        raise Refused("interview.nobody", "There is no person {number} here.", "Choose one.", number=person)
    at = to_micros(now)
    row = InterviewRow(workspace=workspace, identity=person, held_by=current_actor().name, created_at=at)
    _save(row, draft, at)
    record_audit(workspace, "interview.recorded", {"interview": row.pk, "person": person})
    return interview_of(workspace, row.pk)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def change_interview(workspace: int, interview: int, draft: Draft, now: datetime) -> Interview:
    """Puts another text in the place of what was there; whose it is and who held it stay."""
    _check(draft, now)
    row = InterviewRow.objects.select_for_update().filter(workspace=workspace, pk=interview).first()
    if row is None:
        raise unknown(interview)
    _save(row, draft, to_micros(now))
    record_audit(workspace, "interview.changed", {"interview": interview})
    return interview_of(workspace, interview)


@needs(Ability.EDIT_PEOPLE)
@transaction.atomic
def delete_interview(workspace: int, interview: int) -> None:
    """Deletes a note for ever."""
    gone, _ = InterviewRow.objects.filter(workspace=workspace, pk=interview).delete()
    if not gone:
        raise unknown(interview)
    record_audit(workspace, "interview.deleted", {"interview": interview})


@needs(Ability.EXPORT_PEOPLE)
@transaction.atomic
def note_export(workspace: int) -> None:
    """Writes down that the notes leave as a file."""
    record_audit(workspace, "interview.exported", {})


def _save(row: InterviewRow, draft: Draft, at: int) -> None:
    row.held_on, row.place, row.text, row.changed_at = draft.held_on, draft.place.strip(), draft.text.strip(), at
    row.said = [[one.question, one.answer] for one in draft.said]
    row.quotes, row.tags = list(draft.quotes), list(dict.fromkeys(draft.tags))
    words = [row.place, row.text, *row.quotes, *row.tags, *(text for one in draft.said for text in one)]
    row.found_by = "\n".join(filter(None, words))
    row.save()


def _check(draft: Draft, now: datetime) -> None:
    texts = [draft.text, *draft.quotes, *(text for one in draft.said for text in one)]
    lines = [draft.place, *draft.tags]
    if not any(text.strip() for text in texts):
        raise Refused("interview.empty", "The note says nothing.", "Write what was said.")
    if max(len(draft.said), len(draft.quotes), len(draft.tags)) > MOST:
        raise Refused("interview.many", "A note has at most {most} questions, quotes or tags.", most=MOST)
    if any(len(text) > LONGEST for text in texts) or any(len(line) > LONGEST_LINE for line in lines):
        raise Refused("interview.long", "A text of the note is too long.", "At most {most:,} characters.", most=LONGEST)
    if any("\x00" in text for text in (*texts, *lines)):
        raise Refused("interview.unseen", "The note holds signs that nobody sees.", "Type it anew.")
    if draft.held_on > (now + timedelta(days=1)).date():
        raise Refused("interview.future", "An interview that was not held yet has no note.", "Correct the day.")
