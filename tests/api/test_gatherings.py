"""Gatherings over the API and on their pages: what is done to those who registered."""

from datetime import datetime

import pytest
from tests.api.conftest import Program
from tests.growth.gatherings.making import SOURCE, Register
from tests.web.conftest import Brand

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.kernel.clock import MINUTE, system_clock, to_micros

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_check_in_is_undone_once_and_seen_on_the_persons_page(call: Program, brand: Brand) -> None:
    door = Register(brand.workspace.pk)
    name = door.register("访客一", email="one@example.com")
    brand.project()
    place = f"/gatherings/{door.gathering.id}"
    came = call("POST", f"{place}/check-ins", {"scans": [{"registration": name}]}).json()["items"][0]
    brand.project()
    (row,) = call.get(f"{place}/registrations").json()["items"]
    assert (came["outcome"], row["came_at"]) == ("came", came["at"])
    undo, said = f"/gatherings/registrations/{name}/undo-check-in", {"came_at": row["came_at"]}
    assert [call("POST", undo, said).json()["undone"] for _ in range(2)] == [True, False]
    brand.project()
    assert call.get(f"{place}/registrations").json()["items"][0]["came_at"] is None
    starts = datetime.fromisoformat(door.gathering.draft.starts)
    shown = f"春季品鉴会 · {starts:%b} {starts.day}, {starts:%Y} 14:00"
    timeline = brand.visitor().get(f"/people/{row['person']}/events").content.decode()
    for word in ("Came to a gathering", "A check-in was undone", "Registered for a gathering", shown):
        assert word in timeline
    acts = [one["action"] for one in call.get("/audit?limit=9").json()["items"]]
    assert [one for one in acts if "check" in one] == ["gathering.check_in_undone", "gathering.checked_in"]


def test_the_page_undoes_the_check_in_that_it_shows(call: Program, brand: Brand) -> None:
    door = Register(brand.workspace.pk)
    name = door.register("访客一", email="one@example.com")
    brand.project()
    call("POST", f"/gatherings/{door.gathering.id}/check-ins", {"scans": [{"registration": name}]})
    brand.project()
    member, place = brand.visitor(), f"/gatherings/{door.gathering.id}"
    at = call.get(f"{place}/registrations").json()["items"][0]["came_at"]
    micros = to_micros(datetime.fromisoformat(at))
    assert f'name="at" value="{micros // 1_000}' in member.get(place).content.decode()
    for wrong in ("", "x", str(micros - 1_000)):
        assert member.post(f"{place}/undo/{name}", {"at": wrong}).status_code == 302
        brand.project()
        assert call.get(f"{place}/registrations?came=true").json()["items"] != []
    assert member.post(f"{place}/undo/{name}", {"at": str(micros)}).status_code == 302
    brand.project()
    assert call.get(f"{place}/registrations?came=true").json()["items"] == []
    assert member.post(f"{place}/undo/{'0' * 32}", {"at": "1"}).status_code == 404


def test_who_came_by_a_code_before_has_it_as_the_source_of_the_registration(call: Program, brand: Brand) -> None:
    door = Register(brand.workspace.pk)
    at = to_micros(system_clock()) - 5 * MINUTE
    scan = OwnEvent("5" * 32, "code.scanned", at, [("cookie", "default", "v1", False)], source=SOURCE)
    record_own(brand.workspace.pk, [scan])
    door.register("访客一", email="one@example.com", cookie="v1", source=None)
    door.register("访客二", email="two@example.com", source=None)
    brand.project()
    place = f"/gatherings/{door.gathering.id}"
    rows = call.get(f"{place}/registrations").json()["items"]
    assert [row["source"]["code"] for row in rows] == ["booth-3", ""]
    assert (rows[0]["source"]["campaign"], rows[0]["source"]["came_at"] is None) == ("spring", False)
    counted = call.get(f"{place}/sources").json()["items"]
    assert sorted((one["code"], one["registered"]) for one in counted) == [("", 1), ("booth-3", 1)]
    told = call.get(f"{place}/registrations/export").getvalue().decode().splitlines()
    assert [line.rpartition(",")[2] for line in told[1:]] == ["booth-3", ""]
    assert "booth-3" in brand.visitor().get(place).content.decode()


def test_a_move_and_a_calling_off_are_counted_and_confirmed(call: Program, brand: Brand) -> None:
    door = Register(brand.workspace.pk)
    door.register("访客一", email="one@example.com")
    brand.project()
    place, member = f"/gatherings/{door.gathering.id}", brand.visitor()
    draft = {**call.get(place).json()["definition"], "place": {"zh": "二号展厅"}}
    call("PUT", place, {"name": "Tasting", "definition": draft})
    assert call.get(f"{place}/telling").json() == {"moved": 1, "called_off": 1}
    refused = call("POST", f"{place}/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "gathering.tells")
    assert call.get(place).json()["published"] == 1
    shown = member.get(place).content.decode()
    assert "1 person who registered gets a mail with what holds now" in shown
    assert member.post(f"{place}/publish-and-tell").status_code == 302
    assert call.get(place).json()["published"] == 2
    assert call("POST", f"{place}/call-off").json()["code"] == "gathering.tells"
    off = call("POST", f"{place}/call-off?tell=yes").json()
    assert (off["state"], off["called_off_at"] is None) == ("called_off", False)
    assert call("POST", f"{place}/publish?tell=yes").json()["code"] == "gathering.called_off"
    assert call.get(f"{place}/telling").json() == {"moved": 0, "called_off": 0}
    assert "Check people in" not in member.get(place).content.decode()
