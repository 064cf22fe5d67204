"""What the edge looks up of a survey, in one statement of SQL each. No Django here."""

from typing import Any, NamedTuple

import msgspec

from lianyi.growth.surveys.definitions import read
from lianyi.growth.surveys.schemas import Definition

# A survey as it was under a number, or without one as it is published now; and its address.
SURVEY = """
SELECT s.id, s.workspace, s.address, v.number, v.definition, s.state = 'published'
FROM survey s JOIN survey_version v ON v.survey_id = s.id AND v.number = coalesce(%s::int, s.published)
WHERE s.address = %s
"""
# What somebody has answered before: by the response, or to its end by another identity of the person who has the mark.
# Whoever types somebody's address into a form may count as that person, so what others have begun is shown to nobody.
STANDING = """
SELECT r.stage, r.version, r.page, r.answers::text, r.response, r.began_at FROM (
    SELECT %(response)s::bytea AS response
    UNION
    SELECT theirs.response FROM identity mine CROSS JOIN LATERAL (
        SELECT mine.person AS number
        UNION ALL
        SELECT number FROM identity other
        WHERE other.workspace = mine.workspace AND other.person = mine.person AND other.person < other.number) named
    JOIN survey_response theirs
        ON theirs.workspace = mine.workspace AND theirs.identity = named.number AND theirs.stage > 0
    WHERE mine.workspace = %(workspace)s AND (mine.hash = %(mark)s OR mine.number = %(identity)s)
        AND mine.person > 0) found
JOIN survey_response r ON r.workspace = %(workspace)s AND r.response = found.response
WHERE r.survey = %(survey)s ORDER BY r.stage DESC, r.at DESC LIMIT 1
"""
# How many completed responses count for each quota.
FILLED = """
SELECT coalesce(jsonb_object_agg(key, counted), '{}')::text FROM (
    SELECT key, count(*) AS counted FROM survey_response r, jsonb_array_elements_text(r.quotas) key
    WHERE r.workspace = %(workspace)s AND r.survey = %(survey)s AND r.stage = 2 GROUP BY key) q
"""
# Which of these responses the projector has completed.
ENDED = """
SELECT coalesce(jsonb_agg(encode(response, 'hex')), '[]')::text FROM survey_response
WHERE workspace = %(workspace)s AND stage = 2 AND response = ANY(%(responses)s)
"""
IDENTITY = "SELECT kind, scope, value, strong FROM identity WHERE workspace = %s AND number = %s AND person > 0"


class Served(NamedTuple):
    """A version of a survey, and whether the survey takes answers."""

    survey: int
    workspace: int
    address: str
    version: int
    definition: Definition
    open: bool


class Standing(NamedTuple):
    """What somebody has answered before."""

    stage: int
    version: int
    page: int
    answers: dict[str, Any]
    response: str
    began: int


def served_in(row: tuple[Any, ...]) -> Served:
    """What a row of SURVEY says."""
    survey, workspace, address, version, definition, is_open = row
    return Served(survey, workspace, address, version, read(definition), is_open)


def standing_in(row: tuple[Any, ...]) -> Standing:
    """What a row of STANDING says."""
    stage, version, page, answers, response, began = row
    return Standing(stage, version, page, msgspec.json.decode(answers), bytes(response).hex(), began)


def filled_in(row: tuple[Any, ...]) -> dict[str, int]:
    """Quota → completed responses, of a row of FILLED."""
    return msgspec.json.decode(row[0], type=dict[str, int])


def ended_in(row: tuple[Any, ...]) -> frozenset[str]:
    """The responses of a row of ENDED."""
    return frozenset(msgspec.json.decode(row[0], type=list[str]))


def claim_in(row: tuple[Any, ...]) -> tuple[str, str, str, bool]:
    """Who is meant, of a row of IDENTITY."""
    kind, scope, value, strong = row
    return str(kind), str(scope), str(value), bool(strong)
