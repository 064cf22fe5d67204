"""The file of a form: for whoever filled it in, for a while, as an attachment; one download, one event."""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.edge.backrooms import Backroom, backroom
from tests.edge.edges import Said, Shop
from tests.edge.test_confirming import OPT_IN, fill_in, press
from tests.edge.test_forms import BROWSER, FAST
from tests.growth.forms.making import EMAIL, NAME, definition_of

from lianyi.foundation.media import files, looking_up
from lianyi.growth.forms import actions
from lianyi.growth.forms.lines import Form
from lianyi.growth.forms.passes import PARAMETER, Pass, Purpose, write
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4000


@pytest.fixture
def behind(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backroom]:
    home = shop.edge.environment.home  # the edge's process has a home of its own
    monkeypatch.setattr(files, "folder_of", lambda workspace: looking_up.folder_in(home, workspace))
    monkeypatch.setattr(files, "place_of", lambda workspace, sha256: looking_up.place_in(home, workspace, sha256))
    with backroom(shop, tmp_path) as made:
        yield made


def offering(behind: Backroom, name: str = "guide.pdf", data: bytes = PDF, **parts: object) -> Form:
    made = actions.create_form(
        behind.workspace, "Guide", definition_of(NAME, EMAIL, guard=FAST, **parts), system_clock()
    )
    actions.put_download(behind.workspace, made.id, name, io.BytesIO(data), system_clock())
    return actions.publish_form(behind.workspace, made.id, system_clock())


def offered(page: Said) -> str:
    """The address of the file on a page."""
    text = page.body.decode()
    place = text.index("/file?")
    return text[text.rindex('"', 0, place) + 1 : text.index('"', place)].replace("&amp;", "&")


def fetch(behind: Backroom, form: Form, **fields: str) -> str:
    said = fill_in(behind, form, **fields)
    return offered(behind.ask("GET", said.headers["location"]))


def downloads(behind: Backroom) -> list[dict[str, object]]:
    return [one.properties for one in behind.shop.counted() if one.name == "file.downloaded"]


def test_whoever_filled_it_in_gets_the_file_and_it_counts_once(behind: Backroom) -> None:
    form = offering(behind, "白皮书 2026.pdf")
    link = fetch(behind, form, email="one@example.com")
    (submitted,) = behind.shop.counted()
    behind.run()
    assert behind.ask("HEAD", link).headers["content-length"] == str(len(PDF))
    assert downloads(behind) == []
    said = behind.ask("GET", link)
    assert (said.status, said.body == PDF, said.headers["content-type"]) == (200, True, "application/pdf")
    assert said.headers["content-disposition"] == (
        f"attachment; filename=\"____2026.pdf\"; filename*=UTF-8''{quote('白皮书 2026.pdf')}"
    )
    assert said.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in said.headers["content-security-policy"]
    for _ in range(3):
        assert behind.ask("GET", link).status == 200
    media = form.draft.download.media if form.draft.download else 0
    told = {"form": form.id, "file": media, "name": "白皮书 2026.pdf", "submission": submitted.id.hex()}
    assert downloads(behind) == [told]
    behind.run()
    (event,) = [one for one in behind.shop.counted() if one.name == "file.downloaded"]
    assert [(one.kind, one.value) for one in event.claims] == [("email", "one@example.com")]


def test_a_part_is_sent_when_a_part_is_asked_for(behind: Backroom) -> None:
    link = fetch(behind, offering(behind))
    size = len(PDF)
    for asked, status, body, place in (
        ("bytes=0-9", 206, PDF[:10], f"bytes 0-9/{size}"),
        (f"bytes={size - 5}-", 206, PDF[-5:], f"bytes {size - 5}-{size - 1}/{size}"),
        ("bytes=-7", 206, PDF[-7:], f"bytes {size - 7}-{size - 1}/{size}"),
        (f"bytes=300000-{size + 9}", 206, PDF[300_000:], f"bytes 300000-{size - 1}/{size}"),
        (f"bytes={size}-", 416, b"", f"bytes */{size}"),
        ("bytes=0-1,5-6", 200, PDF, None),
        ("bytes=-", 200, PDF, None),
        ("lines=1-2", 200, PDF, None),
    ):
        said = behind.ask("GET", link, Range=asked)
        assert (said.status, said.body == body, said.headers.get("content-range")) == (status, True, place), asked
    tag = behind.ask("HEAD", link).headers["etag"]
    assert behind.ask("GET", link, **{"Range": "bytes=0-9", "If-Range": tag}).status == 206
    assert behind.ask("GET", link, **{"Range": "bytes=0-9", "If-Range": '"x"'}).status == 200
    assert len(downloads(behind)) == 1


def test_after_a_double_opt_in_the_file_waits_for_the_confirmation(behind: Backroom) -> None:
    form = offering(behind, double_opt_in=OPT_IN)
    said = fill_in(behind, form, email="one@example.com")
    assert "/file?" not in behind.ask("GET", said.headers["location"]).body.decode()
    (mail,) = behind.mail()
    link = offered(press(behind, mail.link))
    assert behind.ask("GET", link).body == PDF
    assert len(downloads(behind)) == 1
    as_confirmation = link.replace("/file?", "/confirm?")
    assert behind.ask("GET", as_confirmation).status == 404
    assert behind.ask("GET", mail.link.replace("/confirm?", "/file?")).status == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_link_that_is_over_says_so_and_how_to_get_another(behind: Backroom, language: str) -> None:
    form = offering(behind)
    held = Pass(form.address, "0" * 32)
    old = write(behind.secret, Purpose.DOWNLOAD, held, int(time.time()) - 1)
    said = behind.ask("GET", f"/f/{form.address}/file?{PARAMETER}={old}&lang={language}")
    text = said.body.decode()
    assert (said.status, f'href="/f/{form.address}?lang={language}"' in text) == (410, True)
    assert ("此链接已过期" in text) == (language == "zh")
    for forged in ("", old[:-1] + "x", write(b"other", Purpose.DOWNLOAD, held, 2**33)):
        assert behind.ask("GET", f"/f/{form.address}/file?{PARAMETER}={forged}").status == 404
        thanks = behind.ask("GET", f"/f/{form.address}/thanks?{PARAMETER}={forged}")
        assert (thanks.status, b"/file?" in thanks.body) == (200, False)
        assert thanks.headers["referrer-policy"] == "no-referrer"
    assert behind.ask("POST", f"/f/{form.address}/file?{PARAMETER}={old}", b"").status == 405
    assert behind.shop.accepted() == []


def test_a_file_that_is_gone_is_said_to_be_and_one_of_another_form_is_not_given(behind: Backroom) -> None:
    form, other = offering(behind), offering(behind, "other.pdf", PDF + b"x")
    link = fetch(behind, form)
    assert behind.ask("GET", link.replace(form.address, other.address)).status == 404
    for path in (behind.shop.edge.environment.home / "media" / str(behind.workspace)).glob("??/*"):
        path.unlink()
    assert behind.ask("GET", link).status == 410
    assert downloads(behind) == []


def test_what_is_not_what_it_says_is_not_offered(behind: Backroom) -> None:
    made = actions.create_form(behind.workspace, "Guide", definition_of(NAME), system_clock())
    for name, data in (("a.pdf", b"MZ\x90"), ("a.png", PDF), ("a.html", b"<html>"), ("a.svg", b"<svg/>")):
        with pytest.raises(Refused):
            actions.put_download(behind.workspace, made.id, name, io.BytesIO(data), system_clock())
    changed = definition_of(NAME, download={"media": 999_999})
    actions.change_form(behind.workspace, made.id, "Guide", changed, system_clock())
    with pytest.raises(Refused) as refused:
        actions.publish_form(behind.workspace, made.id, system_clock())
    assert refused.value.code == "media.unknown"


def test_a_machine_that_follows_the_link_is_marked(behind: Backroom) -> None:
    link = fetch(behind, offering(behind))
    behind.shop.edge.ask("GET", link, headers=BROWSER | {"User-Agent": "Slackbot-LinkExpanding 1.0"})
    (event,) = [one for one in behind.shop.counted() if one.name == "file.downloaded"]
    assert event.machine
