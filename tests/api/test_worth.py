"""What buyers are worth, by the API."""

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand
from tests.web.test_worth import fit_now, shop

from lianyi.audience.worth import queries
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_without_a_fit_there_is_nothing_to_be_said(brand: Brand, call: Program) -> None:
    assert (call.get("/worth/run").json()["state"], call("DELETE", "/worth/run").json()["state"]) == ("never", "never")
    asked = call("POST", "/worth/fits", {})
    assert (asked.status_code, asked.json()["state"], asked.json()["steps"]) == (202, "running", 3)
    told(call("POST", "/worth/fits", {}), 409, "worth.runs")
    fit_now(brand)
    failed = call.get("/worth/run").json()
    assert failed["state"] == "failed"
    assert failed["problem"].startswith(
        "There are 0 buyers, 0 of whom bought on more than one day; it takes 200 and 50."
    )
    call("POST", "/worth/fits", {"as_of": "2026-01-31"})
    stopped = call("DELETE", "/worth/run").json()
    assert (stopped["state"], stopped["as_of"]) == ("stopped", "2026-01-31")
    told(call("POST", "/worth/fits", {"as_of": "2999-01-01"}), 422, "worth.future")
    for path in ("/worth/summary", "/worth/people"):
        told(call.get(path), 404, "worth.none")
    assert call.get("/worth/fits").json() == {"items": [], "next": None}


def test_a_fit_and_what_it_says_of_everybody_and_of_one(brand: Brand, call: Program) -> None:
    shop(brand)
    call("POST", "/worth/fits", {})
    fit_now(brand)
    assert call.get("/worth/run").json()["state"] == "done"
    (fit,) = call.get("/worth/fits").json()["items"]
    assert (fit["buyers"], fit["returning"], fit["currency"], fit["problem"]) == (230, 90, "CNY", None)
    assert fit["a_week"] == pytest.approx(fit["purchasing"]["r"] / fit["purchasing"]["alpha"])
    said = queries.worths(brand.workspace.pk, 90, queries.today_of(brand.workspace.pk, system_clock()))
    assert said.value is not None
    summary = call.get("/worth/summary?days=90").json()
    assert (summary["buyers"], sum(summary["by_alive"])) == (230, 230)
    assert summary["value"] == pytest.approx(said.value.sum())
    found, cursor = [], ""
    while True:
        page = call.get(f"/worth/people?days=90&limit=100{cursor}").json()
        found += [(-one["value"], one["person"]) for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == sorted(zip((-said.value).tolist(), said.persons.tolist(), strict=True))
    one = call.get("/people/1/worth?days=90").json()
    assert one["alive"] == pytest.approx(said.alive[0])
    assert one["value"] == pytest.approx(said.value[0])
    told(call.get("/people/1/worth?days=0"), 422, "request.invalid")
    told(call.get("/people/2000000/worth"), 404, "person.unknown")
    brand.send({"type": "identify", "userId": "window-shopper", "traits": {"a": 1}})
    told(call.get("/people/231/worth"), 404, "worth.no_buyer")
