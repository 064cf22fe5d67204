"""The code of a link on its page, and as files."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from tests.web.conftest import Brand

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_code_is_shown_and_taken_in_the_look_that_is_asked_for(brand: Brand) -> None:
    client = brand.visitor()
    client.post("/links/new", {"target": "https://shop.example/spring", "kind": "code", "slug": "fair"})
    page = client.get("/links").content.decode()
    number = next(one for one in page.split('href="/links/')[1:] if one[0].isdigit()).partition('"')[0]
    shown = client.get(f"/links/{number}?shape=dots&dark=%231a3a8f").content.decode()
    assert f'src="/links/{number}/code.svg?shape=dots&amp;dark=%231a3a8f"' in shown
    answer = client.get(f"/links/{number}/code.png?take&dark=%231a3a8f")
    assert answer["Content-Disposition"] == 'attachment; filename="code-fair.png"'
    found = zxingcpp.read_barcode(Image.open(BytesIO(answer.content)).convert("L"))
    assert found is not None
    assert found.text.endswith("/l/fair")
    assert client.get(f"/links/{number}/code.svg?dark=%231a3a8f").content.startswith(b"<svg")
    assert client.get(f"/links/{number}/code.pdf").content.startswith(b"%PDF")
    assert client.get(f"/links/{number}/code.gif").status_code == 404
    assert client.get("/links/987654321/code.svg").status_code == 404


def test_a_look_that_cannot_be_scanned_is_said_on_the_page(brand: Brand) -> None:
    client = brand.visitor()
    client.post("/links/new", {"target": "https://shop.example/spring", "slug": "fair"})
    page = client.get("/links").content.decode()
    number = next(one for one in page.split('href="/links/')[1:] if one[0].isdigit()).partition('"')[0]
    for dark in ("%23ffd400", "red%22%2F%3E%3Cscript%3E"):
        shown = client.get(f"/links/{number}?dark={dark}")
        assert shown.status_code == 200
        assert b'role="alert"' in shown.content
        assert f'src="/links/{number}/code.svg?"'.encode() in shown.content
        assert b"<script>" not in shown.content.partition(b'id="code"')[2].partition(b"</form>")[0]
        assert client.get(f"/links/{number}/code.svg?dark={dark}").status_code == 422
