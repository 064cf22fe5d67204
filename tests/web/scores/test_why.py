"""Why somebody has the score they have, and the card on their page."""

import re

import pytest
from django.db import transaction
from tests.web.conftest import Brand
from tests.web.scores.test_matrix import SETTINGS, scored

from lianyi.audience.scoring import actions, upkeep
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.pausing import pause
from lianyi.kernel.clock import DAY, system_clock, to_micros

pytestmark = pytest.mark.django_db(transaction=True)


def held(text: str) -> list[tuple[str, str]]:
    """Whether each rule holds, and its points."""
    return re.findall(r'data-holds="(yes|no)".*?tabular-nums[^>]*>([+−]\d+)<', text, re.DOTALL)


def test_each_rule_and_each_act_is_told(brand: Brand) -> None:
    people = scored(brand)
    page = brand.visitor().get(f"/people/{people['Ann']}/score")
    assert held(page.text) == [("yes", "+60"), ("yes", "+50"), ("no", "−20")]
    assert "Our best" in page.text
    assert "cut to 0 to 100" in page.text
    told = [(told, one.over) for told, one in page.context["newest"]]
    assert told.count(("Viewed a product", True)) == 2
    assert told.count(("Viewed a product", False)) == 2
    assert told.count(("did 'Quote' (where 'seats' is at least 10)", False)) == 1
    assert "does not count: at most 2 a day" in page.text
    assert 79 < page.context["why"].sum <= 80
    chinese = brand.visitor("zh-hans").get(f"/people/{people['Ann']}/score").text
    assert "城市" in chinese or "city" in chinese
    assert "每天最多计 2 次" in chinese


def test_older_events_are_summed_up(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    from lianyi.web.scores import why

    people = scored(brand)
    monkeypatch.setattr(why, "_NEWEST", 2)
    page = brand.visitor().get(f"/people/{people['Ann']}/score")
    assert len(page.context["newest"]) == 2
    assert "3 older events" in page.text


def test_the_card_tells_scores_grades_and_state(brand: Brand) -> None:
    people = scored(brand)
    client = brand.visitor()
    card = re.search(r'id="score".*?</section>', client.get(f"/people/{people['Bob']}").text, re.DOTALL)
    assert card
    assert re.findall(r"(\d+(?:\.\d)?) <span[^>]*>([A-D])<", card[0])[0] == ("40", "C")
    assert "Watch" in card[0]
    assert f'href="/people/{people["Bob"]}/score"' in card[0]
    nothing = client.get(f"/people/{people['Cid']}/score").text
    assert "They did nothing that counts." in nothing


def test_whom_sales_let_rest_is_no_hot_one_for_a_while(brand: Brand) -> None:
    people, now = scored(brand), to_micros(system_clock())
    client, workspace = brand.visitor(), brand.workspace.pk
    assert re.findall(r'data-state="hot" title="(\d)"', client.get("/scores").text) == ["1"]
    with transaction.atomic():
        pause(workspace, {people["Ann"]: now + 30 * DAY}, now)
    assert "sales let them rest until" in client.get(f"/people/{people['Ann']}/score").text
    assert "Sales let them rest until" in client.get(f"/people/{people['Ann']}").text
    text = client.get("/scores").text
    assert re.findall(r'data-state="(\w+)" title="(\d+)"', text)[:2] == [("hot", "0"), ("nurture", "1")]


def test_the_list_of_people_has_a_column_of_scores(brand: Brand) -> None:
    people = scored(brand)
    client = brand.visitor()
    text = client.get("/people?columns=1&column=score").text
    assert re.findall(r'tone-(\w+)">Hot</span>\s*<span>AA<', text) == ["warn"]
    assert len(re.findall(r"<span>DD</span>", text)) >= 1
    said = b"".join(client.post("/people/export").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (line,) = [line for line in said.splitlines() if line.startswith(f"{people['Ann']},")]
    assert line.split(",")[:4] == [str(people["Ann"]), "Ann", "Prospect", "Hot AA"]


def test_before_anybody_took_settings(brand: Brand) -> None:
    brand.send({"type": "identify", "userId": "Ann", "traits": {"name": "Ann", "city": "上海"}})
    client = brand.visitor()
    (person,) = re.findall(r'href="/people/(\d+)" class="people-name"', client.get("/people?q=Ann").text)
    assert "Nobody is scored yet." in client.get(f"/people/{person}").text
    assert "Take the ready settings" in client.get(f"/people/{person}/score").text
    actions.change_settings(brand.workspace.pk, read_document(SETTINGS), system_clock())
    assert "scored for the first time" in client.get(f"/people/{person}/score").text
    upkeep.build(brand.workspace.pk, to_micros(system_clock()))
    assert held(client.get(f"/people/{person}/score").text)
    assert client.get("/people/987654321/score").status_code == 404
