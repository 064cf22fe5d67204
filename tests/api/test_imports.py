"""Imports by the API: a file is given, looked at, counted, imported, and what was refused is fetched; once per key."""

from datetime import timedelta

import pytest
from tests.api.conftest import Program, program
from tests.api.test_door import told
from tests.api.test_operations import give
from tests.web.conftest import Brand
from tests.web.test_imports import work

from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import system_clock
from lianyi.people.imports.models import ImportUpload
from lianyi.people.imports.uploads import keeping
from lianyi.people.imports.uploads.forgetting import sweep
from lianyi.people.imports.uploads.queries import uploads_of

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "手机,姓名,备注\n13800138000,王伟,老客户\n不是手机,李娜,=1+1\n13800138001,赵敏,\n"


def test_from_a_file_to_people(brand: Brand, call: Program) -> None:
    given = give(call, PEOPLE)
    assert given.status_code == 201
    place = f"/imports/{given.json()['id']}"
    assert (given.json()["kind"], given.json()["by"]) == ("people", f"token:{call.token}")
    seen = call.get(f"{place}/preview").json()
    assert [(one["name"], one["taken_as"]) for one in seen["columns"]] == [
        ("手机", "phone"), ("姓名", "trait:name"), ("备注", "trait:")
    ]  # fmt: skip
    assert [row["refused"] for row in seen["rows"]] == [False, True, False]
    assert seen["rows"][0]["cells"][0]["taken"] == "+8613800138000"
    assert "identifies nobody" in seen["rows"][1]["cells"][0]["reason"]
    changed = call("PATCH", place, {"columns": {"2": "trait:nickname", "3": ""}})
    assert changed.json()["state"] == "previewed"
    assert call.get(f"{place}/mapping").json()["mapping"].count("nickname") == 1
    assert call("POST", f"{place}/start", {"dry": True}).json()["waits"] is True
    told(call("PATCH", place, {"kind": "orders"}), 409, "upload.running")
    work()
    tried = call.get(place).json()
    assert (tried["state"], tried["tried"]["new"], tried["tried"]["refused"]) == ("previewed", 2, 1)
    assert uploads_of(brand.workspace.pk, 1)[0].result is None
    assert call("POST", f"{place}/start", {}).status_code == 202
    work()
    done = call.get(place).json()
    assert (done["state"], done["kept"], done["read"]) == ("done", False, done["bytes"])
    assert done["result"] == {
        "rows": 3, "new": 2, "updated": 0, "same": 0, "refused": 1, "codes": {"identity.invalid": 1}, "ignored": {},
        "left_out": {},
    }  # fmt: skip
    rows = call.get(f"{place}/refused").getvalue().decode("utf-8-sig").splitlines()
    assert rows[1].startswith("不是手机,李娜,'=1+1,3,手机,identity.invalid,")
    told(call("DELETE", place), 409, "upload.done")
    brand.project()
    assert len(call.get("/people").json()["items"]) == 2


def test_a_day_that_does_not_exist_is_counted_and_handed_over(call: Program) -> None:
    given = give(call, "手机,生日\n13800138000,1992-02-30\n13800138001,1990-03-12\n")
    place = f"/imports/{given.json()['id']}"
    seen = call.get(f"{place}/preview").json()
    assert [(row["refused"], row["cells"][1]["taken"], row["cells"][1]["reason"]) for row in seen["rows"]] == [
        (False, "", "'1992-02-30' is no date."), (False, "1990-03-12", "")
    ]  # fmt: skip
    told(call.get(f"{place}/left-out"), 404, "upload.none_left_out")
    call("POST", f"{place}/start", {"dry": True})
    work()
    assert call.get(place).json()["tried"]["left_out"] == {"生日": 1}
    call("POST", f"{place}/start", {})
    work()
    result = call.get(place).json()["result"]
    assert (result["new"], result["refused"], result["left_out"]) == (2, 0, {"生日": 1})
    told(call.get(f"{place}/refused"), 404, "upload.none_refused")
    rows = call.get(f"{place}/left-out").getvalue().decode("utf-8-sig").splitlines()
    assert rows == ["手机,生日,row,column,code,reason",
                    "13800138000,1992-02-30,2,生日,date.unreadable,'1992-02-30' is no date."]  # fmt: skip


def test_a_mapping_that_lacks_something_is_refused_and_another_is_taken(call: Program) -> None:
    place = f"/imports/{give(call, PEOPLE).json()['id']}"
    assert call("PATCH", place, {"columns": {"1": ""}}).status_code == 200
    assert call.get(f"{place}/preview").json()["problem"]["code"] == "mapping.needed"
    told(call("POST", f"{place}/start", {}), 422, "mapping.needed")
    told(call("PATCH", place, {"columns": {"1": "shoe"}}), 422, "mapping.word")
    told(call("PATCH", place, {"columns": {"9": "phone"}}), 422, "mapping.place")
    assert call("PUT", f"{place}/mapping", {"mapping": "kind: people\nphone: 手机\n"}).status_code == 200
    assert call.get(f"{place}/mapping").json() == {"mapping": "kind: people\nphone: 手机\n"}
    told(call("PUT", f"{place}/mapping", {"mapping": "kind: people\nshoe: 手机\n"}), 422, "mapping.invalid")


def test_it_stops_and_is_discarded(call: Program) -> None:
    place = f"/imports/{give(call, PEOPLE).json()['id']}"
    call("POST", f"{place}/start", {})
    assert call("POST", f"{place}/stop").json()["state"] == "stopped"
    assert call("DELETE", place).status_code == 204
    told(call.get(place), 404, "upload.unknown")
    assert [one for one in keeping.uploads_folder().iterdir() if one.suffix == ".part"] == []


def test_a_file_is_given_once_per_key(brand: Brand, call: Program) -> None:
    first, again = (give(call, PEOPLE, idempotency_key="a") for _ in range(2))
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    told(give(call, PEOPLE + "13800138002,孙丽,\n", idempotency_key="a"), 422, "idempotency.reused")
    assert len(uploads_of(brand.workspace.pk, 9)) == 1


def test_what_is_no_file_leaves_nothing(brand: Brand, call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(keeping.uploads_folder().iterdir())
    told(call("POST", "/imports?name=a.csv", b"x", content_type="text/csv"), 415, "body.no_file")
    told(give(call, ""), 422, "upload.none")
    assert give(call, "%PDF-1.4").status_code == 422
    told(call("POST", "/imports", PEOPLE.encode(), content_type="application/octet-stream"), 422, "request.invalid")
    told(give(program(brand, set(Ability) - {Ability.RUN_IMPORTS}), PEOPLE), 403, "access.denied")
    monkeypatch.setattr(keeping, "LARGEST", 10)
    told(give(call, PEOPLE), 413, "upload.large")
    assert set(keeping.uploads_folder().iterdir()) == before
    assert not ImportUpload.objects.filter(workspace=brand.workspace).exists()


def test_a_file_that_is_gone_says_so(call: Program) -> None:
    place = f"/imports/{give(call, PEOPLE).json()['id']}"
    sweep(system_clock() + timedelta(days=8))
    assert call.get(place).json()["kept"] is False
    told(call.get(f"{place}/preview"), 409, "upload.gone")
    told(call("POST", f"{place}/start", {}), 409, "upload.gone")
