"""Sheets as long work: a few at once, many by the worker, whole or not at all, and gone after some days."""

import os
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from django.conf import settings
from PIL import Image
from tests.links.codes.reading import logo, pages, words

from lianyi.campaigns.campaigns.models import Campaign
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.media.models import MediaFile
from lianyi.foundation.pieces import Lost
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.links.looks.actions import keep_logo
from lianyi.links.looks.schemas import PLAIN, LookDraft
from lianyi.links.models import ShortLink
from lianyi.links.printing import Chosen
from lianyi.links.sheets import keeping
from lianyi.links.sheets.actions import AT_ONCE, MOST_RUNNING, ask_sheet, delete_sheet, stop_sheet
from lianyi.links.sheets.forgetting import sweep
from lianyi.links.sheets.models import CodeSheet
from lianyi.links.sheets.queries import file_of, sheet_of, sheets
from lianyi.links.sheets.running import PIECES
from lianyi.links.sheets.schemas import KEPT_FOR, ROWS_KEPT_FOR, STEPS, SheetLine

pytestmark = pytest.mark.django_db
HOME = "https://lianyi.example"
ALL = Chosen()


@pytest.fixture
def brand() -> int:
    return Workspace.objects.create(slug="brand", name="Brand").pk


def codes(brand: int, count: int, **more: object) -> list[int]:
    said = {"workspace": brand, "kind": "code", "target": "https://a.example/", "created_at": 1, **more}
    prefix = more.get("holder_kind", "k")
    rows = [ShortLink(**said, slug=f"{prefix}{n}", code=f"c{n}", name=f"展位 {n}") for n in range(count)]
    return [row.pk for row in ShortLink.objects.bulk_create(rows)]


def asked(brand: int, chosen: Chosen = ALL, look: LookDraft = PLAIN) -> SheetLine:
    return ask_sheet(brand, chosen, look, system_clock(), installation=HOME, title="Brand")


def left(brand: int) -> list[str]:
    """The files of the workspace."""
    return sorted(path.name for path in Path(settings.ENVIRONMENT.home, "sheets", str(brand)).glob("*"))


def test_a_few_are_printed_at_once_in_the_look_that_is_asked_for(brand: int, tmp_path: Path) -> None:
    codes(brand, 3, holder="店员一")
    picture = keep_logo(brand, "logo.png", logo())
    look = LookDraft(
        dark="#1a3a8f", correction="H", logo=picture.id, caption="扫码领取 {name}\n{holder}", form="2x2", paper="a5"
    )
    made = asked(brand, look=look)
    assert (made.state, made.codes, made.pages, made.there) == ("done", 3, 1, True)
    document = file_of(brand, made.id).read_bytes()
    assert made.size == len(document)
    (page,) = pages(document, tmp_path, dots=200)
    found = {one.text for one in zxingcpp.read_barcodes(Image.open(page).convert("L"))}
    assert found == {f"{HOME}/l/k{n}" for n in range(3)}
    said = words(document, tmp_path)
    assert "扫码领取 展位 0" in said
    assert said.count("店员一") == 3
    assert "lianyi.example" not in said
    assert AuditLine.objects.filter(workspace=brand, action="sheet.asked").count() == 1


def test_codes_are_chosen_by_campaign_holder_and_number(brand: int) -> None:
    spring = Campaign.objects.create(workspace=brand, key="spring", name="Spring", created_at=1)
    codes(brand, 2, campaign=spring)
    numbers = codes(brand, 3, holder_kind="staff", holder="店员一")
    other = Workspace.objects.create(slug="other", name="Other").pk
    (theirs,) = codes(other, 1, holder_kind="shop")
    chosen = [
        Chosen("spring"),
        Chosen(holder_kind="staff"),
        Chosen(holder="店员一"),
        Chosen(links=(numbers[1], theirs)),
        ALL,
    ]
    assert [asked(brand, one).codes for one in chosen] == [2, 3, 3, 1, 5]
    with pytest.raises(Refused) as refused:
        asked(brand, Chosen(links=(theirs,)))
    assert refused.value.code == "sheet.many"


def test_many_are_printed_by_the_worker_with_progress(brand: int, tmp_path: Path) -> None:
    codes(brand, AT_ONCE + 1)
    made = asked(brand)
    assert (made.state, made.waits, made.there, left(brand)) == ("running", True, False, [])
    with pytest.raises(Refused) as refused:
        file_of(brand, made.id)
    assert refused.value.code == "sheet.no_file"
    assert PIECES.claim("one") == made.id
    PIECES.run(made.id, "one", system_clock)
    done = sheet_of(brand, made.id)
    assert (done.state, done.step, done.codes, done.pages, done.there) == ("done", STEPS, 201, 9, True)
    document = file_of(brand, made.id).read_bytes()
    assert done.size == len(document)
    found = Counter(
        one.text
        for page in pages(document, tmp_path, dots=150)
        for one in zxingcpp.read_barcodes(Image.open(page).convert("L"))
    )
    assert found == Counter(f"{HOME}/l/k{n}" for n in range(AT_ONCE + 1))


def test_what_somebody_else_has_by_now_writes_nothing(brand: int) -> None:
    codes(brand, AT_ONCE + 1)
    made = asked(brand)
    assert PIECES.claim("one") == made.id
    CodeSheet.objects.filter(pk=made.id).update(claimed_by="two")
    PIECES.run(made.id, "one", system_clock)
    assert sheet_of(brand, made.id).there is False
    assert left(brand) == []
    PIECES.run(made.id, "two", system_clock)
    assert sheet_of(brand, made.id).there is True
    assert len(left(brand)) == 1


def test_a_sheet_is_stopped_and_nothing_of_it_stays(brand: int) -> None:
    codes(brand, AT_ONCE + 1)
    made = asked(brand)
    assert stop_sheet(brand, made.id, system_clock()).state == "stopped"
    second = asked(brand)
    assert PIECES.claim("one") == second.id
    assert stop_sheet(brand, second.id, system_clock()).stopping is True
    with pytest.raises(Lost):
        PIECES.step(second.id, "one")
    with pytest.raises(Refused) as refused:
        delete_sheet(brand, second.id)
    assert refused.value.code == "sheet.runs"
    PIECES.run(second.id, "one", system_clock)
    PIECES.settle(second.id, "one", system_clock)
    assert sheet_of(brand, second.id).state == "stopped"
    assert left(brand) == []


def test_what_cannot_be_printed_says_why(brand: int) -> None:
    codes(brand, AT_ONCE + 1)
    picture = keep_logo(brand, "logo.png", logo())
    made = asked(brand, look=LookDraft(logo=picture.id, correction="H"))
    row = CodeSheet.objects.get(pk=made.id)
    row.look = {**row.look, "logo": picture.id + 1}
    row.save()
    assert PIECES.claim("one") == made.id
    PIECES.run(made.id, "one", system_clock)
    failed = sheet_of(brand, made.id)
    assert failed.state == "failed"
    assert failed.problem is not None
    assert failed.problem.code == "media.unknown"
    assert left(brand) == []


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (LookDraft(dark="#ffd400"), "code.contrast"),
        (LookDraft(form="10x20"), "sheet.size"),
        (LookDraft(logo=987654321, correction="H"), "media.unknown"),
    ],
)
def test_a_look_that_nobody_could_scan_is_refused_before_anything_is_asked(
    brand: int, look: LookDraft, code: str
) -> None:
    codes(brand, 1)
    with pytest.raises(Refused) as refused:
        asked(brand, look=look)
    assert refused.value.code == code
    assert sheets(brand, 10) == []
    assert left(brand) == []


def test_there_is_an_end_of_what_waits(brand: int) -> None:
    codes(brand, AT_ONCE + 1)
    for _ in range(MOST_RUNNING):
        asked(brand)
    with pytest.raises(Refused) as refused:
        asked(brand)
    assert refused.value.code == "sheet.waiting"
    assert len(sheets(brand, 100)) == MOST_RUNNING


def test_a_sheet_is_removed_with_its_file_and_is_nobody_else_s(brand: int) -> None:
    codes(brand, 1)
    first, second = asked(brand), asked(brand)
    other = Workspace.objects.create(slug="other", name="Other").pk
    for act in (
        lambda: sheet_of(other, first.id),
        lambda: file_of(other, first.id),
        lambda: delete_sheet(other, first.id),
        lambda: stop_sheet(other, first.id, system_clock()),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "sheet.unknown"
    delete_sheet(brand, first.id)
    assert [one.id for one in sheets(brand, 10)] == [second.id]
    assert len(left(brand)) == 1


def test_files_go_after_some_days_and_so_does_what_died(brand: int) -> None:
    codes(brand, AT_ONCE + 1)
    kept, running = asked(brand, Chosen(links=tuple(row.pk for row in ShortLink.objects.all()[:1]))), asked(brand)
    part, file = keeping.new_part(brand)
    file.close()
    now = system_clock()
    assert sweep(now) == 0
    assert len(left(brand)) == 2
    os.utime(part, (time.time() - 7200,) * 2)
    for path in left(brand):
        os.utime(part.parent / path, (time.time() - 7200,) * 2)
    assert sweep(now + timedelta(seconds=KEPT_FOR - 60)) == 1
    assert sheet_of(brand, kept.id).there is True
    assert sweep(now + timedelta(seconds=KEPT_FOR + 60)) == 1
    assert (sheet_of(brand, kept.id).state, sheet_of(brand, kept.id).there, left(brand)) == ("done", False, [])
    sweep(now + timedelta(seconds=ROWS_KEPT_FOR + 60))
    assert [one.id for one in sheets(brand, 10)] == [running.id]


def test_a_file_of_a_person_is_no_logo_of_a_look_that_is_not_saved_either(brand: int) -> None:
    codes(brand, 1)
    picture = keep_logo(brand, "logo.png", logo())
    MediaFile.objects.filter(pk=picture.id).update(person=7)
    with pytest.raises(Refused) as refused:
        asked(brand, look=LookDraft(logo=picture.id, correction="H"))
    assert refused.value.code == "media.unknown"
    assert left(brand) == []
