"""Reads of interview notes."""

from collections.abc import Iterable, Iterator

from lianyi.growth.interviews.models import InterviewRow
from lianyi.growth.interviews.schemas import Draft, Interview, Said
from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean
from lianyi.people.identity.queries import numbers_of, persons_of

_AT_ONCE = 1_000


def interviews(
    workspace: int, limit: int, before: int | None = None, *, containing: str = "", tag: str = "",
    person: int | None = None,
) -> list[Interview]:  # fmt: skip
    """The newest first; those before note `before`, where a page ended. `containing` is part of any of its words."""
    rows = InterviewRow.objects.filter(workspace=workspace)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if containing:
        rows = rows.filter(found_by__icontains=clean(containing)[:100])
    if tag:
        rows = rows.filter(tags__contains=[clean(tag)[:100]])
    if person is not None:
        rows = rows.filter(identity__in=numbers_of(workspace, person))
    return _shown(workspace, list(rows.order_by("-pk")[:limit]))


def every_interview(workspace: int, **asked: str) -> Iterator[Interview]:
    """All that are asked for, the newest first."""
    before: int | None = None
    words, tag = asked.get("containing", ""), asked.get("tag", "")
    while page := interviews(workspace, _AT_ONCE, before, containing=words, tag=tag):
        yield from page
        before = page[-1].id


def interview_of(workspace: int, interview: int) -> Interview:
    """One note. Refuses an unknown one."""
    row = InterviewRow.objects.filter(workspace=workspace, pk=interview).first()
    if row is None:
        raise unknown(interview)
    return _shown(workspace, [row])[0]


def unknown(interview: int) -> Refused:
    """There is none."""
    return Refused("interview.unknown", "There is no interview note {note} here.", "See the list.", note=interview)


def forget_identities(workspace: int, numbers: Iterable[int]) -> dict[str, int]:
    """Deletes the notes about these identities; how many rows."""
    gone, _ = InterviewRow.objects.filter(workspace=workspace, identity__in=list(numbers)).delete()
    return {"interview": gone}


def _shown(workspace: int, rows: list[InterviewRow]) -> list[Interview]:
    person_of = persons_of(workspace, {row.identity for row in rows})
    return [
        Interview(row.pk, person_of.get(row.identity), row.held_by, _draft(row), row.created_at, row.changed_at)
        for row in rows
    ]


def _draft(row: InterviewRow) -> Draft:
    said = tuple(Said(*one) for one in row.said)
    return Draft(row.held_on, row.place, said, row.text, tuple(row.quotes), tuple(row.tags))
