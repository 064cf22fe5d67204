"""Archives are kept only where somebody asks for them, and only those that were read to their end within bounds."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from pytest_django import Settings
from tests.foundation.media.test_media import workspace  # noqa: F401 - a fixture

from lianyi.foundation.media import actions, archives, queries, sniffing
from lianyi.foundation.media.models import MediaFile
from lianyi.foundation.media.schemas import Media
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def archive(**parts: bytes) -> bytes:
    """A ZIP; dots of names are written as two underscores."""
    return packed({name.replace("__", "."): data for name, data in parts.items()})


def packed(parts: dict[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", way) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return held.getvalue()


def put(workspace: int, name: str, data: bytes) -> Media:  # noqa: F811
    return actions.put(workspace, name, io.BytesIO(data), types=sniffing.WITH_ARCHIVES)


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
BAD: dict[str, tuple[str, str, bytes]] = {
    "it opens to far more than it is": ("media.archive_bomb", "a.zip", archive(a__txt=b"\0" * 30_000_000)),
    "an archive within": ("media.archive", "a.zip", packed({"b.zip": archive(a=b"x")})),
    "macros": ("media.archive", "a.docx", packed(WORD | {"word/vbaProject.bin": b"x"})),
    "a name outside": ("media.archive", "a.zip", packed({"../../etc/cron.d/x": b"x"})),
    "a name of a drive": ("media.archive", "a.zip", packed({"C:\\x": b"x"})),
    "nothing": ("media.type", "a.zip", packed({})),
    "no document": ("media.misnamed", "a.docx", archive(a=b"x")),
    "another name": ("media.misnamed", "a.pdf", archive(a=b"x")),
    "broken off": ("media.harmed", "a.zip", archive(a=b"x" * 1000)[:-30]),
    "harmed": ("media.harmed", "a.zip", packed({"abc": b"y" * 100}, zipfile.ZIP_STORED).replace(b"yyyy", b"yyyz", 1)),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_not_kept(workspace: int, settings: Settings, what: str) -> None:  # noqa: F811
    code, name, data = BAD[what]
    with pytest.raises(Refused) as refused:
        put(workspace, name, data)
    assert refused.value.code == code
    assert (MediaFile.objects.count(), _files(settings)) == (0, [])


def test_too_many_parts_and_parts_that_lie_over_each_other_are_bombs(workspace: int) -> None:  # noqa: F811
    many = packed({f"{one}.txt": b"" for one in range(archives.MOST_PARTS + 1)})
    data = packed({"a.txt": b"x" * 100, "b.txt": b"x" * 100}, zipfile.ZIP_STORED)
    where = data.rindex(b"PK\x01\x02")  # the directory's second line: point it at the first part
    over = data[: where + 42] + struct.pack("<I", 0) + data[where + 46 :]
    for one in (many, over):
        with pytest.raises(Refused) as refused:
            put(workspace, "a.zip", one)
        assert refused.value.code == "media.archive_bomb"


def test_a_part_that_lies_about_its_size_is_found_out(workspace: int) -> None:  # noqa: F811
    data = packed({"a.txt": b"\0" * 30_000_000})
    where = data.rindex(b"PK\x01\x02")
    small = data[: where + 24] + struct.pack("<I", 1_000) + data[where + 28 :]
    with pytest.raises(Refused) as refused:
        put(workspace, "a.zip", small)
    assert refused.value.code == "media.harmed"


def test_archives_and_documents_are_kept_where_they_are_asked_for(workspace: int) -> None:  # noqa: F811
    for name, data in (("资料.zip", archive(a__txt=b"x")), ("方案.docx", packed(WORD))):
        kept = put(workspace, name, data)
        assert (kept.name, kept.type) == (name, "application/zip")
        assert queries.path_of(workspace, kept.id).read_bytes() == data
    with pytest.raises(Refused) as refused:
        actions.put(workspace, "a.zip", io.BytesIO(archive(a=b"y")))
    assert refused.value.code == "media.type"


def _files(settings: Settings) -> list[Path]:
    return [path for path in (settings.ENVIRONMENT.home / "media").rglob("*") if path.is_file()]
