"""Saved looks and sheets on their pages: kept, shown, taken, printed, watched."""

from io import BytesIO

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.links.codes.reading import logo
from tests.web.conftest import Brand

from lianyi.kernel.clock import system_clock
from lianyi.links.looks.queries import looks
from lianyi.links.models import ShortLink
from lianyi.links.sheets.running import PIECES

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = {
    "name": "Brand",
    "dark": "#1a3a8f",
    "light": "#ffffff",
    "shape": "rounded",
    "correction": "H",
    "quiet": "4",
    "caption": "{name}\r\nScan me",
    "form": "2x4",
    "paper": "a4",
    "usual": "1",
}
STANDING = {"HX-Request": "true", "HX-Target": "standing"}


def link_of(client: Client) -> int:
    """A channel code, by its number."""
    client.post("/links/new", {"target": "https://shop.example/spring", "kind": "code", "slug": "fair"})
    return ShortLink.objects.get(slug="fair").pk


def test_a_look_is_kept_with_its_logo_and_codes_have_it(brand: Brand) -> None:
    client = brand.visitor()
    assert "No look yet." in client.get("/links/looks").text
    picture = SimpleUploadedFile("logo.png", logo())
    assert client.post("/links/looks/new", {**TYPED, "logo": picture})["Location"] == "/links/looks"
    (line,) = looks(brand.workspace.pk)
    assert (line.draft.caption, line.draft.quiet, line.draft.usual) == ("{name}\nScan me", 4, True)
    assert line.draft.logo is not None
    assert f"/links/looks/{line.id}/code.svg" in client.get("/links/looks").text
    assert "<image" in client.get(f"/links/looks/{line.id}/code.svg").text
    number = link_of(client)
    assert "<image" in client.get(f"/links/{number}/code.svg").text
    assert "<image" not in client.get(f"/links/{number}/code.svg?look=0").text
    shown = client.get(f"/links/{number}?look={line.id}").text
    assert f'src="/links/{number}/code.svg?look={line.id}"' in shown
    assert 'value="#1a3a8f"' in shown
    answer = client.get(f"/links/{number}/code.png?look={line.id}")
    found = zxingcpp.read_barcode(Image.open(BytesIO(answer.content)).convert("L"))
    assert found is not None
    assert found.text.endswith("/l/fair")
    assert client.get(f"/links/{number}/code.svg?look=987654321").status_code == 404


def test_a_look_is_changed_and_deleted(brand: Brand) -> None:
    client = brand.visitor()
    client.post("/links/looks/new", {**TYPED, "logo": SimpleUploadedFile("logo.png", logo())})
    (line,) = looks(brand.workspace.pk)
    place = f"/links/looks/{line.id}"
    assert "Without the present logo" in client.get(place).text
    client.post(place, {**TYPED, "name": "Other", "grid": "4 × 10", "size": "15"})
    (kept,) = looks(brand.workspace.pk)
    assert (kept.draft.name, kept.draft.form, kept.draft.size, kept.draft.logo) == (
        "Other",
        "4x10",
        15.0,
        line.draft.logo,
    )
    assert "4 × 10" in client.get("/links/looks").text
    client.post(place, {**TYPED, "no_logo": "1"})
    assert looks(brand.workspace.pk)[0].draft.logo is None
    client.post(f"{place}/delete")
    assert looks(brand.workspace.pk) == []


@pytest.mark.parametrize(
    ("typed", "content", "said"),
    [
        ({"dark": "#ffd400"}, None, "Scanners cannot tell #ffd400 from #ffffff"),
        ({}, b"<svg onload='alert(1)'/>", "The logo is no picture, or too large."),
        ({"grid": "40x40"}, None, "&#x27;40x40&#x27; is no layout."),
        ({"size": "wide"}, None, "&#x27;wide&#x27; is no size."),
        ({"name": "<script>alert(1)</script>", "caption": "a\nb\nc\nd"}, None, "A caption has 3 lines at most"),
    ],
)
def test_what_is_wrong_with_a_look_is_said_above_what_was_typed(
    brand: Brand, typed: dict[str, str], content: bytes | None, said: str
) -> None:
    client = brand.visitor()
    file = {"logo": SimpleUploadedFile("logo.png", content)} if content else {}
    answer = client.post("/links/looks/new", {**TYPED, **typed, **file})
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert(1)" not in answer.text
    assert looks(brand.workspace.pk) == []


def test_a_sheet_is_asked_for_watched_and_taken(brand: Brand) -> None:
    client = brand.visitor()
    link_of(client)
    assert "No sheet yet." in client.get("/links/sheets").text
    at_once = client.post("/links/sheets/print", {"look": "0"})["Location"]
    page = client.get(at_once).text
    assert "Download the PDF" in page
    answer = client.get(f"{at_once}/codes.pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    said = {"workspace": brand.workspace.pk, "kind": "code", "target": "https://a.example/", "created_at": 1}
    ShortLink.objects.bulk_create([ShortLink(**said, slug=f"k{n}", code="k") for n in range(200)])
    later = client.post("/links/sheets/print", {"form": "poster", "paper": "a5"})["Location"]
    number = int(later.rpartition("/")[2])
    page = client.get(later).text
    assert "It is being printed" in page
    assert f'hx-get="{later}"' in page
    assert "Waiting for its turn" in client.get(later, headers=STANDING).text
    assert client.get(f"{later}/codes.pdf").status_code == 404
    assert PIECES.claim("one") == number
    PIECES.step(number, "one", 40)
    assert "40 %" in client.get(later, headers=STANDING).text
    PIECES.claim("one")
    PIECES.run(number, "one", system_clock)
    assert client.get(later, headers=STANDING)["HX-Refresh"] == "true"
    assert "Posters, one a page · A5" in client.get(later).text
    listed = client.get("/links/sheets").text
    assert listed.count("Ready") == 2
    assert client.post(f"{later}/delete")["Location"] == "/links/sheets"
    assert client.get(later).status_code == 404


def test_a_sheet_is_stopped_on_its_page_and_what_is_wrong_is_said(brand: Brand) -> None:
    client = brand.visitor()
    wrong = client.post("/links/sheets/print", {"holder": "nobody"})
    assert wrong.status_code == 422
    assert "A document has one code to 50,000; this has 0." in wrong.text
    said = {"workspace": brand.workspace.pk, "kind": "code", "target": "https://a.example/", "created_at": 1}
    ShortLink.objects.bulk_create([ShortLink(**said, slug=f"k{n}", code="k") for n in range(201)])
    place = client.post("/links/sheets/print", {})["Location"]
    assert "This sheet is being printed." in client.post(f"{place}/delete", follow=True).text
    assert client.post(f"{place}/stop")["Location"] == place
    assert "Stopped" in client.get(place).text
    assert client.post(f"{place}/burn").status_code == 404
