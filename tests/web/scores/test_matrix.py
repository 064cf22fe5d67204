"""The page of scores: what is offered, the matrix with its ways to segments, and who may take settings."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import Brand

from lianyi.audience.scoring import actions, queries, upkeep
from lianyi.audience.scoring.checking import read_document
from lianyi.audience.scoring.defaults import DEFAULTS
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link
from lianyi.kernel.clock import system_clock, to_micros
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS: dict[str, Any] = {
    "fit": [
        {"rule": {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}}, "points": 60},
        {"rule": {"kind": "trait", "trait": "name", "is": {"test": "equals", "value": "Ann"}}, "points": 50,
         "note": "Our best"},
        {"rule": {"kind": "trait", "trait": "name", "is": {"test": "equals", "value": "Bob"}}, "points": -20},
    ],
    "weights": [
        {"event": "Product Viewed", "points": 20, "most_a_day": 2},
        {"event": "Quote", "points": 40,
         "where": [{"property": "seats", "is": {"test": "range", "at_least": 10}}]},
    ],
}  # fmt: skip


def scored(brand: Brand) -> dict[str, int]:
    """Ann fits and does much, Bob fits a little and does little, Cid does neither; their numbers."""
    names = ("Ann", "Bob", "Cid")
    towns = {"Ann": "上海", "Bob": "上海", "Cid": "北京"}
    brand.send(
        *({"type": "identify", "userId": name, "traits": {"name": name, "city": towns[name]}} for name in names),
        *({"userId": "Ann", "event": "Product Viewed"} for _ in range(4)),
        {"userId": "Ann", "event": "Quote", "properties": {"seats": 12}},
        {"userId": "Bob", "event": "Product Viewed"},
    )
    actions.change_settings(brand.workspace.pk, read_document(SETTINGS), system_clock())
    upkeep.build(brand.workspace.pk, to_micros(system_clock()))
    return {name: search_people(brand.workspace.pk, name)[0].number for name in names}


def as_one(brand: Brand, role: Role) -> Client:
    """Somebody of this role."""
    member = ensure_member(brand.workspace, f"{role.value}@{brand.workspace.slug}.example.com", role)
    client = Client(headers={"accept-language": "en"})
    client.post(f"/sign-in/{issue_sign_in_link(member, system_clock())}")
    return client


def cells(text: str) -> dict[str, int]:
    """The counts of the matrix that are not 0."""
    found = re.findall(r'data-cell="(..)".*?title="(\d+)"', text, re.DOTALL)
    return {cell: int(count) for cell, count in found if count != "0"}


def test_the_settings_that_are_offered_are_taken_once(brand: Brand) -> None:
    client, workspace = brand.visitor(), brand.workspace.pk
    text = client.get("/scores").text
    assert "Nobody is scored yet" in text
    assert "Take the ready settings" in text
    assert "还没有人被评分" in brand.visitor("zh-hans").get("/scores").text
    assert client.post("/scores/take")["Location"] == "/scores"
    found = queries.scoring(workspace)
    assert (found.settings, found.taken, found.due, found.edition) == (DEFAULTS, True, True, 1)
    waiting = client.get("/scores").text
    assert "scored for the first time" in waiting
    assert "data-cell" not in waiting
    part = client.get("/scores", headers={"HX-Target": "standing"})
    assert "HX-Refresh" not in part.headers
    actions.change_settings(workspace, read_document(SETTINGS | {"fit": []}), system_clock())
    client.post("/scores/take")
    assert "Somebody else changed the settings meanwhile." in client.get("/scores").text
    assert queries.scoring(workspace).edition == 2


def test_the_matrix_counts_everybody_once_and_leads_to_segments(brand: Brand) -> None:
    scored(brand)
    client = brand.visitor()
    text = client.get("/scores").text
    assert "Nobody did enough lately" not in text
    everybody = sum(map(sum, queries.counts(brand.workspace.pk, to_micros(system_clock())).grades))
    assert cells(text) == {"AA": 1, "CC": 1, "DD": everybody - 2}
    assert re.findall(r'data-state="(\w+)" title="(\d+)"', text) == [
        ("hot", "1"), ("nurture", "0"), ("watch", "1"), ("invalid", f"{everybody - 2}")]  # fmt: skip
    for place in re.findall(r'href="(/segments/new\?[^"]+)"', text):
        page = client.get(place.replace("&amp;", "&"))
        assert page.context["typed"]["rule"], place
        assert page.context["typed"]["name"], place
    assert client.get("/scores", headers={"HX-Target": "standing"})["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("asked", "name", "rule"),
    [
        ("state=hot", "Hot", {"kind": "warm", "one_of": ["hot"]}),
        ("fit=B", "Fit B", {"kind": "graded", "axis": "fit", "one_of": ["B"]}),
        ("engagement=D", "Engagement D", {"kind": "graded", "axis": "engagement", "one_of": ["D"]}),
        ("fit=A&engagement=C", "Fit A, engagement C", {"kind": "all_of", "rules": [
            {"kind": "graded", "axis": "fit", "one_of": ["A"]},
            {"kind": "graded", "axis": "engagement", "one_of": ["C"]}]}),
        ("fit=E&state=lukewarm&preset=none", "", None),
    ],
)  # fmt: skip
def test_a_cell_is_a_segment_begun(brand: Brand, asked: str, name: str, rule: Any) -> None:
    typed = brand.visitor().get(f"/segments/new?{asked}").context["typed"]
    assert typed["name"] == name
    assert (json.loads(typed["rule"]) if typed["rule"] else None) == rule


def test_while_everybody_is_scored_anew_the_matrix_is_that_of_before(brand: Brand) -> None:
    scored(brand)
    changed = read_document(SETTINGS | {"fit": [], "matrix": ["invalid"] * 16})
    actions.change_settings(brand.workspace.pk, changed, system_clock())
    text = brand.visitor().get("/scores").text
    assert "scores are those of before" in text
    assert set(cells(text)) == {"AA", "CC", "DD"}
    assert '<td class="score-cell score-hot" data-cell="AA">' in text


def test_who_may_not_change_settings_or_segments_only_looks(brand: Brand) -> None:
    viewer = as_one(brand, Role.VIEWER)
    text = viewer.get("/scores").text
    assert "Take the ready settings" not in text
    assert viewer.post("/scores/take").status_code == 403
    assert viewer.get("/settings/scoring").status_code == 403
    scored(brand)
    text = viewer.get("/scores").text
    assert cells(text)["AA"] == 1
    assert "/segments/new" not in text
