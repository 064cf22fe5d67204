"""Reads of forms and of what was sent by them."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Q

from lianyi.growth.forms.definitions import read
from lianyi.growth.forms.letters import DAY
from lianyi.growth.forms.lines import Form, FormLine, Letter, State, SubmissionLine, Version
from lianyi.growth.forms.models import FormRow, FormSubmission, FormVersion
from lianyi.growth.forms.schemas import Definition
from lianyi.growth.keeping import Belonging, belonging
from lianyi.growth.searching import like
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import persons_of
from lianyi.people.profiles.queries import Act, CameFrom, came_from

_LINES = """
SELECT f.id, f.address, f.name, f.state, f.published, f.changed_at, coalesce(s.count, 0), s.newest
FROM form f LEFT JOIN LATERAL (
    SELECT count(*), max(at) AS newest FROM form_submission s
    WHERE s.workspace = f.workspace AND s.form = f.id) s ON true
WHERE f.workspace = %(workspace)s AND (f.state = 'archived') = %(archived)s
  AND (%(before)s::bigint IS NULL OR f.id < %(before)s) AND f.name ILIKE %(like)s
ORDER BY f.id DESC LIMIT %(limit)s
"""
_SUBMISSIONS = """
SELECT event, at, form, version, identity, answers, language, page,
    CASE WHEN confirm = '' THEN NULL ELSE coalesce(confirmed_at, 0) END, channel, campaign, code
FROM form_submission
WHERE workspace = %(workspace)s AND form = %(form)s AND found_by ILIKE %(like)s
  AND (%(at)s::bigint IS NULL OR (at, event) < (%(at)s, %(event)s::bytea))
  AND (%(since)s::bigint IS NULL OR at >= %(since)s) AND (%(until)s::bigint IS NULL OR at < %(until)s)
ORDER BY at DESC, event DESC LIMIT %(limit)s
"""
_BY_DAY = """
SELECT (to_timestamp(at / 1e6) AT TIME ZONE %s)::date AS day, count(*) FROM form_submission
WHERE workspace = %s AND form = %s AND at >= %s AND at < %s GROUP BY day ORDER BY day
"""
_AT_ONCE = 1_000
_json = msgspec.json.Decoder().decode


def forms(
    workspace: int, limit: int, before: int | None = None, *, called: str = "", archived: bool = False
) -> list[FormLine]:
    """The newest forms first; those before form `before`, where a page ended. `called` is part of a name."""
    asked = {"workspace": workspace, "limit": limit, "before": before, "archived": archived, "like": like(called)}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        return [_line(*row) for row in cursor.fetchall()]


def forms_of_campaign(workspace: int, campaign: str, limit: int) -> list[Belonging]:
    """Those of the campaign of this key, without archived ones."""
    rows = FormRow.objects.filter(workspace=workspace).exclude(state=State.ARCHIVED)
    return belonging(rows, campaign, limit, Q(state=State.PUBLISHED))


def form_of(workspace: int, form: int) -> Form:
    """One form. Refuses an unknown one."""
    row = FormRow.objects.filter(workspace=workspace, pk=form).first()
    if row is None:
        raise unknown(form)
    return shown(row)


def versions_of(workspace: int, form: int, limit: int = 50) -> list[Version]:
    """What was published of a form, the newest first."""
    rows = FormVersion.objects.filter(form__workspace=workspace, form=form).order_by("-number")[:limit]
    return [_version(row) for row in rows]


def version_of(workspace: int, form: int, number: int) -> Version:
    """What was published of a form under a number. Refuses an unknown one."""
    row = FormVersion.objects.filter(form__workspace=workspace, form=form, number=number).first()
    if row is None:
        raise no_version(form, number)
    return _version(row)


def definitions_of(workspace: int, form: int, numbers: Collection[int]) -> dict[int, Definition]:
    """What was published of a form under these numbers."""
    rows = FormVersion.objects.filter(form__workspace=workspace, form=form, number__in=numbers)
    return {row.number: read(row.definition) for row in rows}


def by_day(workspace: int, form: int, zone: str, since: int, until: int) -> dict[date, int]:
    """How many submissions came on each day of the zone between two moments (µs); days without any are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [zone, workspace, form, since, until])
        return dict(cursor.fetchall())


def submissions(
    workspace: int,
    form: int,
    limit: int,
    after: tuple[int, bytes] | None = None,
    *,
    containing: str = "",
    since: int | None = None,
    until: int | None = None,
) -> list[SubmissionLine]:
    """What was sent by a form, the newest first; what follows the row `after` (at, event), where a page ended.
    `containing` is part of an answer; `since` and `until` are moments in µs. Who came by a source before has that one.
    """
    at, event = after or (None, b"")
    asked = {"workspace": workspace, "form": form, "limit": limit, "at": at, "event": event}
    with connection.cursor() as cursor:
        cursor.execute(_SUBMISSIONS, {**asked, "since": since, "until": until, "like": like(containing)})
        rows = cursor.fetchall()
    person_of = dict(persons_of(workspace, {row[4] for row in rows if row[4]}))
    sources = came_from(workspace, [Act(row[4], row[1], *row[9:]) for row in rows])
    return [_sent(row, person_of.get(row[4]), source) for row, source in zip(rows, sources, strict=True)]


def answers_of(workspace: int, form: int, event: bytes) -> dict[str, Any]:
    """What somebody sent. Refuses a submission that is not there."""
    row = FormSubmission.objects.filter(workspace=workspace, form=form, event=event).first()
    if row is None:
        raise Refused("form_submission.unknown", "There is no such submission of form {form}.", form=form)
    answers: dict[str, Any] = _json(row.answers)
    return answers


def every_submission(workspace: int, form: int, **asked: Any) -> Iterator[SubmissionLine]:
    """All that was sent by a form, the newest first."""
    after: tuple[int, bytes] | None = None
    while page := submissions(workspace, form, _AT_ONCE, after, **asked):
        yield from page
        after = (page[-1].at, bytes.fromhex(page[-1].event))


def shown(row: FormRow) -> Form:
    """A form as others see it."""
    draft = read(row.draft)
    live = FormVersion.objects.filter(form=row, number=row.published or 0).values_list("definition", flat=True).first()
    changed = row.published is not None and live != row.draft
    return Form(
        row.pk, row.address, row.name, State(row.state), row.published, changed, draft, row.created_at, row.changed_at
    )


def unknown(form: int) -> Refused:
    """There is none."""
    return Refused("form.unknown", "There is no form {form} here.", "See the list of forms.", form=form)


def no_version(form: int, number: int) -> Refused:
    """It was never published under this number."""
    return Refused(
        "form.version_unknown", "Form {form} has no version {number}.", "See its versions.", form=form, number=number
    )


def _line(
    form: int,
    address: str,
    name: str,
    state: str,
    published: int | None,
    changed_at: int,
    count: int,
    newest: int | None,
) -> FormLine:
    return FormLine(form, address, name, State(state), published, changed_at, count, newest)


def _sent(row: tuple[Any, ...], person: int | None, source: CameFrom) -> SubmissionLine:
    event, at, form, version, _, answers, language, page, confirmed_at = row[:9]
    return SubmissionLine(
        bytes(event).hex(), at, form, version, person, _json(answers), language, source, page, confirmed_at
    )


def _version(row: FormVersion) -> Version:
    return Version(row.number, read(row.definition), row.digest, row.published_at, row.published_by)


def letter_of(workspace: int, event: bytes) -> Letter | None:
    """What the mail by which a submission is confirmed is made of; None when the submission is gone."""
    row = FormSubmission.objects.filter(workspace=workspace, event=event).first()
    form = None if row is None else FormRow.objects.filter(workspace=workspace, pk=row.form).first()
    if row is None or form is None:
        return None
    definition = read(FormVersion.objects.values_list("definition", flat=True).get(form=form, number=row.version))
    email = _json(row.answers).get(row.confirm)
    wanted = definition.double_opt_in
    if wanted is None or not isinstance(email, str):
        return None
    return Letter(form.address, definition, email, row.language, row.host, row.at + wanted.days * DAY)
