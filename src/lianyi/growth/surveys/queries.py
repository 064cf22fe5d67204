"""Reads of surveys and of what was answered."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Q

from lianyi.growth.keeping import Belonging, belonging
from lianyi.growth.searching import like
from lianyi.growth.surveys.definitions import read
from lianyi.growth.surveys.lines import ResponseLine, Stage, State, Survey, SurveyLine, Version
from lianyi.growth.surveys.models import SurveyRow, SurveyVersion
from lianyi.kernel.errors import Refused
from lianyi.people.identity.queries import persons_of
from lianyi.people.profiles.queries import Act, came_from

_LINES = """
SELECT f.id, f.address, f.name, f.state, f.published, f.changed_at,
    coalesce(s.completed, 0), coalesce(s.begun, 0), s.newest
FROM survey f LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE stage = 2) AS completed, count(*) AS begun, max(at) AS newest
    FROM survey_response s WHERE s.workspace = f.workspace AND s.survey = f.id) s ON true
WHERE f.workspace = %(workspace)s AND (f.state = 'archived') = %(archived)s
  AND (%(before)s::bigint IS NULL OR f.id < %(before)s) AND f.name ILIKE %(like)s
ORDER BY f.id DESC LIMIT %(limit)s
"""
_RESPONSES = """
SELECT response, at, began_at, version, identity, stage, page, answers::text, language, channel, campaign, code
FROM survey_response
WHERE workspace = %(workspace)s AND survey = %(survey)s AND found_by ILIKE %(like)s
  AND (%(at)s::bigint IS NULL OR (at, response) < (%(at)s, %(response)s::bytea))
  AND (%(stage)s::int IS NULL OR stage = %(stage)s) AND (%(answering)s = '' OR answers ? %(answering)s)
ORDER BY at DESC, response DESC LIMIT %(limit)s
"""
_AT_ONCE = 1_000
_json = msgspec.json.Decoder().decode


def surveys(
    workspace: int, limit: int, before: int | None = None, *, called: str = "", archived: bool = False
) -> list[SurveyLine]:
    """The newest surveys first; those before survey `before`, where a page ended. `called` is part of a name."""
    asked = {"workspace": workspace, "limit": limit, "before": before, "archived": archived, "like": like(called)}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        return [
            SurveyLine(number, address, name, State(state), *rest)
            for number, address, name, state, *rest in cursor.fetchall()
        ]


def surveys_of_campaign(workspace: int, campaign: str, limit: int) -> list[Belonging]:
    """Those of the campaign of this key, without archived ones."""
    rows = SurveyRow.objects.filter(workspace=workspace).exclude(state=State.ARCHIVED)
    return belonging(rows, campaign, limit, Q(state=State.PUBLISHED))


def survey_of(workspace: int, survey: int) -> Survey:
    """One survey. Refuses an unknown one."""
    row = SurveyRow.objects.filter(workspace=workspace, pk=survey).first()
    if row is None:
        raise unknown(survey)
    return shown(row)


def versions_of(workspace: int, survey: int, limit: int = 50, before: int | None = None) -> list[Version]:
    """What was published of a survey, the newest first; those before the number `before`, where a page ended."""
    rows = SurveyVersion.objects.filter(survey__workspace=workspace, survey=survey)
    if before is not None:
        rows = rows.filter(number__lt=before)
    return [_version(one) for one in rows.order_by("-number")[:limit]]


def version_of(workspace: int, survey: int, number: int) -> Version:
    """What was published of a survey under a number. Refuses an unknown one."""
    row = SurveyVersion.objects.filter(survey__workspace=workspace, survey=survey, number=number).first()
    if row is None:
        raise no_version(survey, number)
    return _version(row)


def responses(
    workspace: int,
    survey: int,
    limit: int,
    after: tuple[int, bytes] | None = None,
    *,
    containing: str = "",
    answering: str = "",
    stage: Stage | None = None,
) -> list[ResponseLine]:
    """What was answered, the newest first; what follows the row `after` (at, response), where a page ended.
    `containing` is part of an answer, `answering` the key of a question that was answered. Who came by a source before
    they began has that one.
    """
    at, response = after or (None, b"")
    asked = {"workspace": workspace, "survey": survey, "limit": limit, "at": at, "response": response}
    with connection.cursor() as cursor:
        cursor.execute(_RESPONSES, {**asked, "stage": stage, "answering": answering, "like": like(containing)})
        rows = cursor.fetchall()
    person_of = dict(persons_of(workspace, {row[4] for row in rows if row[4]}))
    sources = came_from(workspace, [Act(row[4], row[2], *row[9:]) for row in rows])
    return [
        ResponseLine(
            bytes(one).hex(), at, began, version, person_of.get(identity), Stage(stage), page, _json(answers), language,
            source.channel, source.campaign, source.code,
        )
        for (one, at, began, version, identity, stage, page, answers, language, *_), source in zip(
            rows, sources, strict=True
        )
    ]  # fmt: skip


def every_response(workspace: int, survey: int, **asked: Any) -> Iterator[ResponseLine]:
    """All that was answered, the newest first."""
    after: tuple[int, bytes] | None = None
    while page := responses(workspace, survey, _AT_ONCE, after, **asked):
        yield from page
        after = (page[-1].at, bytes.fromhex(page[-1].response))


def shown(row: SurveyRow) -> Survey:
    """A survey as others see it."""
    live = SurveyVersion.objects.filter(survey=row, number=row.published or 0)
    published = live.values_list("definition", flat=True).first()
    changed = row.published is not None and published != row.draft
    return Survey(
        row.pk, row.address, row.name, State(row.state), row.published, changed, read(row.draft), row.created_at,
        row.changed_at,
    )  # fmt: skip


def unknown(survey: int) -> Refused:
    """There is none."""
    return Refused("survey.unknown", "There is no survey {survey} here.", "See the list of surveys.", survey=survey)


def no_version(survey: int, number: int) -> Refused:
    """Nothing was published of it under this number."""
    return Refused(
        "survey.version_unknown", "Survey {survey} has no version {number}.", survey=survey, number=number
    )  # fmt: skip


def _version(row: SurveyVersion) -> Version:
    return Version(row.number, read(row.definition), row.digest, row.published_at, row.published_by)
