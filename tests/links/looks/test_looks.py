"""Saved looks: kept by name, one of them the usual one, and only such as a scanner reads."""

import pytest
from msgspec.structs import replace
from tests.links.codes.reading import logo

from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.media.models import MediaFile
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused
from lianyi.links.codes.drawing import checked
from lianyi.links.looks.actions import MOST, delete_look, keep_logo, save_look
from lianyi.links.looks.models import SavedLook
from lianyi.links.looks.queries import chosen_look, drawn, look_named, look_of, looks, usual_look
from lianyi.links.looks.schemas import PLAIN, LookDraft

pytestmark = pytest.mark.django_db

BRAND = LookDraft(name="Brand", dark="#1a3a8f", correction="H", shape="rounded", form="4x10", paper="a5", size=15.0)


@pytest.fixture
def brand() -> int:
    return Workspace.objects.create(slug="brand", name="Brand").pk


def test_a_look_is_kept_by_its_name_and_replaced(brand: int) -> None:
    picture = keep_logo(brand, "logo.png", logo())
    draft = replace(BRAND, form="2x4", paper="a4", size=0.0, logo=picture.id, caption="  {name}\u202e \n扫码领取 \n\n")
    first = save_look(brand, draft)
    assert first.draft == replace(draft, caption="{name}\n扫码领取")
    assert drawn(brand, first.draft).logo == logo()
    again = save_look(brand, replace(draft, dark="#000000", logo=None))
    assert (again.id, again.draft.dark, again.draft.logo) == (first.id, "#000000", None)
    assert looks(brand) == [again] == [look_named(brand, "Brand")] == [look_of(brand, first.id)]
    assert AuditLine.objects.filter(workspace=brand, action="look.saved").count() == 2


def test_one_is_the_usual_one_and_without_it_codes_are_black_on_white(brand: int) -> None:
    assert usual_look(brand) == PLAIN
    first = save_look(brand, LookDraft(name="A", usual=True))
    second = save_look(brand, LookDraft(name="B", dark="#1a3a8f", usual=True))
    assert [one.draft.name for one in looks(brand)] == ["B", "A"]
    assert usual_look(brand) == second.draft == chosen_look(brand, None)
    assert chosen_look(brand, first.id) == replace(first.draft, usual=False)
    assert chosen_look(brand, 0) == PLAIN
    renamed = save_look(brand, LookDraft(name="C"), second.id)
    assert (renamed.id, usual_look(brand)) == (second.id, PLAIN)
    delete_look(brand, second.id)
    assert [one.draft.name for one in looks(brand)] == ["A"]


def test_the_same_logo_is_kept_once(brand: int) -> None:
    assert keep_logo(brand, "a.png", logo()).id == keep_logo(brand, "b.png", logo()).id
    assert MediaFile.objects.filter(workspace=brand).count() == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("logo.png", b"", "code.logo"),
        ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "code.logo"),
        ("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "code.logo"),
        ("logo.png", b"PK\x03\x04" + b"\0" * 40, "code.logo"),
        ("logo.png", b"x" * 5_000_001, "code.logo"),
        ("logo.jpg", logo(), "media.misnamed"),
        ("", logo(), "media.name"),
    ],
)
def test_a_logo_that_is_not_what_it_says_is_refused(brand: int, name: str, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        keep_logo(brand, name, content)
    assert refused.value.code == code
    assert MediaFile.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "look.name"),
        ({"name": "n" * 201}, "link.text"),
        ({"dark": "#ffd400"}, "code.contrast"),
        ({"dark": "red"}, "code.colour"),
        ({"quiet": 3}, "code.quiet"),
        ({"shape": "hearts"}, "look.word"),
        ({"correction": "Z"}, "look.word"),
        ({"paper": "b5"}, "look.word"),
        ({"form": "40x1"}, "sheet.form"),
        ({"size": 90.0}, "sheet.size"),
        ({"caption": "a\nb\nc\nd"}, "look.caption"),
        ({"caption": "c" * 201}, "look.caption"),
        ({"logo": 987654321}, "media.unknown"),
    ],
)
def test_a_look_that_is_none_is_refused_and_nothing_changes(brand: int, change: dict[str, object], code: str) -> None:
    kept = save_look(brand, replace(BRAND, form="3x8", paper="a4", size=0.0, usual=True))
    with pytest.raises(Refused) as refused:
        save_look(brand, replace(kept.draft, **change), kept.id)
    assert refused.value.code == code
    assert looks(brand) == [kept]


def test_a_logo_needs_a_correction_that_bears_it_and_a_person_s_file_is_none(brand: int) -> None:
    picture = keep_logo(brand, "logo.png", logo())
    with pytest.raises(Refused) as refused:
        save_look(brand, LookDraft(name="A", logo=picture.id, correction="M"))
    assert refused.value.code == "code.logo_correction"
    MediaFile.objects.filter(pk=picture.id).update(person=7)
    with pytest.raises(Refused) as refused:
        save_look(brand, LookDraft(name="A", logo=picture.id, correction="H"))
    assert refused.value.code == "media.unknown"
    assert looks(brand) == []


def test_another_workspace_has_none_of_them(brand: int) -> None:
    kept = save_look(brand, LookDraft(name="A", usual=True))
    other = Workspace.objects.create(slug="other", name="Other").pk
    picture = keep_logo(brand, "logo.png", logo())
    assert (looks(other), usual_look(other)) == ([], PLAIN)
    for act in (
        lambda: look_of(other, kept.id),
        lambda: save_look(other, LookDraft(name="B"), kept.id),
        lambda: delete_look(other, kept.id),
        lambda: save_look(other, LookDraft(name="B", correction="H", logo=picture.id)),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code in ("look.unknown", "media.unknown")
    assert looks(brand) == [kept]


def test_names_are_one_look_s_and_there_is_an_end_of_them(brand: int) -> None:
    first, second = (save_look(brand, LookDraft(name=name)) for name in "AB")
    with pytest.raises(Refused) as refused:
        save_look(brand, LookDraft(name="A"), second.id)
    assert refused.value.code == "look.taken"
    rows = [SavedLook.objects.get(pk=first.id) for _ in range(MOST - 2)]
    for place, row in enumerate(rows):
        row.pk, row.name = None, f"n{place}"
    SavedLook.objects.bulk_create(rows)
    with pytest.raises(Refused) as refused:
        save_look(brand, LookDraft(name="One more"))
    assert refused.value.code == "look.many"
    assert save_look(brand, LookDraft(name="A", dark="#111111")).id == first.id
    assert checked("https://a.example/", drawn(brand, look_of(brand, first.id).draft)).side == 25
