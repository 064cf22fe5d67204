"""Pictures of pages: taken in by the form of a block, copied for browsers without what a camera writes."""

import io
import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.growth.pages.pages import NOW, hero, page
from tests.web.conftest import Brand

from lianyi.foundation.media.actions import put, remove
from lianyi.foundation.media.models import MediaFile
from lianyi.growth.pages import actions, queries
from lianyi.growth.pages.blocks import Image as Shown
from lianyi.growth.pages.copies import sweep_copies
from lianyi.growth.pages.listed import Page

pytestmark = pytest.mark.django_db(transaction=True)
CAPTION = {"caption.zh": "店面", "picture.alt.zh": "门口的照片"}


def photo(width: int = 1_000, *, turned: bool = False) -> bytes:
    """A photo with what a camera writes into it: where it was, and how it was held."""
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    if turned:
        exif[0x0112] = 6
    file = io.BytesIO()
    Image.effect_noise((width, width // 2), 80).convert("RGB").save(file, "JPEG", exif=exif)
    return file.getvalue()


def made(brand: Brand) -> Page:
    return actions.create_page(brand.workspace.pk, f"p{random.randrange(10**9)}", "Fair", page(hero()), NOW)


def give(client: Client, one: Page, name: str, content: bytes, **said: str) -> Any:
    file = SimpleUploadedFile(name, content)
    typed = {"edition": "1", "picture.media.file": file, **CAPTION, **said}
    return client.post(f"/pages/{one.id}/add/picture", typed)


def test_a_picture_is_put_in_by_the_form_and_copied_when_it_is_asked_for(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    assert give(client, one, "shop.jpg", photo()).status_code == 302
    block = queries.page(brand.workspace.pk, one.id).draft.blocks[1]
    assert isinstance(block, Shown)
    row = MediaFile.objects.get(pk=block.picture.media)
    shown = client.get(f"/pages/{one.id}/preview?in=zh").content.decode()
    place = f"/media/{brand.workspace.pk}/{row.sha256}"
    assert f'src="{place}-1600.webp" srcset="{place}-480.webp 480w, {place}-960.webp 960w' in shown
    assert 'alt="门口的照片"' in shown
    answer = Client().get(f"{place}-480.webp")
    content = answer.content
    with Image.open(io.BytesIO(content)) as copy:
        assert (copy.format, copy.size, dict(copy.getexif())) == ("WEBP", (480, 240), {})
    assert b"Camera" not in content
    assert Client().get(f"{place}-480.webp")["Cache-Control"] == "public, max-age=31536000, immutable"
    for wrong in (f"{place}.webp", f"{place}-481.webp", f"{place}.gif", f"/media/{brand.workspace.pk + 1}/x"):
        assert Client().get(wrong).status_code == 404
    remove(brand.workspace.pk, row.pk)
    assert sweep_copies(brand.workspace.pk) == 1
    assert Client().get(f"{place}-480.webp").status_code == 404


def test_a_photo_stands_as_it_was_held(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    give(client, one, "shop.jpg", photo(turned=True))
    row = MediaFile.objects.get(workspace=brand.workspace)
    answer = Client().get(f"/media/{brand.workspace.pk}/{row.sha256}-480.webp")
    with Image.open(io.BytesIO(answer.content)) as copy:
        assert copy.size == (480, 960)


def with_harmed_exif() -> bytes:
    """A picture whose notes of the camera are none; everything else of it is whole."""
    file = io.BytesIO()
    Image.new("RGB", (600, 300)).save(file, "WEBP", exif=b"Exif\0\0" + b"nothing that a camera writes")
    return file.getvalue()


def long_picture() -> bytes:
    """A picture as they are made for phones, taller than a WebP can be."""
    file = io.BytesIO()
    Image.new("RGB", (600, 20_000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [("shop.webp", with_harmed_exif(), (480, 240)), ("long.png", long_picture(), (480, 16_000))],
)
def test_what_was_taken_can_be_shown(brand: Brand, name: str, content: bytes, size: tuple[int, int]) -> None:
    assert give(brand.visitor(), made(brand), name, content).status_code == 302
    row = MediaFile.objects.get(workspace=brand.workspace)
    for width, shown in ((480, size), (960, (600, 300) if size[1] < 1_000 else (491, 16_383))):
        answer = Client().get(f"/media/{brand.workspace.pk}/{row.sha256}-{width}.webp")
        with Image.open(io.BytesIO(answer.content)) as copy:
            assert copy.size == shown


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("shop.jpg", b"<html><script>alert(1)</script></html>"),
        ("shop.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("shop.png", photo()),
        ("shop.jpg", photo()[:400]),
        ("shop.pdf", b"%PDF-1.7\n"),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field(brand: Brand, name: str, content: bytes) -> None:
    one = made(brand)
    answer = give(brand.visitor(), one, name, content)
    assert answer.status_code == 422
    assert 'id="picture-media-error"' in answer.content.decode()
    assert 'value="门口的照片"' in answer.content.decode()
    assert MediaFile.objects.filter(workspace=brand.workspace).count() == 0
    assert queries.page(brand.workspace.pk, one.id).draft == page(hero())


def test_a_file_of_a_person_is_none_of_a_page(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    kept = put(brand.workspace.pk, "theirs.jpg", io.BytesIO(photo()), person=7)
    client.post(f"/pages/{one.id}/add/picture", {"edition": "1", "picture.media": str(kept.id), **CAPTION})
    assert kept.sha256 not in client.get(f"/pages/{one.id}/preview").content.decode()
    assert Client().get(f"/media/{brand.workspace.pk}/{kept.sha256}-480.webp").status_code == 404
    assert "theirs.jpg" not in client.get(f"/pages/{one.id}/add/picture").content.decode()
