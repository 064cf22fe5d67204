"""Working hours over the API."""

import pytest
from tests.api.conftest import Program

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_week_is_read_and_set(call: Program) -> None:
    first = call.get("/working-hours").json()
    assert first == {"week": [*["09:00-18:00"] * 5, "", ""], "country": "CN", "zone": "Asia/Shanghai"}
    week = [*["9-12,13:30-18"] * 5, "", ""]
    kept = call("PUT", "/working-hours", {"week": week, "country": ""}).json()
    assert kept == {"week": [*["09:00-12:00, 13:30-18:00"] * 5, "", ""], "country": "", "zone": "Asia/Shanghai"}
    assert call.get("/working-hours").json() == kept
    for wrong in ([""] * 7, ["25-26", *[""] * 6], ["9-18"] * 6):
        assert call("PUT", "/working-hours", {"week": wrong}).status_code == 422
    assert call.get("/working-hours").json() == kept


def test_days_are_listed_set_and_cleared(call: Program) -> None:
    call("PUT", "/working-hours", {"week": [*["9-18"] * 5, "", ""]})
    path = "/working-hours/days"
    set_ = call("PUT", f"{path}/2026-12-24", {"hours": "", "note": "Party"}).json()
    assert set_ == {"day": "2026-12-24", "hours": "", "why": "own", "note": "Party"}
    assert call.get(f"{path}?year=2026").json() == {"items": [set_]}
    assert call.get(f"{path}?year=2027").json() == {"items": []}
    assert call("PUT", f"{path}/1999-12-24", {}).json()["code"] == "calendar.year"
    assert call("DELETE", f"{path}/2026-12-24").status_code == 204
    assert call("DELETE", f"{path}/2026-12-24").status_code == 404
    assert call.get(f"{path}?year=2026").json() == {"items": []}
