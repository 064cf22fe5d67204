"""The page of working hours: the week and single days are read and set, and what is due already stays due."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.web.conftest import Brand

from lianyi.audience.handover.actions import offer_person
from lianyi.audience.handover.queries import handover
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import OPERATOR
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.calendar.queries import hours_of
from lianyi.foundation.calendar.schemas import NINE_TO_SIX, WEEKDAYS
from lianyi.kernel.clock import system_clock
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = {
    **{f"day{place}": "9:00-12:00，13:30-18:00" for place in range(5)},
    "day5": "10-16",
    "day6": "",
    "country": "CN",
}
SPLIT = ((540, 720), (810, 1080))


def lines(brand: Brand) -> list[str]:
    found = AuditLine.objects.filter(workspace=brand.workspace.pk, action__startswith="calendar.").order_by("id")
    return list(found.values_list("action", flat=True))


def test_the_week_is_set(brand: Brand) -> None:
    client = brand.visitor()
    page = client.get("/settings/hours").text
    assert page.count('value="09:00-18:00"') == 6  # five days, and what is offered for a day of its own
    assert '<option value="CN" selected>' in page
    assert client.post("/settings/hours/week", WEEK).status_code == 302
    found = hours_of(brand.workspace.pk)
    assert (found.week, found.country) == ((*(SPLIT,) * 5, ((600, 960),), ()), "CN")
    assert lines(brand) == ["calendar.week_set"]


def test_what_is_no_time_is_said_at_its_day_and_nothing_changes(brand: Brand) -> None:
    client = brand.visitor()
    page = client.post("/settings/hours/week", {**WEEK, "day2": "9-12, 11-13", "day4": "<b>"})
    assert page.status_code == 422
    assert 'id="day2-error"' in page.text
    assert 'id="day4-error"' in page.text
    assert 'id="day3-error"' not in page.text
    assert 'value="&lt;b&gt;"' in page.text
    empty = client.post("/settings/hours/week", {f"day{place}": "" for place in range(7)})
    assert (empty.status_code, "never come to an end" in empty.text) == (422, True)
    assert client.post("/settings/hours/week", {**WEEK, "country": "XX"}).status_code == 422
    assert hours_of(brand.workspace.pk).week == WEEKDAYS
    assert lines(brand) == []


def test_a_day_is_set_shown_in_its_year_and_made_ordinary_again(brand: Brand) -> None:
    client = brand.visitor()
    outing = {"day": "2027-03-12", "open": "no", "hours": "9-18", "note": "Outing"}
    assert client.post("/settings/hours/day", outing)["Location"] == "/settings/hours?year=2027#days"
    client.post("/settings/hours/day", {"day": "2027-03-13", "open": "yes", "hours": "9:00-18:00"})
    days = hours_of(brand.workspace.pk).days
    assert days == {date(2027, 3, 12): (), date(2027, 3, 13): NINE_TO_SIX}
    assert "Outing" in client.get("/settings/hours?year=2027").text
    assert "Outing" not in client.get("/settings/hours?year=2026").text
    for _ in range(2):
        assert client.post("/settings/hours/clear", {"day": "2027-03-12"}).status_code == 302
    assert list(hours_of(brand.workspace.pk).days) == [date(2027, 3, 13)]
    assert lines(brand) == ["calendar.day_set", "calendar.day_set", "calendar.day_cleared"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"day": "", "open": "no"}, "day-error"),
        ({"day": "1999-01-01", "open": "no"}, "day-error"),
        ({"day": "2026-05-06", "open": "yes", "hours": ""}, "hours-error"),
        ({"day": "2026-05-06", "open": "yes", "hours": "noon"}, "hours-error"),
    ],
)
def test_what_is_wrong_with_a_day_is_said_at_its_place(brand: Brand, said: dict[str, str], place: str) -> None:
    page = brand.visitor().post("/settings/hours/day", said)
    assert page.status_code == 422
    assert f'<p id="{place}"' in page.text
    assert dict(hours_of(brand.workspace.pk).days) == {}


def test_the_days_of_another_workspace_are_not_touched(new_brand: Callable[[], Brand]) -> None:
    mine, theirs = new_brand(), new_brand()
    theirs.visitor().post("/settings/hours/day", {"day": "2026-12-24", "open": "no", "note": "Theirs"})
    client = mine.visitor()
    assert "Theirs" not in client.get("/settings/hours?year=2026").text
    client.post("/settings/hours/clear", {"day": "2026-12-24"})
    assert list(hours_of(theirs.workspace.pk).days) == [date(2026, 12, 24)]


def test_what_is_due_stays_due(brand: Brand) -> None:
    brand.send({"type": "identify", "userId": "u1", "traits": {"name": "Ann"}})
    with acting_as(OPERATOR):
        person = search_people(brand.workspace.pk, "Ann")[0].number
        number = offer_person(brand.workspace.pk, person, None, system_clock())
    before = handover(brand.workspace.pk, number).due_at
    assert before is not None
    brand.visitor().post("/settings/hours/week", {"day0": "0-1", "country": ""})
    assert handover(brand.workspace.pk, number).due_at == before
