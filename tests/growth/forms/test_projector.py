"""Submissions through the log and the pipeline: rows, people, traits, consents; rebuilt, merged, erased."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, definition_of
from tests.people.erasing.told import Brand, brand

from lianyi.assembly.replay import replay
from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.growth.forms import actions, queries
from lianyi.growth.forms.checking import Asking, checked
from lianyi.growth.forms.guarding import Issue, nonce
from lianyi.growth.forms.handing import fresh_id
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.recording import Filled, events_of
from lianyi.growth.forms.schemas import Submission, digest
from lianyi.growth.forms.tables import table_of
from lianyi.kernel.clock import HOUR, system_clock, to_micros
from lianyi.people.erasing.actions import erase
from lianyi.people.identity import actions as identity
from lianyi.people.profiles.persons.page import person_page
from lianyi.people.profiles.queries import consented

SOURCE = ("wechat", "", "spring", "booth-3")


class Desk:
    """A workspace with a published form that people fill in."""

    def __init__(self, made: Brand, *fields: dict[str, Any], **parts: Any) -> None:
        self.brand, self.workspace = made, made.workspace
        definition = definition_of(*(fields or (NAME, EMAIL, CITY, CONSENT)), **parts)
        draft = actions.create_form(self.workspace, "Trial", definition, system_clock())
        self.form: Form = actions.publish_form(self.workspace, draft.id, system_clock())

    def fill(
        self,
        cookie: str = "",
        *,
        times: int = 1,
        machine: bool = False,
        source: tuple[str, str, str, str] | None = SOURCE,
        **answers: str,
    ) -> None:
        """Somebody sends it, and the pipeline reads of it."""
        sent = {name: [value] for name, value in answers.items()}
        found = checked(self.form.draft, sent, Asking("CN", "zh"))
        assert isinstance(found, Submission)
        at = to_micros(system_clock())
        issue = Issue(self.form.address, 1, at // 1_000_000, nonce(), "zh", source=source)
        who = [("cookie", "default", cookie, False)] if cookie else []
        filled = Filled(self.form.id, digest(self.form.draft), at, who, "offer", machine)
        for _ in range(times):
            record_own(self.workspace, events_of(issue, found, filled))
        self.brand.run()

    def rows(self, **asked: Any) -> list[Any]:
        return queries.submissions(self.workspace, self.form.id, 100, **asked)


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    with brand() as made:
        yield Desk(made)


def test_a_submission_is_a_row_of_a_person_with_traits_source_and_consent(desk: Desk) -> None:
    desk.fill("cookie-of-one", name="访客一", email="one@example.com", city="上海", agree="yes", times=2)
    (row,) = desk.rows()
    assert row.answers == {"name": "访客一", "email": "one@example.com", "city": "上海", "agree": True}
    assert (row.version, row.source, row.page) == (1, ("wechat", "spring", "booth-3", None), "offer")
    assert row.person is not None
    page = person_page(desk.workspace, row.person, to_micros(system_clock()))
    assert {one.name: one.value for one in page.traits} == {
        "name": "访客一",
        "email": "one@example.com",
        "city": "上海",
    }
    assert consented(desk.workspace, row.person, "email", "marketing")
    assert not consented(desk.workspace, row.person, "sms", "marketing")
    assert [one[:4] for one in page.touches] == [SOURCE]
    assert desk.brand.person("cookie", "cookie-of-one") == row.person


def test_whoever_came_by_a_code_a_page_before_has_that_source(
    desk: Desk, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    came_at = to_micros(system_clock()) - HOUR
    who = [("cookie", "default", "cookie-of-one", False)]
    record_own(desk.workspace, [OwnEvent(fresh_id(), "code.scanned", came_at, who, source=SOURCE)])
    desk.fill("cookie-of-one", name="访客一", source=None)
    desk.fill("cookie-of-two", name="访客二", source=None)
    with django_assert_max_num_queries(3):
        assert [row.source for row in desk.rows()] == [("", "", "", None), ("wechat", "spring", "booth-3", came_at)]
    head, second, first = table_of(desk.workspace, desk.form.id)
    place = head.index("channel")
    assert [first[place : place + 3], second[place : place + 3]] == [["wechat", "spring", "booth-3"], ["", "", ""]]


def test_rows_are_searched_and_read_page_by_page(desk: Desk) -> None:
    for number in range(5):
        desk.fill(name=f"guest {number}", email=f"g{number}@example.com", city="杭州" if number % 2 else "上海")
    assert [row.answers["name"] for row in desk.rows(containing="杭州")] == ["guest 3", "guest 1"]
    assert [row.answers["name"] for row in desk.rows(containing="%")] == []
    first = queries.submissions(desk.workspace, desk.form.id, 2)
    rest = queries.submissions(desk.workspace, desk.form.id, 9, (first[-1].at, bytes.fromhex(first[-1].event)))
    assert [row.answers["name"] for row in (*first, *rest)] == [f"guest {one}" for one in (4, 3, 2, 1, 0)]
    assert len(list(queries.every_submission(desk.workspace, desk.form.id))) == 5
    (line,) = queries.forms(desk.workspace, 10)
    assert (line.submissions, line.newest_at) == (5, first[0].at)


def test_nobody_is_known_by_a_machine_nor_by_nothing(desk: Desk) -> None:
    desk.fill(name="访客一")
    desk.fill("cookie-of-a-machine", name="访客二", machine=True)
    assert [(row.answers["name"], row.person) for row in desk.rows()] == [("访客二", None), ("访客一", None)]


def test_what_is_rebuilt_is_what_was_kept(desk: Desk) -> None:
    desk.fill("cookie-of-one", name="访客一", email="one@example.com")
    desk.fill("cookie-of-two", name="访客二", city="杭州")
    done = replay(desk.workspace, "forms", check=True)
    assert (done.different, done.failed, len(desk.rows())) == ([], 0, 2)
    before = desk.rows()
    replay(desk.workspace, "forms", check=False)
    assert desk.rows() == before


def test_a_merge_moves_no_row_and_an_erasure_takes_the_persons(desk: Desk) -> None:
    desk.fill(name="访客一", email="one@example.com")
    desk.fill(name="访客二", email="two@example.com")
    second, first = desk.rows()
    identity.merge(desk.workspace, first.person, second.person, system_clock())
    desk.brand.run()
    assert {row.person for row in desk.rows()} == {first.person}
    assert replay(desk.workspace, "forms", check=True).different == []
    desk.fill(name="访客三", email="three@example.com")
    erase(desk.workspace, first.person, system_clock)
    assert [row.answers["name"] for row in desk.rows()] == ["访客三"]
    assert replay(desk.workspace, "forms", check=True).different == []
