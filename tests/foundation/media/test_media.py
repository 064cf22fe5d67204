"""Files of a workspace: judged by their content, kept once, whole or not at all, and gone when nobody names them."""

import dataclasses
import hashlib
import io
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import connection, transaction
from PIL import Image
from pytest_django import Settings

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ALL, Actor
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.media import actions, files, queries, sniffing
from lianyi.foundation.media.models import MediaFile
from lianyi.foundation.media.schemas import Forgotten
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
PDF = b"%PDF-1.7\n" + b"x" * 100
MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 100
_slugs = count(1)


def picture(form: str = "PNG", width: int = 3, height: int = 2, shade: int = 0) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 0, 0)).save(held, form)
    return held.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A small file that opens to that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.fixture
def workspace(tmp_path: Path, settings: Settings) -> int:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, home=tmp_path, min_free=1)
    return create_workspace(f"media-{next(_slugs)}", "Media").pk


def put(workspace: int, data: bytes, name: str = "a.png", person: int | None = None) -> int:
    return actions.put(workspace, name, io.BytesIO(data), person=person).id


def on_disk(workspace: int) -> Iterator[str]:
    folder = files.folder_of(workspace)
    return (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file())


def place(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return f"{digest[:2]}/{digest}"


@pytest.mark.parametrize(
    ("data", "name", "kind", "size"),
    [
        (picture("PNG"), "a.png", "image/png", (3, 2)),
        (picture("JPEG"), "照片.JPG", "image/jpeg", (3, 2)),
        (picture("GIF"), "a.gif", "image/gif", (3, 2)),
        (picture("WEBP"), "no ending", "image/webp", (3, 2)),
        (MP4, "a.mp4", "video/mp4", (None, None)),
        (b"\x00\x00\x00\x14ftypqt  " + b"\0" * 40, "a.mov", "video/quicktime", (None, None)),
        (PDF, "a.pdf", "application/pdf", (None, None)),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_a_file_is_kept_under_its_content(
    workspace: int, data: bytes, name: str, kind: str, size: tuple[int | None, int | None]
) -> None:
    with acting_as(Actor("member:7", None, ALL)):
        kept = queries.media(workspace, put(workspace, data, f"C:\\pictures\\{name}"))
    assert (kept.name, kept.type, kept.size, (kept.width, kept.height)) == (name, kind, len(data), size)
    assert list(on_disk(workspace)) == [place(data)]
    path = queries.path_of(workspace, kept.id)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (data, 0o600)
    assert MediaFile.objects.get().put_by == "member:7"
    assert [line.detail for line in AuditLine.objects.filter(action="media.put").order_by("pk")] == [
        {"media": kept.id, "sha256": kept.sha256}
    ]


def test_twice_is_once(workspace: int) -> None:
    data = picture()
    assert put(workspace, data) == put(workspace, data, "another name.png")
    assert put(workspace, data, person=5) == put(workspace, data, person=5)
    assert [(row.name, row.person) for row in MediaFile.objects.order_by("pk")] == [("a.png", None), ("a.png", 5)]
    assert [kept.sha256 for kept in queries.kept(workspace)] == [hashlib.sha256(data).hexdigest()]
    assert list(on_disk(workspace)) == [place(data)]
    assert AuditLine.objects.filter(action="media.put").count() == 2


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.png", "media.type"),
        (b"<svg onload='x'/>", "a.svg", "media.type"),
        (b"<html>", "a.png", "media.type"),
        (b"MZ\x90\x00", "a.exe", "media.type"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 40, "a.mp4", "media.type"),
        (picture("PNG"), "a.jpg", "media.misnamed"),
        (PDF, "a.png", "media.misnamed"),
        (MP4, "a.mp4.pdf", "media.misnamed"),
        (picture("PNG")[:-26], "a.png", "media.harmed"),
        (picture("JPEG")[:200], "a.jpg", "media.harmed"),
        (b"\x89PNG\r\n\x1a\n" + b"junk" * 50, "a.png", "media.harmed"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 24, "a.webp", "media.harmed"),
        (png_that_says(10_000, 4_001), "a.png", "media.bomb"),
        (png_that_says(60_000, 60_000), "a.png", "media.bomb"),
        (picture(), "", "media.name"),
        (picture(), "folder/", "media.name"),
        (picture(), "x" * 201, "media.name"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_what_is_not_kept(workspace: int, data: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        put(workspace, data, name)
    assert refused.value.code == code
    assert (MediaFile.objects.count(), list(on_disk(workspace))) == (0, [])


def test_what_is_too_large_stops_on_the_way(workspace: int) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            part = PDF[:size] if not self.given else b"x" * size
            self.given += len(part)
            return part

    source = Endless()
    with pytest.raises(Refused) as refused:
        actions.put(workspace, "a.pdf", source)  # type: ignore[arg-type]
    assert refused.value.code == "media.too_large"
    assert source.given < sniffing.PDF.most + 2 * 1024**2
    assert list(on_disk(workspace)) == []


def test_a_full_disk_is_refused(workspace: int, settings: Settings) -> None:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, min_free=2**60)
    with pytest.raises(Refused) as refused:
        put(workspace, picture())
    assert refused.value.code == "media.no_room"
    assert list(on_disk(workspace)) == []


def test_a_person_is_forgotten_and_what_others_name_stays(workspace: int) -> None:
    other = create_workspace(f"media-{next(_slugs)}", "Other").pk
    own, shared = picture(shade=1), picture(shade=2)
    for data, person in [(own, 5), (shared, 5), (shared, 6)]:
        put(workspace, data, person=person)
    put(other, own, person=5)
    assert actions.forget_person(workspace, 5) == Forgotten(rows=2, files=1)
    assert actions.forget_person(workspace, 5) == Forgotten(rows=0, files=0)
    assert list(on_disk(workspace)) == [place(shared)]
    assert list(on_disk(other)) == [place(own)]
    assert (queries.of_person(workspace, 5), len(queries.of_person(workspace, 6))) == ([], 1)
    assert actions.forget_person(workspace, 6) == Forgotten(rows=1, files=1)
    assert list(on_disk(workspace)) == []
    lines = AuditLine.objects.filter(action="media.forgotten").order_by("pk")
    assert [line.detail for line in lines] == [{"person": 5, "rows": 2}, {"person": 6, "rows": 1}]


def test_files_go_with_the_commit_and_stay_when_it_fails(workspace: int) -> None:
    data = picture()
    put(workspace, data, person=5)

    class Cut(Exception):
        pass

    def forgotten_in_vain() -> None:
        with transaction.atomic():
            assert actions.forget_person(workspace, 5) == Forgotten(1, 1)
            raise Cut

    with pytest.raises(Cut):
        forgotten_in_vain()
    assert (MediaFile.objects.count(), list(on_disk(workspace))) == (1, [place(data)])
    with transaction.atomic():
        actions.forget_person(workspace, 5)
        assert list(on_disk(workspace)) == [place(data)]
    assert list(on_disk(workspace)) == []


def test_one_row_is_removed(workspace: int) -> None:
    data = picture()
    first, second = put(workspace, data), put(workspace, data, person=5)
    other = create_workspace(f"media-{next(_slugs)}", "Other").pk
    assert (actions.remove(other, first), actions.remove(workspace, first), actions.remove(workspace, first)) == (
        False,
        True,
        False,
    )
    assert list(on_disk(workspace)) == [place(data)]
    assert actions.remove(workspace, second)
    assert list(on_disk(workspace)) == []
    for number in (first, second):
        with pytest.raises(Refused):
            queries.media(workspace, number)


def test_what_a_crash_left_is_swept(workspace: int) -> None:
    kept, orphan = picture(shade=1), picture(shade=2)
    put(workspace, kept)
    put(workspace, orphan)
    MediaFile.objects.filter(sha256=hashlib.sha256(orphan).hexdigest()).delete()
    folder = files.folder_of(workspace)
    for name, age in [("old.part", timedelta(hours=7)), ("new.part", timedelta(hours=1))]:
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, ((NOW - age).timestamp(),) * 2)
    assert (actions.sweep(workspace, NOW), actions.sweep(workspace, NOW)) == (2, 0)
    assert sorted(on_disk(workspace)) == sorted([place(kept), "new.part"])


def test_what_is_put_while_it_is_removed_is_there_afterwards(workspace: int) -> None:
    """Whoever comes second waits for the first; a row never names a file that is gone."""
    data, wrong = picture(), []

    def work(change: int) -> None:
        try:
            for _ in range(15):
                if change:
                    put(workspace, data, person=change)
                actions.forget_person(workspace, change or 1)
        except Exception as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert (MediaFile.objects.count(), list(on_disk(workspace))) == (0, [])
    put(workspace, data)
    assert list(on_disk(workspace)) == [place(data)]
