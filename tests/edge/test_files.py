"""Files of visitors: read as they come within limits, judged by their content, on disk before the event, gone with the
person.
"""

import dataclasses
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings
from tests.edge.backrooms import Backroom, backroom
from tests.edge.edges import Said, Shop
from tests.edge.test_forms import BROWSER, FAST, named, opened, published, work_of
from tests.growth.forms.making import EMAIL, NAME

from lianyi.growth.forms import files, queries
from lianyi.growth.forms.handing import FOLDER
from lianyi.growth.forms.lines import Form
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.people.erasing.actions import erase

CARD = {"kind": "file", "key": "card", "label": {"en": "Card"}, "most_bytes": 100_000, "required": True}
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 100
EDGE = "----edge"


@pytest.fixture
def behind(shop: Shop, tmp_path: Path, settings: Settings) -> Iterator[Backroom]:
    home = shop.edge.environment.home  # the edge's process has a home of its own
    lake = settings.ENVIRONMENT.lake
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, home=home, lake=lake)
    with backroom(shop, tmp_path) as made:
        yield made


def picture(form: str = "PNG") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (3, 2)).save(held, form)
    return held.getvalue()


def packed() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("a.exe", b"MZ")
    return held.getvalue()


def drawn(side: int, *parts: tuple[bytes, bytes]) -> bytes:
    """A PNG that says it is a square of so many pixels, with these parts."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in ((b"IHDR", head), *parts, (b"IEND", b"")))


def bomb() -> bytes:
    """A small picture that says it opens to four gigabytes."""
    return drawn(32_000, (b"IDAT", zlib.compress(b"")))


def body_of(fields: dict[str, str], *given: tuple[str, str, bytes]) -> bytes:
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{one}\r\n' for key, one in fields.items()
    ]
    told = "".join(parts).encode()
    for key, name, data in given:
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"; filename="{name}"\r\n'
        told += head.encode() + b"Content-Type: text/html\r\n\r\n" + data + b"\r\n"
    return told + f"--{EDGE}--\r\n".encode()


def hand_in(behind: Backroom, form: Form, page: Said, *given: tuple[str, str, bytes], **fields: str) -> Said:
    told = {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), "name": "a", **fields}
    return send_raw(behind, form, body_of(told, *given))


def send_raw(behind: Backroom, form: Form, body: bytes, **headers: str) -> Said:
    kind = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
    return behind.shop.edge.ask("POST", f"/f/{form.address}", body, BROWSER | kind | headers)


def on_disk(behind: Backroom) -> list[Path]:
    folder = behind.shop.edge.environment.home / FOLDER / str(behind.workspace)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_is_on_disk_before_the_event_and_members_fetch_it(behind: Backroom) -> None:
    form = published(behind.shop, NAME, EMAIL, CARD)
    page = opened(behind.shop, form)
    assert 'enctype="multipart/form-data"' in page.body.decode()
    assert hand_in(behind, form, page, ("card", "C:\\me\\名片 <1>.PDF", PDF), email="one@example.com").status == 303
    (path,) = on_disk(behind)
    (event,) = behind.shop.counted()
    said = {"name": "名片_1_.pdf", "size": len(PDF), "type": "application/pdf", "file": path.name}
    assert event.properties["answers"] == {"name": "a", "email": "one@example.com", "card": said}
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (PDF, 0o600)
    behind.run()
    (row,) = behind.rows(form)
    found = files.file_of(behind.workspace, bytes.fromhex(row.event), "card", row.answers)
    assert found == (path, "名片_1_.pdf", "application/pdf")
    assert [one.event for one in queries.submissions(behind.workspace, form.id, 5, containing="名片")] == [row.event]
    assert list(files.kept(behind.workspace)) == [path]
    assert behind.differences() == []
    with pytest.raises(Refused):
        files.file_of(behind.workspace, bytes.fromhex(row.event), "name", row.answers)
    erase(behind.workspace, row.person, system_clock)
    assert (on_disk(behind), list(files.kept(behind.workspace)), behind.differences()) == ([], [], [])


REFUSED: dict[str, tuple[str, bytes]] = {
    "a program": ("a.pdf", b"MZ\x90" + b"x" * 100),
    "a page": ("a.png", b"<html><script>alert(1)</script>"),
    "a drawing": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "an archive": ("a.pdf", packed()),
    "a picture that is an archive too": ("a.png", picture() + packed()),
    "a PDF that is an archive too": ("a.pdf", PDF + packed()),
    "a picture that is a page too": ("a.gif", b"GIF89a/*<script>alert(1)</script>*/=1;"),
    "a PDF that runs scripts": ("a.pdf", b"%PDF-1.7\n1 0 obj<</OpenAction 2 0 R>>" + PDF),
    "a picture that is none": ("a.png", b"\x89PNG\r\n\x1a\nxxxx"),
    "a picture that opens to gigabytes": ("a.png", bomb()),
    "a frame without a picture": ("a.png", drawn(10)),
    "nothing": ("a.pdf", b""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_what_it_may_be_is_said_at_the_field_and_not_kept(behind: Backroom, what: str) -> None:
    form = published(behind.shop, NAME, CARD)
    said = hand_in(behind, form, opened(behind.shop, form), ("card", *REFUSED[what]))
    assert (said.status, 'id="card-wrong"' in said.body.decode()) == (422, True)
    assert (on_disk(behind), behind.shop.accepted()) == ([], [])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_pictures_are_taken_and_named_by_what_they_are(behind: Backroom, kind: str) -> None:
    form = published(behind.shop, NAME, CARD)
    data = picture(kind)
    assert hand_in(behind, form, opened(behind.shop, form), ("card", "../../etc/passwd.html", data)).status == 303
    (path,) = on_disk(behind)
    answer = behind.shop.accepted()[0].properties["answers"]["card"]
    ending = {"JPEG": "jpg"}.get(kind, kind.lower())
    assert (answer["name"], answer["type"]) == (f"passwd.html.{ending}", f"image/{kind.lower()}")
    assert path.read_bytes() == data


def test_limits_hold_while_it_comes_and_nothing_stays(behind: Backroom) -> None:
    form = published(behind.shop, NAME, CARD)
    page = opened(behind.shop, form)
    large = b"%PDF-1.7\n" + b"x" * 100_000
    assert hand_in(behind, form, page, ("card", "a.pdf", large)).status == 413
    assert hand_in(behind, form, page, ("card", "a.pdf", PDF * 100)).status == 413
    assert hand_in(behind, form, page, ("card", "a.pdf", PDF), wish="x" * 300_000).status == 413
    many = [(f"f{one}", "a.pdf", b"x") for one in range(600)]
    assert hand_in(behind, form, page, *many).status == 400
    for broken in (b"", b"x", f"--{EDGE}".encode(), body_of({"a": "b"})[:-30], b"--other\r\n\r\nx"):
        assert send_raw(behind, form, broken).status in (400, 409, 422)
    no_boundary = {"Content-Type": "multipart/form-data"}
    assert send_raw(behind, form, body_of({}), **no_boundary).status == 400
    assert (on_disk(behind), behind.shop.accepted()) == ([], [])
    several = [("card", "a.pdf", PDF), ("card", "b.pdf", PDF), ("other", "c.pdf", PDF)]
    assert hand_in(behind, form, page, *several).status == 303
    assert len(on_disk(behind)) == 1


def test_a_file_that_came_once_need_not_come_again(behind: Backroom) -> None:
    form = published(behind.shop, {**NAME, "key": "who"}, CARD)
    page = opened(behind.shop, form, "?lang=en")
    first = hand_in(behind, form, page, ("card", "me.pdf", PDF))
    assert (first.status, "me.pdf has arrived." in first.body.decode()) == (422, True)
    token = named(first, "ly_file_card")
    forged = hand_in(behind, form, first, who="a", ly_file_card=token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert forged.status == 422
    elsewhere = hand_in(behind, form, opened(behind.shop, form), who="a", ly_file_card=token)
    assert elsewhere.status == 422
    assert behind.shop.accepted() == []
    assert hand_in(behind, form, first, who="a", ly_file_card=token).status == 303
    (path,) = on_disk(behind)
    assert behind.shop.accepted()[0].properties["answers"]["card"]["file"] == path.name


def test_without_scripts_the_file_waits_for_the_confirmation(behind: Backroom) -> None:
    form = published(behind.shop, NAME, CARD, guard=FAST)
    fields = {"ly_issue": named(opened(behind.shop, form), "ly_issue"), "name": "a"}
    page = send_raw(behind, form, body_of(fields, ("card", "me.pdf", PDF)))
    assert (page.status, behind.shop.accepted()) == (200, [])
    fields |= {"ly_issue": named(page, "ly_issue"), "ly_file_card": named(page, "ly_file_card")}
    assert send_raw(behind, form, body_of(fields)).status == 303
    assert len(on_disk(behind)) == len(behind.shop.accepted()) == 1


def test_what_no_submission_came_of_is_swept(behind: Backroom) -> None:
    form = published(behind.shop, NAME, CARD)
    kept = hand_in(behind, form, opened(behind.shop, form), ("card", "me.pdf", PDF))
    left = hand_in(behind, form, opened(behind.shop, form), ("card", "me.pdf", PDF), name="")
    assert (kept.status, left.status) == (303, 422)
    behind.run()
    now = on_disk(behind)[0].stat().st_mtime
    assert files.sweep(behind.workspace, now) == 0
    for path in on_disk(behind):
        os.utime(path, (now - files.UNUSED_FOR - 1, now - files.UNUSED_FOR - 1))
    assert files.sweep(behind.workspace, now) == 1
    assert on_disk(behind) == list(files.kept(behind.workspace))


def test_programs_send_files_and_hear_json(behind: Backroom) -> None:
    form = published(behind.shop, NAME, CARD)
    page = opened(behind.shop, form)
    fields = {"ly_issue": named(page, "ly_issue"), "ly_work": work_of(page), "name": ""}
    said = send_raw(behind, form, body_of(fields, ("card", "me.pdf", PDF)), Accept="application/json")
    assert (said.status, list(said.json["errors"]), list(said.json["kept"])) == (422, ["name"], ["ly_file_card"])
    fields |= {"ly_issue": said.json["issue"], "name": "a", **said.json["kept"]}
    assert send_raw(behind, form, body_of(fields), Accept="application/json").json["success"]
    assert json.dumps(behind.shop.accepted()[0].properties["answers"]).count('"file"') == 1
