"""The frame around pages: the navigation by role, the light that stays, the parts page in development only."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from tests.web.conftest import Brand

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.models import Membership
from lianyi.web.parts import parts_there

pytestmark = pytest.mark.django_db(transaction=True)
BUILT = Path(__file__).parents[2] / "src/lianyi/web/static/built"


def test_the_light_is_the_systems_until_one_is_chosen(brand: Brand) -> None:
    client = brand.visitor()
    assert "data-theme" not in client.get("/people").text
    answer = client.post("/theme", {"theme": "night", "next": "/people?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "/people?q=a")
    assert '<html lang="en" data-theme="night">' in client.get("/people").text
    client.post("/theme", {"theme": "system", "next": "/"})
    assert "data-theme" not in client.get("/people").text
    client.cookies["theme"] = '"><script>'
    assert "data-theme" not in client.get("/people").text
    assert client.post("/theme", {"theme": "day", "next": "https://elsewhere.test/"})["Location"] == "/"
    assert client.get("/theme").status_code == 405


def test_the_navigation_says_where_one_is(brand: Brand) -> None:
    brand.send({"type": "identify", "userId": "u", "traits": {"name": "王"}})
    client = brand.visitor()
    assert re.search(r'href="/" class="nav-line" aria-current="page"', client.get("/").text)
    assert re.search(r'href="/people" class="nav-line" aria-current="true"', client.get("/people/1").text)


def test_parts_are_shown_in_development_only(brand: Brand, settings: Any) -> None:
    client = brand.visitor()
    assert client.get("/parts").status_code == 404
    settings.DEVELOPMENT = True
    page = client.get("/parts").text
    for part in parts_there():
        assert f"<code>{part.name}</code>" in page, part.name
        assert part.about, part.name
    Membership.objects.filter(member=brand.owner).update(role=Role.VIEWER)
    assert client.get("/parts").status_code == 200


def test_the_data_of_a_chart_cannot_end_its_attribute() -> None:
    data = {"labels": ["</script><script>alert(1)", "&quot;", "'"], "series": [{"name": '<b>"', "values": [1200]}]}
    template = engines["django"].from_string('{% load shown %}<i data-told="{{ data|chart_json }}"></i>')
    page = template.render({"data": data})
    (told,) = re.findall(r'data-told="([^"]*)"', page)
    assert not set(told) & set("<>\"'")
    assert json.loads(html.unescape(told)) == data


def test_the_code_of_charts_comes_only_with_a_chart() -> None:
    (chunk,) = (BUILT / "shared").glob("drawing-*.js")
    assert chunk.name in (BUILT / "pages.js").read_text()
    assert chunk.stat().st_size > 50 * (BUILT / "pages.js").stat().st_size


@pytest.mark.parametrize("place", ["people", "items", "-1", "https:///elsewhere.test", "//elsewhere.test"])
def test_where_the_light_leads_back_is_an_address_and_never_the_name_of_a_page(brand: Brand, place: str) -> None:
    answer = brand.visitor().post("/theme", {"theme": "day", "next": place})
    assert (answer.status_code, answer["Location"]) == (302, "/" if "//" in place else place)
