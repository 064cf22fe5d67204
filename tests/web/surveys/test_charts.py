"""Charts of what was answered: which there are for each kind of question, and their numbers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override
from tests.growth.surveys.making import CITY, GRID, LIKED, NPS, RANKED, STARS, WHY, definition_of, page

from lianyi.growth.surveys.questions import Question
from lianyi.growth.surveys.results import Counted
from lianyi.web.surveys.charts import Chart, charts_of


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def question(said: dict[str, Any]) -> Question:
    alone = {**said, "when": [], "label": {"en": "?"}}
    return next(definition_of(page(alone)).questions())


def values(chart: Chart) -> dict[str, list[float]]:
    return {one["name"]: one["values"] for one in chart.data["series"]}


@pytest.mark.parametrize("said", [CITY, LIKED])
def test_options_are_bars_with_intervals(said: dict[str, Any]) -> None:
    counted = Counted("", 10, [(one["value"], 6 if not place else 0) for place, one in enumerate(said["options"])], [])
    (chart,) = charts_of(question(said), [counted])
    assert chart.kind == "rows"
    assert [numbers[0] for numbers in values(chart).values()] == [60.0, 31.3, 83.2]  # Wilson's of 6 of 10
    assert [numbers[1] for numbers in values(chart).values()] == [0.0, 0.0, 27.8]


def test_a_scale_is_a_distribution() -> None:
    (chart,) = charts_of(question(STARS), [Counted("", 4, [(str(one), 4 * (one == 5)) for one in range(1, 6)], [])])
    assert (chart.kind, chart.data["labels"], values(chart)["Share"]) == ("columns", list("12345"), [0, 0, 0, 0, 100])


def test_nps_is_split_at_seven_and_nine() -> None:
    counts = [(str(point), 1) for point in range(11)]
    split, points = charts_of(question(NPS), [Counted("", 11, counts, [])])
    assert values(split) == {"Detractors (0–6)": [63.6], "Passives (7–8)": [18.2], "Promoters (9–10)": [18.2]}
    assert points.data["tones"] == ["error"] * 7 + ["warning"] * 2 + ["success"] * 2


def test_a_matrix_stacks_each_row_that_was_answered() -> None:
    rows = [
        Counted("taste", 4, [("bad", 1), ("fair", 0), ("good", 3)], []),
        Counted("price", 0, [("bad", 0), ("fair", 0), ("good", 0)], []),
    ]
    (chart,) = charts_of(question(GRID), rows)
    assert (chart.kind, chart.data["labels"]) == ("parts", ["taste"])
    assert values(chart) == {"bad": [25.0], "fair": [0.0], "good": [75.0]}


def test_a_ranking_shows_who_came_first_and_mean_places() -> None:
    places = [("a", [3, 1, 0]), ("b", [1, 3, 0]), ("c", [0, 0, 0])]
    counted = Counted("", 4, [("a", 4), ("b", 4), ("c", 0)], places)
    first, means = charts_of(question(RANKED), [counted])
    assert (first.data["labels"], values(first)["Put first by"]) == (["a", "b", "c"], [75.0, 25.0, 0.0])
    assert (means.data["labels"], values(means)["Mean place"]) == (["a", "b"], [1.25, 1.75])
    assert (means.data["least"], means.data["most"]) == (1, 3)


def test_what_nobody_answered_and_texts_have_none() -> None:
    assert charts_of(question(WHY), [Counted("", 3, [], [])]) == []
    assert charts_of(question(CITY), [Counted("", 0, [("sh", 0)], [])]) == []
