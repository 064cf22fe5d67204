"""What somebody sends of a survey's pages: which answers are taken, what is asked next, and what is kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.growth.surveys.making import CITY, GRID, NPS, RANKED, STARS, WHY, definition_of, page, whole

from lianyi.growth.surveys.answers import Tag, answers_of, tags_of, texts_of, traits_of
from lianyi.growth.surveys.branching import next_page, page_before, quotas_met, settled
from lianyi.growth.surveys.judging import judged
from lianyi.growth.surveys.piping import told
from lianyi.growth.words import Words


def test_each_kind_is_kept_as_it_is() -> None:
    found: dict[str, list[str]] = {}
    for place, sent in enumerate(
        (
            {"city": ["other"], "city.other": ["  南京 "], "stars": ["4"]},
            {"liked": ["tea", "coffee"], "nps": ["10"], "why": ["never asked"]},
            {"grid.0": ["good"], "ranked.0": ["2"], "ranked.1": ["1"]},
        )
    ):
        given, problems = judged(whole(), place, sent, found)
        assert problems == {}
        found |= given
    answers = answers_of(whole(), found)
    assert answers == {
        "city": "other", "city.other": "南京", "stars": 4, "liked": ["tea", "coffee"], "nps": 10,
        "grid": {"taste": "good"}, "ranked": ["b", "a"],
    }  # fmt: skip
    assert texts_of(whole(), answers) == found
    assert traits_of(whole(), found) == {"city": "南京"}
    assert tags_of(whole(), found) == [Tag("preference", "tea drinker"), Tag("state", "promoter")]


@pytest.mark.parametrize(
    ("place", "sent", "wrong"),
    [
        (0, {}, {"city": "Choose something."}),
        (0, {"city": ["mars"]}, {"city": "Choose among what is offered."}),
        (0, {"city": ["other"]}, {"city.other": "Fill this in."}),
        (0, {"city": ["sh"], "stars": ["6"]}, {"stars": "Choose among what is offered."}),
        (1, {"nps": ["9"], "liked": ["tea", "coffee", "none"]}, {"liked": "Choose at most 2."}),
        (1, {"nps": ["3"], "why": ["x" * 501]}, {"why": "At most 500 characters."}),
        (2, {"grid.0": ["great"]}, {"grid.0": "Choose among what is offered."}),
        (2, {"ranked.0": ["1"], "ranked.1": ["1"]}, {"ranked.0": "Give each place once."}),
        (2, {"ranked.0": ["3"]}, {"ranked.0": "Give the places one after the other, from 1."}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(place: int, sent: dict[str, Any], wrong: dict[str, str]) -> None:
    _found, problems = judged(whole(), place, sent, {})
    assert {name: str(one) for name, one in problems.items()} == wrong


def test_a_ranking_that_is_required_ranks_all_of_its_places() -> None:
    asked = definition_of(page({**RANKED, "required": True, "top": 2}))
    assert str(judged(asked, 0, {"ranked.2": ["1"]}, {})[1]["ranked.0"]) == "Give the places 1 to 2."
    assert judged(asked, 0, {"ranked.2": ["1"], "ranked.0": ["2"]}, {})[1] == {}


def test_pages_and_questions_follow_from_what_was_answered() -> None:
    asked = definition_of(
        page(CITY, NPS),
        page(WHY, when=[{"question": "nps", "most": 6}]),
        page({**STARS, "when": [{"question": "city", "values": ["sh"], "unless": True}]}),
        page(GRID),
    )
    unhappy, happy = {"city": ["sh"], "nps": ["2"]}, {"city": ["hz"], "nps": ["10"]}
    assert (next_page(asked, 0, unhappy), next_page(asked, 1, unhappy), next_page(asked, 0, happy)) == (1, 3, 2)
    assert (page_before(asked, 3, unhappy), page_before(asked, 0, unhappy), page_before(asked, 3, happy)) == (
        1,
        None,
        2,
    )
    gone = settled(asked, {**happy, "why": ["typed before I went back"], "stars": ["5"]})
    assert gone == {**happy, "stars": ["5"]}


def test_quotas_are_met_once_their_questions_were_asked() -> None:
    quotas = [
        {"key": "all", "most": 9},
        {"key": "sh", "most": 5, "when": [{"question": "city", "values": ["sh"]}]},
        {"key": "calm", "most": 5, "when": [{"question": "nps", "least": 7, "unless": True}]},
    ]
    asked = definition_of(page(CITY), page(NPS), quotas=quotas)
    assert [one.key for one in quotas_met(asked, {"city": ["sh"]}, 0)] == ["all", "sh"]
    assert [one.key for one in quotas_met(asked, {"city": ["hz"], "nps": ["3"]}, 1)] == ["all", "calm"]


def test_an_earlier_answer_stands_in_a_later_text_as_it_was_read() -> None:
    words = Words(zh="您喜欢{city}的什么？", en="What do you like in {city}?")
    assert told(words, whole(), {"city": ["sh"]}, "zh") == "您喜欢上海的什么？"
    assert (
        told(words, whole(), {"city": ["other"], "city.other": ["<b>{nps}"]}, "en") == "What do you like in <b>{nps}?"
    )
    assert told(words, whole(), {}, "en") == "What do you like in …?"


_ANYTHING = st.dictionaries(
    st.sampled_from(["city", "city.other", "stars", "liked", "nps", "why", "grid.0", "grid.1", "ranked.0", "ranked.1"]),
    st.lists(st.sampled_from(["sh", "other", "tea", "1", "2", "7", "good", "=1+1", ""]), max_size=3),
)


@given(st.tuples(_ANYTHING, _ANYTHING, _ANYTHING))
def test_what_is_taken_reads_back_as_itself(pages: tuple[dict[str, list[str]], ...]) -> None:
    found: dict[str, list[str]] = {}
    for place, sent in enumerate(pages):
        taken, problems = judged(whole(), place, sent, found)
        found |= {} if problems else taken
    kept = settled(whole(), found)
    assert settled(whole(), kept) == kept
    assert texts_of(whole(), answers_of(whole(), kept)) == kept
