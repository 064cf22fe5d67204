"""Landing pages by the API: drafted, published, changed by two, restored, archived; and the files of their blocks."""

import io
import random
from typing import Any

import pytest
from PIL import Image
from tests.api.conftest import Program
from tests.api.test_door import told

from lianyi.api.operations import OCTETS

pytestmark = pytest.mark.django_db(transaction=True)
DRAFT: dict[str, Any] = {"blocks": [{"kind": "hero", "key": "top", "title": {"zh": "标题"}}]}


def body(**more: Any) -> dict[str, Any]:
    return {"slug": f"p{random.randrange(10**9)}", "name": "Fair", "draft": DRAFT, **more}


def picture(width: int = 40, height: int = 30) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def test_a_page_from_its_draft_to_the_archive(call: Program) -> None:
    made = call("POST", "/pages", body()).json()
    assert (made["version"], made["edition"], made["draft"]) == (None, 1, DRAFT)
    assert made["address"].endswith(f"/p/{made['slug']}")
    place = f"/pages/{made['id']}"
    assert call("POST", f"{place}/publish").json()["version"] == 1
    other = {"blocks": [{"kind": "hero", "key": "top", "title": {"zh": "另一个"}}]}
    saved = call("PUT", f"{place}/draft", {"edition": 1, "draft": other}).json()
    assert (saved["edition"], saved["changed"], saved["version"]) == (2, True, 1)
    told(call("PUT", f"{place}/draft", {"edition": 1, "draft": DRAFT}), 409, "page.changed")
    assert call.get(place).json()["draft"] == other
    assert call("POST", f"{place}/publish").json()["version"] == 2
    versions = call.get(f"{place}/versions?limit=1").json()
    assert [one["number"] for one in versions["items"]] == [2]
    older = call.get(f"{place}/versions?cursor={versions['next']}").json()["items"]
    assert [(one["number"], one["definition"]) for one in older] == [(1, DRAFT)]
    assert call("POST", f"{place}/restore", {"version": 1}).json()["draft"] == DRAFT
    told(call("POST", f"{place}/restore", {"version": 7}), 404, "page.version")
    assert call("POST", f"{place}/unpublish").json()["version"] is None
    renamed = call("PUT", f"{place}/name", {"slug": f"{made['slug']}-2", "name": "Autumn"}).json()
    assert (renamed["name"], renamed["slug"]) == ("Autumn", f"{made['slug']}-2")
    assert call("POST", f"{place}/archive").json()["archived_at"] is not None
    assert call.get("/pages").json()["items"] == []
    told(call("POST", f"{place}/publish"), 409, "page.archived")
    assert [one["id"] for one in call.get("/pages?archived=true&words=autumn").json()["items"]] == [made["id"]]
    assert call("POST", f"{place}/bring-back").json()["archived_at"] is None


def test_a_page_begins_with_a_template(call: Program) -> None:
    made = call("POST", "/pages", {"slug": f"p{random.randrange(10**9)}", "name": "Fair", "template": "shop"}).json()
    assert made["draft"]["blocks"][0]["kind"] == "hero"
    told(call("POST", "/pages", {"slug": "none", "name": "Fair", "template": "none"}), 422, "page.template")


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"blocks": [{"kind": "script", "key": "x"}]}, "page.definition"),
        ({"blocks": [{**DRAFT["blocks"][0], "second": {"label": {"zh": "x"}, "target": "data:,x"}}]}, "page.target"),
        ({"blocks": DRAFT["blocks"] * 2}, "page.twice"),
    ],
)
def test_what_means_nothing_changes_nothing(call: Program, draft: dict[str, Any], code: str) -> None:
    told(call("POST", "/pages", body(draft=draft)), 422, code)
    made = call("POST", "/pages", body()).json()
    told(call("PUT", f"/pages/{made['id']}/draft", {"edition": 1, "draft": draft}), 422, code)
    assert call.get(f"/pages/{made['id']}").json() == made
    told(call("POST", "/pages", body(slug=made["slug"])), 409, "page.taken")
    assert len(call.get("/pages").json()["items"]) == 1


def test_a_file_is_what_it_says(call: Program) -> None:
    def give(name: str, content: bytes) -> Any:
        return call("POST", f"/page-files?name={name}", content, content_type=OCTETS)

    kept = give("shop.png", picture()).json()
    assert (kept["type"], kept["width"], kept["height"]) == ("image/png", 40, 30)
    assert give("again.png", picture()).json()["id"] == kept["id"]
    told(give("shop.jpg", picture()), 422, "media.misnamed")
    told(give("page.png", b"<html><script>alert(1)</script>"), 422, "media.type")
    told(give("shop.pdf", b"%PDF-1.7\n"), 422, "page.file")
    told(give("harmed.png", picture(400, 300)[:60]), 422, "media.harmed")
    told(give("bomb.png", picture(20_000, 20_000)), 422, "media.bomb")
