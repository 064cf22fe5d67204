"""Definitions of surveys: what is read, and what is refused."""

from typing import Any

import pytest
from tests.growth.surveys.making import (
    CITY,
    GRID,
    LIKED,
    NPS,
    RANKED,
    STARS,
    WHY,
    definition_of,
    object_of,
    page,
    whole,
)

from lianyi.growth.surveys.definitions import check_ready, read, read_object
from lianyi.growth.surveys.schemas import MOST_BYTES, Definition, encode
from lianyi.kernel.errors import Refused


def test_a_definition_is_read_back_as_it_was_written() -> None:
    assert read(encode(whole())) == whole()
    check_ready(whole())


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ([page(CITY), page({**STARS, "key": "city"})], "survey.twice"),
        ([page({**STARS, "key": "ly_issue"})], "survey.key"),
        ([page({**CITY, "options": [{"value": "a"}, {"value": "a"}]})], "survey.options"),
        ([page({**CITY, "options": [{"value": "a"}, {"value": "other"}]})], "survey.options"),
        ([page({**LIKED, "label": {"en": "x"}, "least": 3})], "survey.bounds"),
        ([page({**CITY, "maps_to": "email"})], "survey.target"),
        ([page({**GRID, "maps_to": "trait:grid"})], "survey.target"),
        ([page(CITY, {**STARS, "maps_to": "trait:city"})], "survey.target_twice"),
        ([page({**WHY, "when": [], "tags": [{"tag": "said"}]})], "survey.tag"),
        ([page({**NPS, "tags": [{"tag": "x", "values": ["a"], "least": 11}]})], "survey.definition"),
        ([page(WHY)], "survey.condition"),
        ([page(RANKED), page({**WHY, "when": [{"question": "ranked"}]})], "survey.condition"),
        ([page(GRID), page({**WHY, "when": [{"question": "grid", "row": "colour"}]})], "survey.condition"),
        ([page(CITY), page({**WHY, "when": [{"question": "city", "values": ["mars"]}]})], "survey.condition_value"),
        ([page(CITY), page({**WHY, "when": [{"question": "city", "least": 3}]})], "survey.condition_value"),
        ([page(NPS, {**WHY, "when": [{"question": "nps", "unless": True}]})], "survey.condition_here"),
        ([page(STARS, when=[{"question": "nps"}]), page(NPS)], "survey.condition"),
        ([page(CITY, LIKED)], "survey.piped"),
        ([page({**STARS, "label": {"en": "a\u202eb"}})], "survey.unseen"),
        ([page({**STARS, "kind": "essay"})], "survey.definition"),
        ([page({**STARS, "low": {"en": "a\u202eb"}})], "survey.unseen"),
        ([page({**STARS, "high": {"en": "{city}"}})], "survey.piped"),
        ([page({**CITY, "options": [{"value": "a", "label": {"en": "x\u202ey"}}, {"value": "b"}]})], "survey.options"),
        (
            [page({**WHY, "when": []}), page({**STARS, "when": [{"question": "why", "values": [" x"]}]})],
            "survey.condition_value",
        ),
        (
            [page(*({"kind": "nps", "key": f"q{at}x{number}"} for number in range(34))) for at in range(3)],
            "survey.many_questions",
        ),
        (
            [page(*({"kind": "nps", "key": f"q{at}x{number}"} for number in range(40))) for at in range(25)],
            "survey.many_questions",
        ),
        ([page({**STARS, "label": {"en": "x" * 100_000}})], "survey.large"),
    ],
)
def test_what_means_nothing_is_refused(pages: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        definition_of(*pages)
    assert refused.value.code == code


def test_what_is_no_definition_is_refused() -> None:
    for bad in (b"[]", b"{", b'{"pages": [{"questions": []}]}', b" " * (MOST_BYTES + 1)):
        with pytest.raises(Refused):
            read(bad)
    with pytest.raises(Refused):
        read_object({"pages": {1, 2}})
    with pytest.raises(Refused):
        read_object(object_of(page(NPS), quotas=[{"key": "a", "most": 1}, {"key": "a", "most": 2}]))


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (Definition(), "survey.empty"),
        (definition_of(page(NPS), title={}), "survey.title"),
        (definition_of(page({**NPS, "label": {}})), "survey.label"),
    ],
)
def test_what_nobody_could_answer_is_not_published(definition: Definition, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_ready(definition)
    assert refused.value.code == code
