"""The list of people by the state of their scores: exactly those whom the matrix counts, page by page, and as files."""

import csv
import io
import json

import pytest
from django.db import transaction
from django.test import Client
from tests.api.conftest import program
from tests.web.conftest import Brand
from tests.web.paging import page_by_page
from tests.web.scores.test_matrix import scored

from lianyi.audience.scoring import queries
from lianyi.audience.scoring.pausing import pause
from lianyi.audience.scoring.schemas import STATES
from lianyi.kernel.clock import DAY, system_clock, to_micros
from lianyi.people.identity.actions import merge
from lianyi.people.profiles.bulk.running import run_next_block
from lianyi.people.profiles.persons import finding
from lianyi.people.profiles.queries import everybody_found, found_people, tagged_people
from lianyi.people.profiles.schemas import Place, Wanted
from lianyi.people.profiles.tags.facts import Dimension

pytestmark = pytest.mark.django_db(transaction=True)


def listed(client: Client, query: str) -> list[str]:
    return [row.name for row in client.get(f"/people?{query}").context["people"]]


def as_counted(brand: Brand) -> None:
    now = to_micros(system_clock())
    counted = queries.counts(brand.workspace.pk, now).states
    found = {state: found_people(brand.workspace.pk, Wanted(state=state), now, 100).numbers for state in STATES}
    assert {state: len(some) for state, some in found.items()} == counted
    assert len({one for some in found.values() for one in some}) == sum(counted.values())


def test_before_anybody_is_scored_nobody_is_in_a_state(brand: Brand) -> None:
    brand.send({"type": "identify", "userId": "a", "traits": {"name": "Ann"}})
    client = brand.visitor()
    assert 'id="state"' not in client.get("/people").text
    assert [listed(client, f"state={state}") for state in STATES] == [[]] * 4
    assert listed(client, "state=lukewarm") == ["Ann"]


def test_the_list_has_those_whom_the_matrix_counts(brand: Brand) -> None:
    numbers = scored(brand)
    client, workspace = brand.visitor(), brand.workspace.pk
    page = client.get("/people?state=hot")
    assert '<option value="hot" selected>Hot</option>' in page.text
    assert [listed(client, f"state={state}") for state in STATES] == [["Ann"], [], ["Bob"], ["Cid"]]
    assert [listed(client, f"state={state}&q=%23{numbers['Bob']}") for state in STATES] == [[], [], ["Bob"], []]
    assert listed(client, "state=hot&stage=first_purchase") == []
    as_counted(brand)
    # A pause holds somebody back, here as there.
    now = to_micros(system_clock())
    with transaction.atomic():
        pause(workspace, {numbers["Ann"]: now + DAY}, now)
    assert [listed(client, f"state={state}") for state in STATES] == [[], ["Ann"], ["Bob"], ["Cid"]]
    as_counted(brand)
    merge(workspace, numbers["Bob"], numbers["Cid"], system_clock())
    brand.project()
    # Who both are now has the later name and town, and is one person.
    assert [listed(client, f"state={state}") for state in STATES] == [[], ["Ann"], [], ["Cid"]]
    as_counted(brand)


def test_files_the_api_and_tags_are_of_the_same_people(brand: Brand) -> None:
    numbers = scored(brand)
    client, call, workspace = brand.visitor(), program(brand), brand.workspace.pk
    answer = client.post("/people/export", {"form": "csv", "state": "watch"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["Bob"]
    assert [one["name"] for one in call.get("/people?state=invalid").json()["items"]] == ["Cid"]
    assert call.get("/people?state=lukewarm").status_code == 422
    lines = call.get("/people/export?state=hot").getvalue().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["Ann"]
    client.post("/people/tags", {"who": "all", "filter": "state=hot", "dimension": "state", "tag": "warm", "do": "add"})
    while run_next_block(system_clock):
        pass
    brand.project()
    found = tagged_people(workspace, Dimension.STATE, "warm", to_micros(system_clock()) + 1)
    assert list(found) == [numbers["Ann"]]


def test_pages_go_on_behind_a_person_also_one_who_is_in_the_state_no_more(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored(brand)
    brand.send(*({"type": "identify", "userId": f"v{i}", "traits": {"name": f"V{i}"}} for i in range(20)))
    workspace, now = brand.workspace.pk, to_micros(system_clock())
    wanted = Wanted(state="invalid")
    every = found_people(workspace, wanted, now, 100).numbers
    assert len(every) == 21
    monkeypatch.setattr(finding, "_FEW", 3)
    monkeypatch.setattr(finding, "_LONG_ENOUGH", -1.0)
    assert tuple(page_by_page(workspace, wanted, now)) == every
    assert [one for block, _ in everybody_found(workspace, wanted, now) for one in block] == list(every)
    between = every[10]
    behind = everybody_found(workspace, wanted, now, Place(between))
    assert [one for block, _ in behind for one in block] == list(every[11:])
    # Ann came first; whoever asks for the hot ones behind somebody who is not hot gets those who came before.
    assert found_people(workspace, Wanted(state="hot"), now, 100, Place(between)).numbers == (1,)
