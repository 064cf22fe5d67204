"""Forms by the API: drafted, published, changed, taken offline, archived; and what was sent leaves as a file."""

import dataclasses
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import Settings
from tests.api.conftest import NewBrand, Program, program
from tests.api.test_door import told
from tests.growth.forms.making import CITY, NAME, object_of
from tests.web.conftest import Brand

from lianyi.events.intake.own import OwnEvent
from lianyi.events.intake.own import event as decoded
from lianyi.events.schemas import Batch, Event
from lianyi.foundation.access.schemas import Ability, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.growth.forms.handing import FOLDER, fresh_id, place_in
from lianyi.growth.forms.projector import FormsProjector
from lianyi.kernel.ids import digest

pytestmark = pytest.mark.django_db(transaction=True)
CARD = {"kind": "file", "key": "card", "label": {"en": "Card"}}
PDF = b"%PDF-1.7"
BODY = {"name": "Trial", "definition": object_of(NAME, CITY)}


def sent(form: int, number: int, **answers: Any) -> Event:
    from lianyi.events.intake.own import encode

    said = {"form": form, "version": 1, "language": "zh", "answers": answers}
    name = digest(str(form), str(number)).hex()
    raw = encode(OwnEvent(name, "form.submitted", 1_800_000_000_000_000 + number, properties=said))
    return decoded(raw, position=number, event_id=bytes.fromhex(name), received_at=1)


def submit(brand: Brand, form: int, *answers: dict[str, Any]) -> None:
    events = [sent(form, number, **one) for number, one in enumerate(answers)]
    FormsProjector().project(Batch(brand.workspace.pk, 1, events, [0] * len(events)))


def test_a_form_from_its_draft_to_the_archive(call: Program) -> None:
    made = call("POST", "/forms", BODY).json()
    assert (made["state"], made["published"], made["definition"]) == ("draft", None, BODY["definition"])
    place = f"/forms/{made['id']}"
    told(call("POST", f"{place}/unpublish"), 409, "form.not_published")
    assert call("POST", f"{place}/publish").json()["published"] == 1
    assert call("POST", f"{place}/publish").json()["published"] == 1
    changed = call("PUT", place, {"name": "Offer", "definition": object_of(NAME)}).json()
    assert (changed["name"], changed["changed"], changed["published"]) == ("Offer", True, 1)
    again = call("POST", f"{place}/publish").json()
    assert (again["changed"], again["published"]) == (False, 2)
    versions = call.get(f"{place}/versions").json()["items"]
    assert [one["number"] for one in versions] == [2, 1]
    assert versions[1]["definition"] == BODY["definition"]
    assert call("POST", f"{place}/unpublish").json()["state"] == "offline"
    assert call("POST", f"{place}/archive").json()["state"] == "archived"
    assert call.get("/forms").json()["items"] == []
    assert [one["id"] for one in call.get("/forms?archived=true&called=off").json()["items"]] == [made["id"]]


def test_what_means_nothing_changes_nothing(call: Program) -> None:
    bad = object_of(NAME, NAME)
    told(call("POST", "/forms", {**BODY, "definition": bad}), 422, "form.twice")
    told(call("POST", "/forms", {**BODY, "name": " x"}), 422, "form.name")
    made = call("POST", "/forms", BODY).json()
    told(call("PUT", f"/forms/{made['id']}", {**BODY, "definition": bad}), 422, "form.twice")
    assert call.get(f"/forms/{made['id']}").json() == made
    empty = call("POST", "/forms", {"name": "Empty", "definition": {}}).json()
    told(call("POST", f"/forms/{empty['id']}/publish"), 422, "form.empty")
    told(call.get("/forms/999"), 404, "form.unknown")


def test_submissions_are_listed_searched_and_exported(call: Program, brand: Brand) -> None:
    form = call("POST", "/forms", BODY).json()["id"]
    submit(brand, form, {"name": "=1+1", "city": "上海"}, {"name": "访客二", "city": "杭州"}, {"name": "访客三"})
    first = call.get(f"/forms/{form}/submissions?limit=2").json()
    rest = call.get(f"/forms/{form}/submissions?limit=2&cursor={first['next']}").json()
    assert [one["answers"]["name"] for one in first["items"] + rest["items"]] == ["访客三", "访客二", "=1+1"]
    (found,) = call.get(f"/forms/{form}/submissions?containing=杭州").json()["items"]
    assert (found["person"], found["at"], found["version"]) == (None, "2027-01-15T08:00:00.000Z", 1)
    assert call.get(f"/forms/{form}/submissions?until=2027-01-15T08:00:00Z").json()["items"] == []
    lines = call.get(f"/forms/{form}/submissions/export").getvalue().decode().splitlines()
    assert lines[0] == "at,person,version,language,answer:name,answer:city,channel,campaign,code,page"
    assert lines[1] == "2027-01-15T08:00:00.000002+00:00,,1,zh,访客三,,,,,"
    assert lines[3] == "2027-01-15T08:00:00+00:00,,1,zh,'=1+1,上海,,,,"
    assert [one["submissions"] for one in call.get("/forms").json()["items"]] == [3]


def handed_in(brand: Brand, home: Path, form: int) -> str:
    """Somebody sent the form with a file; the event's id."""
    file = fresh_id()
    place = place_in(home, brand.workspace.pk, file)
    place.parent.mkdir(parents=True)
    place.write_bytes(PDF)
    submit(brand, form, {"name": "a", "card": {"name": "名片.pdf", "size": 8, "type": "application/pdf", "file": file}})
    return digest(str(form), "0").hex()


def test_members_fetch_the_file_that_came_with_a_submission(
    call: Program, brand: Brand, new_brand: NewBrand, settings: Settings, tmp_path: Path
) -> None:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, home=tmp_path)
    made = call("POST", "/forms", {"name": "Cards", "definition": object_of(NAME, CARD)}).json()
    assert call("POST", f"/forms/{made['id']}/publish").json()["published"] == 1
    event = handed_in(brand, tmp_path, made["id"])
    place = f"/forms/{made['id']}/submissions/{event}/files"
    answer = call.get(f"{place}/card")
    assert (answer.status_code, answer.getvalue()) == (200, PDF)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('名片.pdf')}"
    told(call.get(f"{place}/name"), 404, "form_file.unknown")
    told(call.get(f"/forms/{made['id']}/submissions/{'0' * 32}/files/card"), 404, "form_submission.unknown")
    told(call.get(f"/forms/{made['id'] + 1}/submissions/{event}/files/card"), 404, "form_submission.unknown")
    told(program(brand, [Ability.SEE_REPORTS]).get(f"{place}/card"), 403, "access.denied")
    told(program(new_brand()).get(f"{place}/card"), 404, "form_submission.unknown")
    assert AuditLine.objects.filter(workspace=brand.workspace.pk, action="form.file_fetched").count() == 1
    for file in (tmp_path / FOLDER).rglob("*"):
        if file.is_file():
            file.unlink()
    told(call.get(f"{place}/card"), 404, "form_file.gone")


def test_who_may_do_what(call: Program, brand: Brand) -> None:
    form = call("POST", "/forms", BODY).json()["id"]
    viewer = program(brand, role=Role.VIEWER)
    assert viewer.get(f"/forms/{form}").status_code == 200
    assert viewer.get(f"/forms/{form}/submissions").status_code == 200
    told(viewer.get(f"/forms/{form}/submissions/export"), 403, "access.denied")
    told(viewer("POST", f"/forms/{form}/publish"), 403, "access.denied")
    assert call.get(f"/forms/{form}").json()["state"] == "draft"
