"""Results: counted from the rows of responses, once per person, and crossed with what is known of them."""

from collections.abc import Iterator

import pytest
from tests.growth.surveys.test_projector import SOURCE, Desk
from tests.people.erasing.told import brand

from lianyi.audience.segments.actions import create_segment
from lianyi.audience.segments.upkeep import build
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.growth.forms.handing import fresh_id
from lianyi.growth.surveys.results import crossed, results_of
from lianyi.kernel.clock import HOUR, system_clock, to_micros
from lianyi.kernel.errors import Refused
from lianyi.people.identity import actions as identity
from lianyi.rules.reading import read


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    with brand() as made:
        yield Desk(made)


def test_each_question_is_counted(desk: Desk) -> None:
    desk.tell("completed", "cookie-1", {"city": ["sh"], "stars": ["4"], "liked": ["tea", "coffee"], "nps": ["10"],
                                        "grid.0": ["good"], "ranked.0": ["2"], "ranked.1": ["1"]})  # fmt: skip
    desk.tell("completed", "cookie-2", {"city": ["other"], "city.other": ['a "quoted", text'], "nps": ["0"],
                                        "liked": ["tea"], "grid.0": ["bad"], "grid.1": ["good"],
                                        "why": ["x\ny"]})  # fmt: skip
    desk.tell("answered", "cookie-3", {"city": ["hz"]})
    found = results_of(desk.workspace, desk.survey.id)
    assert (found.size, found.stages) == (2, {"under_way": 1, "screened": 0, "completed": 2})
    said = {key: [(one.row, one.answered, [pair for pair in one.counts if pair[1]]) for one in counted]
            for key, counted in found.questions.items()}  # fmt: skip
    assert said == {
        "city": [("", 2, [("sh", 1), ("other", 1)])],
        "stars": [("", 1, [("4", 1)])],
        "liked": [("", 2, [("tea", 2), ("coffee", 1)])],
        "nps": [("", 2, [("0", 1), ("10", 1)])],
        "why": [("", 1, [])],
        "grid": [("taste", 2, [("bad", 1), ("good", 1)]), ("price", 1, [("good", 1)])],
        "ranked": [("", 1, [("a", 1), ("b", 1)])],
    }
    assert found.questions["ranked"][0].places == [("a", [0, 1, 0]), ("b", [1, 0, 0]), ("c", [0, 0, 0])]


def test_one_person_counts_once_whoever_they_have_become(desk: Desk) -> None:
    desk.tell("completed", "cookie-1", {"city": ["sh"], "nps": ["10"]})
    desk.tell("completed", "cookie-2", {"city": ["hz"], "nps": ["0"]})
    second, first = desk.rows()
    identity.merge(desk.workspace, first.person, second.person, system_clock())
    desk.brand.run()
    found = results_of(desk.workspace, desk.survey.id)
    assert (found.size, dict(found.questions["city"][0].counts)) == (1, {"sh": 1, "hz": 0, "other": 0})


def test_whoever_came_by_a_code_before_has_that_source(desk: Desk) -> None:
    came_at = to_micros(system_clock()) - HOUR
    who = [("cookie", "default", "cookie-1", False)]
    record_own(desk.workspace, [OwnEvent(fresh_id(), "code.scanned", came_at, who, source=SOURCE)])
    desk.tell("completed", "cookie-1", {"city": ["sh"], "nps": ["10"]}, source=None)
    desk.tell("completed", "cookie-2", {"city": ["hz"], "nps": ["0"]}, source=None)
    assert [(row.channel, row.campaign, row.code) for row in desk.rows()] == [
        ("", "", ""),
        ("wechat", "spring", "booth-3"),
    ]
    found = crossed(desk.workspace, desk.survey.id, "city", "code")
    assert {column: [row[place].often for row in found.tested.cells] for place, column in enumerate(found.columns)} == {
        "": [0, 1, 0], "booth-3": [1, 0, 0],
    }  # fmt: skip


def test_questions_cross_with_questions_traits_segments_and_sources(desk: Desk) -> None:
    for number in range(12):
        city = "sh" if number % 3 else "hz"
        liked, score = "tea" if number % 3 else "coffee", "10" if number % 2 else "3"
        desk.tell("completed", f"cookie-{number}", {"city": [city], "liked": [liked], "nps": [score]})
    both = crossed(desk.workspace, desk.survey.id, "liked", "city")
    assert (both.rows, both.columns, both.base) == (["tea", "coffee", "none"], ["sh", "hz", "other"], 12)
    assert [[cell.often for cell in row] for row in both.tested.cells] == [[8, 0, 0], [0, 4, 0], [0, 0, 0]]
    assert (both.per_column, both.tested.p, both.tested.small) == ([8, 4, 0], None, True)
    traits = crossed(desk.workspace, desk.survey.id, "nps", "trait:city")
    assert (traits.columns, traits.per_column, traits.base) == (["sh", "hz"], [8, 4], 12)
    assert traits.tested.p is not None
    sources = crossed(desk.workspace, desk.survey.id, "city", "channel")
    assert (sources.columns, sources.per_column) == (["wechat"], [12])
    rule = read({"kind": "tagged", "tag": "tea drinker", "dimension": "preference"})
    segment = create_segment(desk.workspace, "Tea", rule, system_clock())
    build(desk.workspace, to_micros(system_clock()))
    inside = crossed(desk.workspace, desk.survey.id, "city", f"segment:{segment}")
    assert (inside.columns, inside.per_column) == (["in", "out"], [8, 4])


@pytest.mark.parametrize("side", ["nothing", "why", "grid", "grid.colour", "trait:nothing", "segment:99", "person"])
def test_what_is_no_side_is_refused(desk: Desk, side: str) -> None:
    with pytest.raises(Refused):
        crossed(desk.workspace, desk.survey.id, "city", side)
