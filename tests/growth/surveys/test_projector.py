"""Responses through the log and the pipeline: rows, people, traits, tags; rebuilt, merged, erased."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.growth.surveys.making import whole
from tests.people.erasing.told import Brand, brand

from lianyi.assembly.replay import replay
from lianyi.events.log.actions import record_own
from lianyi.growth.surveys import actions, queries
from lianyi.growth.surveys.lines import Stage, Survey
from lianyi.growth.surveys.recording import Given, answered, completed, screened
from lianyi.growth.surveys.schemas import Found
from lianyi.growth.surveys.state import State
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.ids import digest
from lianyi.people.erasing.actions import erase
from lianyi.people.identity import actions as identity
from lianyi.people.profiles.persons.page import person_page

SOURCE = ("wechat", "", "spring", "booth-3")
FIRST: Found = {"city": ["sh"], "stars": ["4"]}
ALL: Found = {**FIRST, "liked": ["tea"], "nps": ["10"]}


class Desk:
    """A workspace with a published survey that people answer."""

    def __init__(self, made: Brand) -> None:
        self.brand, self.workspace = made, made.workspace
        draft = actions.create_survey(self.workspace, "Shops", whole(), system_clock())
        self.survey: Survey = actions.publish_survey(self.workspace, draft.id, system_clock())

    def tell(
        self,
        how: str,
        cookie: str,
        found: Found,
        place: int = 0,
        *,
        machine: bool = False,
        source: tuple[str, str, str, str] | None = SOURCE,
    ) -> None:
        """Somebody sends a page."""
        at = to_micros(system_clock())
        who = [("cookie", "default", cookie, False)] if cookie else []
        response = digest("response", cookie).hex()
        state = State(
            self.survey.address, 1, response, place, at // 1_000_000, f"{cookie}{place}{at}", "zh", at, {}, source
        )
        given = Given(self.survey.id, self.survey.draft, found, at, who, machine)
        events = {
            "answered": lambda: answered(state, given),
            "completed": lambda: completed(state, given, ["all"]),
            "screened": lambda: screened(state, given, "all"),
        }
        record_own(self.workspace, events[how]())
        self.brand.run()

    def rows(self, **asked: Any) -> list[Any]:
        return queries.responses(self.workspace, self.survey.id, 100, **asked)


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    with brand() as made:
        yield Desk(made)


def test_a_response_grows_page_by_page_and_becomes_traits_and_tags(desk: Desk) -> None:
    desk.tell("answered", "cookie-of-one", FIRST)
    (row,) = desk.rows()
    assert (row.stage, row.page, row.answers) == (Stage.UNDER_WAY, 1, {"city": "sh", "stars": 4})
    assert person_page(desk.workspace, row.person, to_micros(system_clock())).traits == ()
    desk.tell("completed", "cookie-of-one", ALL, 2)
    (row,) = desk.rows()
    assert (row.stage, row.page, row.version) == (Stage.COMPLETED, 3, 1)
    assert row.answers == {"city": "sh", "stars": 4, "liked": ["tea"], "nps": 10}
    assert (row.channel, row.campaign, row.code, row.language) == ("wechat", "spring", "booth-3", "zh")
    page = person_page(desk.workspace, row.person, to_micros(system_clock()))
    assert {one.name: one.value for one in page.traits} == {"city": "sh"}
    assert sorted((one.dimension, one.name) for one in page.tags) == [
        ("preference", "tea drinker"),
        ("state", "promoter"),
    ]
    desk.tell("answered", "cookie-of-one", FIRST)
    assert desk.rows() == [row]


def test_a_second_completion_of_the_same_person_counts_nothing(desk: Desk) -> None:
    desk.tell("completed", "cookie-of-one", ALL, 2)
    desk.tell("completed", "cookie-of-one", {**ALL, "nps": ["0"]}, 2)
    (row,) = desk.rows()
    assert row.answers["nps"] == 10


def test_rows_are_searched_and_read_page_by_page(desk: Desk) -> None:
    for number in range(4):
        desk.tell("completed", f"cookie-{number}", {**ALL, "why": [f"reason {number}"]}, 2)
    desk.tell("answered", "cookie-9", FIRST)
    desk.tell("screened", "cookie-8", FIRST)
    desk.tell("completed", "machine-1", ALL, machine=True)
    assert [row.answers["why"] for row in desk.rows(containing="reason 2")] == ["reason 2"]
    assert len(desk.rows(answering="why")) == 4
    assert [len(desk.rows(stage=stage)) for stage in Stage] == [1, 1, 4]
    first = queries.responses(desk.workspace, desk.survey.id, 2)
    rest = queries.responses(desk.workspace, desk.survey.id, 9, (first[-1].at, bytes.fromhex(first[-1].response)))
    assert [*first, *rest] == desk.rows() == list(queries.every_response(desk.workspace, desk.survey.id))
    (line,) = queries.surveys(desk.workspace, 10)
    assert (line.completed, line.begun, line.newest_at) == (4, 6, first[0].at)


def test_what_is_rebuilt_is_what_was_kept(desk: Desk) -> None:
    desk.tell("answered", "cookie-of-one", FIRST)
    desk.tell("completed", "cookie-of-one", ALL, 2)
    desk.tell("answered", "cookie-of-two", FIRST)
    desk.tell("screened", "cookie-of-three", FIRST)
    done = replay(desk.workspace, "surveys", check=True)
    assert (done.different, done.failed, len(desk.rows())) == ([], 0, 3)
    before = desk.rows()
    replay(desk.workspace, "surveys", check=False)
    assert desk.rows() == before


def test_a_merge_moves_no_row_and_an_erasure_takes_the_persons(desk: Desk) -> None:
    desk.tell("completed", "cookie-of-one", ALL, 2)
    desk.tell("completed", "cookie-of-two", ALL, 2)
    second, first = desk.rows()
    identity.merge(desk.workspace, first.person, second.person, system_clock())
    desk.brand.run()
    assert {row.person for row in desk.rows()} == {first.person}
    assert replay(desk.workspace, "surveys", check=True).different == []
    desk.tell("answered", "cookie-of-three", FIRST)
    erase(desk.workspace, first.person, system_clock)
    assert [row.stage for row in desk.rows()] == [Stage.UNDER_WAY]
    assert replay(desk.workspace, "surveys", check=True).different == []
