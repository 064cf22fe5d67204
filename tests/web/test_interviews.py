"""Interview notes on pages: written from a person's page, read, changed, searched, exported."""

import pytest
from tests.web.conftest import Brand

from lianyi.growth.interviews.queries import interviews
from lianyi.people.profiles.queries import search_people

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_note_is_written_read_changed_and_deleted(brand: Brand) -> None:
    brand.send({"type": "identify", "userId": "u1", "traits": {"name": "访客一"}})
    brand.project()
    person = search_people(brand.workspace.pk, "访客一")[0].number
    client = brand.visitor()
    assert b"No interview note yet." in client.get("/interviews").content
    assert f"/interviews/new?person={person}" in client.get(f"/people/{person}").content.decode()
    told = "At the fair.\nQ: How do you choose?\nBy the smell.\n\nQ：多久买一次？\n每月"
    said = {"person": person, "held_on": "2026-01-02", "place": "Booth 3", "text": told}
    said |= {"quotes": "<b>so good\nagain", "tags": "price"}
    assert client.get(f"/interviews/new?person={person}").status_code == 200
    assert client.post("/interviews/new", {**said, "held_on": "2999-01-01"}).status_code == 422
    assert client.post("/interviews/new", said)["location"] == f"/people/{person}"
    (note,) = interviews(brand.workspace.pk, 10)
    assert (note.draft.text, note.draft.quotes, note.held_by) == (
        "At the fair.", ("<b>so good", "again"), f"member:{brand.owner.pk}",
    )  # fmt: skip
    assert [tuple(one) for one in note.draft.said] == [
        ("How do you choose?", "By the smell."),
        ("多久买一次？", "每月"),
    ]
    assert "&lt;b&gt;so good" in client.get(f"/people/{person}").content.decode()
    page = client.get("/interviews?q=smell").content.decode()
    assert ("&lt;b&gt;so good" in page, "访客一" in page) == (True, True)
    assert "No note is like that." in client.get("/interviews?tag=none").content.decode()
    place = f"/interviews/{note.id}"
    assert "Q: How do you choose?\nBy the smell." in client.get(place).content.decode()
    assert client.post(place, {**said, "text": "=1+1", "quotes": ""}).status_code == 302
    told = b"".join(client.post("/interviews/export")).decode("utf-8-sig")
    assert "'=1+1" in told
    assert client.post(f"{place}/delete").status_code == 302
    assert (interviews(brand.workspace.pk, 10), client.get(place).status_code) == ([], 404)
