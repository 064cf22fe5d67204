"""What was sent by a form: the list, its filter and pages, the chart, and the files."""

import dataclasses
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from pytest_django import Settings
from tests.api.conftest import NewBrand
from tests.growth.forms.making import NAME, definition_of
from tests.web.conftest import Brand
from tests.web.forms.filling import drafted, published, send

from lianyi.events.intake.own import OwnEvent
from lianyi.events.log.actions import record_own
from lianyi.foundation.audit.models import AuditLine
from lianyi.growth.forms.actions import change_form, create_form, publish_form
from lianyi.growth.forms.beginnings import begun
from lianyi.growth.forms.handing import fresh_id
from lianyi.kernel.clock import HOUR, system_clock, to_micros

pytestmark = pytest.mark.django_db(transaction=True)
CARD = {"kind": "file", "key": "card", "label": {"zh": "名片"}}


def test_submissions_show_people_answers_wordings_and_sources(brand: Brand) -> None:
    form, client = published(brand), brand.visitor()
    place = f"/forms/{form.id}/submissions"
    assert b"Nothing was sent yet." in client.get(place).content
    send(brand, form, name="访客一", phone="13800138000", city="<b>上海", agree="yes", page="offer")
    send(brand, form, name="访客二", phone="13800138001")
    brand.project()
    change_form(brand.workspace.pk, form.id, "Trial", begun("contact"), system_clock())
    publish_form(brand.workspace.pk, form.id, system_clock())
    page = client.get(place).content.decode()
    assert page.index("访客二") < page.index("访客一")  # the newest first
    assert page.count('class="person-chip"') == 2
    assert "&lt;b&gt;上海" in page
    assert page.count("我同意通过短信接收活动与产品信息，可随时退订。") == 2  # the wording of the version that they saw
    assert (page.count(">Agreed<"), page.count(">Not agreed<")) == (1, 1)
    assert "WeChat</span> · spring · <code" in page
    assert "2 submissions in this period" in page
    found = client.get(f"{place}?q=访客一").content.decode()
    assert ("访客一" in found, "13800138001" in found) == (True, False)
    assert "No submission is like that." in client.get(f"{place}?until=2020-01-01").content.decode()
    assert client.get(f"{place}?since=nonsense&after=1.x&until=9999-12-31").status_code == 200


def test_whoever_came_by_a_code_before_is_shown_with_it(brand: Brand) -> None:
    form, client = published(brand), brand.visitor()
    who = [("phone", "", "+8613800138000", True)]
    came_at = to_micros(system_clock()) - HOUR
    source = ("offline", "poster", "fair", "hall-3")
    record_own(brand.workspace.pk, [OwnEvent(fresh_id(), "code.scanned", came_at, who, source=source)])
    send(brand, form, source=None, name="访客一", phone="13800138000")
    send(brand, form, source=None, name="访客二", phone="13800138001")
    brand.project()
    page = client.get(f"/forms/{form.id}/submissions").content.decode()
    assert (page.count("Offline</span> · fair · <code"), page.count("<span>Unknown</span>")) == (1, 1)
    assert page.count(">came on ") == 1
    csv = client.post(f"/forms/{form.id}/submissions/export")
    lines = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.rsplit(",", 4)[1:] for line in lines[1:]] == [["", "", "", ""], ["offline", "fair", "hall-3", ""]]


def test_members_fetch_the_file_that_came_along(
    brand: Brand, new_brand: NewBrand, settings: Settings, tmp_path: Path
) -> None:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, home=tmp_path)
    draft = create_form(brand.workspace.pk, "Cards", definition_of(NAME, CARD), system_clock())
    form, client = publish_form(brand.workspace.pk, draft.id, system_clock()), brand.visitor()
    send(brand, form, name="访客一", card=b"%PDF-1.7\n<b>")
    brand.project()
    page = client.get(f"/forms/{form.id}/submissions").content.decode()
    place = page.partition('<a class="link" href="')[2].partition('"')[0]
    assert (place.startswith(f"/forms/{form.id}/submissions/"), place.endswith("/files/card")) == (True, True)
    assert (">名片.pdf</a>" in page, "12\xa0bytes" in page) == (True, True)
    answer = client.get(place)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\n<b>"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('名片.pdf')}"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    lines = AuditLine.objects.filter(workspace=brand.workspace.pk, action="form.file_fetched")
    told = {"form": form.id, "submission": place.split("/")[4], "field": "card"}
    assert [line.detail for line in lines] == [told]
    for wrong in (place[:-4] + "name", place.replace("/submissions/", "/submissions/0"), f"/forms/0{place[7:]}1"):
        assert client.get(wrong).status_code == 404
    assert new_brand().visitor().get(place).status_code == 404
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.unlink()
    gone = client.get(place, follow=True)
    assert (gone.redirect_chain, "The file 名片.pdf is not there any more." in gone.content.decode()) == (
        [(f"/forms/{form.id}/submissions", 302)],
        True,
    )
    assert lines.count() == 1


def test_a_page_ends_where_the_next_begins(brand: Brand) -> None:
    form, client = published(brand, "contact"), brand.visitor()
    for number in range(53):
        send(brand, form, days_ago=number % 3, name=f"N{number}", by="phone", phone="13800138000", question="?")
    brand.project()
    place = f"/forms/{form.id}/submissions"
    page = client.get(place).content.decode()
    further = page.partition(f"{place}?after=")[2].partition('"')[0]
    rest = client.get(f"{place}?after={further}", headers={"hx-target": "more"}).content.decode()
    shown = [part.partition("<")[0] for text in (page, rest) for part in text.split('wrap-anywhere">N')[1:]]
    assert (sorted(map(int, shown)), page.count('wrap-anywhere">N')) == (list(range(53)), 50)
    assert "53 submissions in this period" in page


def test_files_compute_nothing_and_are_written_down(brand: Brand) -> None:
    form, client = published(brand), brand.visitor()
    send(brand, form, name='=HYPERLINK("http://x")', phone="13800138000", city="+1", agree="yes")
    send(brand, form, name="访客二", phone="13800138001")
    brand.project()
    place = f"/forms/{form.id}/submissions/export"
    csv = client.post(place, {"q": "HYPERLINK"})
    lines = b"".join(csv.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("at,person,version,language,answer:name,answer:phone,")
    assert len(lines) == 2
    assert """ "'=HYPERLINK(""http://x"")",'+8613800138000,'+1,""" in f" {lines[1].partition('zh,')[2]}"
    xlsx = client.post(place, {"form": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(b"".join(xlsx.streaming_content))).active  # type: ignore[attr-defined]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[4] for row in rows] == ["answer:name", "访客二", '\'=HYPERLINK("http://x")']
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert AuditLine.objects.filter(workspace=brand.workspace.pk, action="form.exported").count() == 2


def test_a_name_that_no_sheet_may_have_is_written(brand: Brand) -> None:
    form = drafted(brand, name="A/B [test]: what?")
    answer = brand.visitor().post(f"/forms/{form.id}/submissions/export", {"form": "xlsx"})
    book = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book.sheetnames == ["AB test what"]
