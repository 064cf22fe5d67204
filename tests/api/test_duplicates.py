"""Pairs, conflicts and searches by the API: what the pages do, with the same refusals."""

from typing import Any

import pytest
from tests.api.conftest import Program
from tests.web.conftest import Brand
from tests.web.test_conflicts import vouched
from tests.web.test_duplicates import known, suggest

from lianyi.kernel.clock import system_clock
from lianyi.people.duplicates.searches.running import PIECES
from lianyi.people.identity.queries import numbers_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pairs(brand: Brand) -> Brand:
    """Two pairs of look-alikes."""
    known(brand, "Annika", "Annica", "Bruno", "Brunno")
    suggest(brand, (1, 2, 0.99), (3, 4, 0.8))
    return brand


def listed(call: Program, query: str = "") -> list[tuple[int, int, str]]:
    items = call.get(f"/duplicates{query}").json()["items"]
    return [(one["a"], one["b"], one["state"]) for one in items]


def test_a_pair_is_answered_once_and_undone(pairs: Brand, call: Program) -> None:
    assert listed(call) == [(1, 2, "open"), (3, 4, "open")]
    whole = call.get("/duplicates/2/1").json()
    assert whole["reasons"][0] == {"field": "surname", "level": "same", "bits": 7.2, "sentence": "Surname: the same"}
    body = {"a": 1, "b": 2, "said": "same"}
    first = call("POST", "/duplicates/answer", body, idempotency_key="k1")
    again = call("POST", "/duplicates/answer", body, idempotency_key="k1")
    assert (first.status_code, first.json()) == (202, again.json())
    assert (first.json()["state"], len(first.json()["event"])) == ("same", 32)
    late = call("POST", "/duplicates/answer", {**body, "said": "different"})
    assert (late.status_code, late.json()["code"]) == (409, "duplicates.answered")
    pairs.project()
    assert numbers_of(pairs.workspace.pk, 1) == [1, 2]
    shown = call.get("/duplicates/1/2").json()
    assert (shown["state"], shown["event"], shown["answered_by"]) == (
        "same",
        first.json()["event"],
        f"token:{call.token}",
    )
    assert (listed(call), listed(call, "?state=same")) == ([(3, 4, "open")], [(1, 2, "same")])
    undone = call("POST", "/duplicates/undo", {"a": 1, "b": 2})
    assert (undone.status_code, undone.json()["state"]) == (202, "open")
    pairs.project()
    assert numbers_of(pairs.workspace.pk, 1) == [1]
    missing = call("POST", "/duplicates/undo", {"a": 1, "b": 2})
    assert (missing.status_code, missing.json()["code"]) == (404, "duplicates.not_answered")


def test_put_off_kept_apart_and_of_a_person(pairs: Brand, call: Program) -> None:
    later = call("POST", "/duplicates/answer", {"a": 1, "b": 2, "said": "later"})
    assert later.json() == {"state": "later", "event": None}
    call("POST", "/duplicates/answer", {"a": 3, "b": 4, "said": "different"})
    assert (listed(call), listed(call, "?state=later")) == ([], [(1, 2, "later")])
    assert listed(call, "?state=different") == [(3, 4, "different")]
    call("POST", "/duplicates/undo", {"a": 1, "b": 2})
    of_one = call.get("/people/2/duplicates").json()
    assert [(one["a"], one["b"]) for one in of_one["items"]] == [(1, 2)]
    assert call.get("/people/3/duplicates").json()["items"] == []


def test_a_list_goes_on_by_its_cursor(brand: Brand, call: Program) -> None:
    known(brand, *(f"Person {place}" for place in range(12)))
    suggest(brand, *((a, a + 1, 0.9) for a in range(1, 12)))
    found: list[int] = []
    cursor = ""
    while cursor is not None:
        page = call.get(f"/duplicates?limit=4{cursor and '&cursor=' + cursor}").json()
        found += [one["a"] for one in page["items"]]
        cursor = page["next"]
    assert found == list(range(1, 12))


def test_a_search_is_asked_for_followed_and_stopped(pairs: Brand, call: Program) -> None:
    before = call.get("/duplicates/search").json()
    assert (before["state"], before["people"], before["suggested"]) == ("done", 5, 2)
    asked = call("POST", "/duplicates/search")
    assert (asked.status_code, asked.json()["state"], asked.json()["step"]) == (202, "running", 0)
    twice = call("POST", "/duplicates/search")
    assert (twice.status_code, twice.json()["code"]) == (409, "duplicates.searching")
    assert call("DELETE", "/duplicates/search").json()["state"] == "stopped"
    call("POST", "/duplicates/search")
    assert PIECES.claim("one") == pairs.workspace.pk
    PIECES.run(pairs.workspace.pk, "one", system_clock)
    after = call.get("/duplicates/search").json()
    assert (after["state"], after["step"], after["steps"], after["people"]) == ("done", 5, 5, 4)


def conflict(call: Program, state: str = "open") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = call.get(f"/identity-questions?state={state}").json()["items"]
    return items


def test_a_conflict_is_answered_and_undone(brand: Brand, call: Program) -> None:
    brand.send(vouched("ann", "13912345670"), vouched("bob", "13912345671"))
    brand.send(vouched("bob", "13912345670"))
    (one,) = conflict(call)
    assert (one["reasons"], one["state"]) == (["two_strong"], "open")
    ends = {"a": one["a"], "b": one["b"]}
    answer = call("POST", "/identity-questions/answer", {**ends, "said": "different"})
    assert (answer.status_code, answer.json()["state"]) == (202, "different")
    late = call("POST", "/identity-questions/answer", {**ends, "said": "same"})
    assert (late.status_code, late.json()["code"]) == (409, "people.answered")
    assert conflict(call) == []
    (kept,) = conflict(call, "different")
    assert kept["event"] == answer.json()["event"]
    assert call.get(f"/identity-questions/{one['a']}/{one['b']}").json() == kept
    brand.project()
    assert call("POST", "/identity-questions/undo", ends).status_code == 202
    brand.project()
    assert conflict(call) == [one]
    missing = call("POST", "/identity-questions/undo", ends)
    assert (missing.status_code, missing.json()["code"]) == (404, "people.no_answer")
    assert call("POST", "/identity-questions/answer", {**ends, "said": "later"}).json()["event"] is None
    assert [each["state"] for each in conflict(call, "later")] == ["later"]
