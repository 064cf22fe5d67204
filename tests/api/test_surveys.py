"""Surveys and interview notes over the API."""

import pytest
from tests.api.conftest import Program
from tests.web.conftest import Brand

from lianyi.events.log.actions import record_own
from lianyi.growth.surveys.queries import survey_of
from lianyi.growth.surveys.recording import Given, completed
from lianyi.growth.surveys.state import State
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.kernel.ids import digest

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {
    "title": {"en": "Shops"},
    "pages": [
        {
            "questions": [
                {"kind": "nps", "key": "nps", "label": {"en": "Would you?"}},
                {
                    "kind": "single",
                    "key": "city",
                    "label": {"en": "Where?"},
                    "options": [{"value": "sh"}, {"value": "hz"}],
                },
            ]
        }
    ],
}


def test_a_survey_is_asked_counted_and_crossed(call: Program, brand: Brand) -> None:
    refused = call("POST", "/surveys", {"name": "S", "definition": {"pages": [{"questions": []}]}})
    assert (refused.status_code, refused.json()["code"]) == (422, "survey.definition")
    one = call("POST", "/surveys", {"name": "S", "definition": ASKED}).json()
    assert call("POST", f"/surveys/{one['id']}/publish").json()["published"] == 1
    survey = survey_of(brand.workspace.pk, one["id"])
    for number in range(4):
        at = to_micros(system_clock())
        state = State(survey.address, 1, digest("r", str(number)).hex(), 0, 0, str(number), "en", at)
        found = {"nps": [str(7 + number)], "city": ["sh" if number else "hz"]}
        given = Given(survey.id, survey.draft, found, at, [("cookie", "default", f"cookie-{number}", False)])
        record_own(brand.workspace.pk, completed(state, given, []))
    brand.project()
    results = call.get(f"/surveys/{survey.id}/results").json()
    assert (results["size"], results["completed"], results["under_way"]) == (4, 4, 0)
    nps = [line for line in results["figures"] if line["value"] == "nps"]
    assert [(line["often"], line["share"]) for line in nps] == [(4, 50.0)]
    crossed = call.get(f"/surveys/{survey.id}/cross?rows=city&columns=city").json()
    assert [[cell["often"] for cell in row] for row in crossed["cells"]] == [[3, 0], [0, 1]]
    assert call.get(f"/surveys/{survey.id}/cross?rows=city&columns=nothing").status_code == 422
    page = call.get(f"/surveys/{survey.id}/responses?limit=3").json()
    rest = call.get(f"/surveys/{survey.id}/responses?limit=3&cursor={page['next']}").json()
    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [3, 1, None]
    person = page["items"][0]["person"]
    links = call("POST", f"/surveys/{survey.id}/invite", {"people": [person, 99_999]}).json()["items"]
    assert [(link["person"], f"/s/{survey.address}?t=" in link["address"]) for link in links] == [(person, True)]
    told = call.get(f"/surveys/{survey.id}/responses/export?codes=true").getvalue().decode().splitlines()
    assert (len(told), told[1].split(",")[7:9]) == (5, ["10", "1"])


def test_a_note_is_written_read_changed_and_deleted(call: Program, brand: Brand) -> None:
    brand.send({"type": "identify", "userId": "u1"})
    person = call.get("/people").json()["items"][0]["number"]
    note = {"held_on": "2026-01-02", "said": [{"question": "How?", "answer": "So."}], "tags": ["price"]}
    made = call("POST", "/interviews", {"person": person, **note})
    assert (made.status_code, made.json()["person"], made.json()["said"]) == (201, person, note["said"])
    place = f"/interviews/{made.json()['id']}"
    assert call.get(f"/interviews?person={person}&tag=price&containing=so").json()["items"] == [made.json()]
    assert call("PUT", place, {**note, "said": [], "text": "=1"}).json()["text"] == "=1"
    assert "'=1" in call.get("/interviews/export").getvalue().decode()
    assert call("DELETE", place).status_code == 204
    assert call.get(place).status_code == 404


def test_an_earlier_version_is_the_draft_again_and_a_survey_comes_back(call: Program) -> None:
    one = call("POST", "/surveys", {"name": "S", "definition": ASKED}).json()
    place = f"/surveys/{one['id']}"
    call("POST", f"{place}/publish")
    other = {"title": {"en": "Others"}, "pages": ASKED["pages"]}
    call("PUT", place, {"name": "S", "definition": other})
    call("POST", f"{place}/publish")
    first = call("GET", f"{place}/versions?limit=1").json()
    assert [(row["number"], row["definition"]["title"]) for row in first["items"]] == [(2, {"en": "Others"})]
    rest = call("GET", f"{place}/versions?limit=1&cursor={first['next']}").json()
    assert [(row["number"], row["definition"]["title"]) for row in rest["items"]] == [(1, {"en": "Shops"})]
    again = call("POST", f"{place}/versions/1/restore").json()
    assert (again["definition"]["title"], again["published"], again["changed"]) == ({"en": "Shops"}, 2, True)
    assert call("POST", f"{place}/versions/9/restore").status_code == 404
    assert call("POST", f"{place}/restore").status_code == 409
    call("POST", f"{place}/archive")
    assert call("POST", f"{place}/restore").json()["state"] == "offline"
