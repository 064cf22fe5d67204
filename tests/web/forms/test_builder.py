"""The builder of forms, as a browser without scripts uses it."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, PHONE, definition_of, definitions, object_of
from tests.web.conftest import Brand
from tests.web.forms.filling import drafted, fields_of, published

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.media.actions import put
from lianyi.foundation.media.queries import newest
from lianyi.foundation.media.sniffing import PDF, WITH_ARCHIVES
from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link
from lianyi.growth.forms.actions import change_form, create_form
from lianyi.growth.forms.definitions import read_object
from lianyi.growth.forms.queries import form_of, forms
from lianyi.growth.forms.schemas import Download, Progressive
from lianyi.kernel.clock import system_clock

pytestmark = pytest.mark.django_db(transaction=True)
EVERYTHING = object_of(
    {**NAME, "most": 40, "help": {"zh": "与证件一致", "en": "As in your passport"}},
    {"kind": "long_text", "key": "wish", "label": {"zh": "想法"}, "most": 500},
    {**EMAIL, "maps_to": "trait:work_email"},
    {**PHONE, "required": True},
    {"kind": "number", "key": "guests", "label": {"zh": "人数"}, "least": "1", "most": "10", "whole": True},
    {"kind": "date", "key": "day", "label": {"zh": "日期"}, "first": "2026-01-01", "last": "2026-12-31"},
    {**CITY, "options": [{"value": "上海", "label": {"en": "Shanghai"}}, {"value": "a|b", "label": {"zh": "甲|乙"}}]},
    {
        "kind": "choices",
        "key": "tastes",
        "label": {"zh": "口味"},
        "options": [{"value": "x"}, {"value": "y"}],
        "most": 1,
    },
    {**CONSENT, "when": {"field": "city", "values": ["上海"]}, "required": True},
    {"kind": "hidden", "key": "shop", "parameter": "shop", "value": "1"},
    {"kind": "file", "key": "card", "label": {"zh": "名片"}, "most_bytes": 2_500_000, "documents": False},
    intro={"zh": "第一行\n第二行"},
    button={"en": "Go"},
    language="en",
    campaign="spring",
    thanks={"text": {"zh": "谢谢"}, "address": "https://shop.example/thanks"},
    guard={"quickest": 0, "work": 18},
    double_opt_in={"field": "email", "subject": {"zh": "请确认"}, "text": {"en": "Please confirm"}, "days": 7},
    download={"media": 3, "hours": 12},
    progressive={"fields": ["name", "city"]},
    shared=True,
)


def test_a_form_is_made_from_a_template(brand: Brand) -> None:
    client = brand.visitor()
    assert b"No form yet." in client.get("/forms").content
    assert client.get("/forms/new").content.count(b'name="template"') == 5
    made = client.post("/forms/new", {"name": "Fair <1>", "template": "gathering"})
    (line,) = forms(brand.workspace.pk, 10)
    assert (made["Location"], line.name, line.state.value) == (f"/forms/{line.id}", "Fair <1>", "draft")
    assert b"Fair &lt;1&gt;" in client.get("/forms").content
    assert b"No form is like that." in client.get("/forms?q=other").content
    wrong = client.post("/forms/new", {"name": " ", "template": "gathering"})
    assert (wrong.status_code, b"A form needs a name" in wrong.content) == (422, True)
    assert client.post("/forms/new", {"name": "x", "template": "none"}).status_code == 422
    assert len(forms(brand.workspace.pk, 10)) == 1


def test_what_is_not_touched_stays_as_it_is(brand: Brand) -> None:
    """Whatever a definition holds survives the builder."""
    definition = read_object({**EVERYTHING, "notify": [brand.owner.pk]})
    one = create_form(brand.workspace.pk, "All", definition, system_clock())
    client = brand.visitor()
    saved = client.post(f"/forms/{one.id}/change", {**fields_of(client.get(f"/forms/{one.id}").content), "do": "save"})
    assert (saved.status_code, form_of(brand.workspace.pk, one.id).draft) == (302, definition)


@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_form_is_it_comes_out_of_the_builder_as_it_went_in(brand: Brand, data: st.DataObject) -> None:
    workspace = brand.workspace.pk
    file = put(workspace, "guide.pdf", io.BytesIO(b"%PDF-1.7\n"), types=WITH_ARCHIVES)
    definition = data.draw(definitions((brand.owner.pk, 2_000_000), file.id))
    one = (forms(workspace, 1) or [drafted(brand)])[0]
    change_form(workspace, one.id, "All", definition, system_clock())
    client = brand.visitor()
    said = fields_of(client.get(f"/forms/{one.id}").content)
    again = client.post(f"/forms/{one.id}/change", {**said, "do": "add", "kind": "text"})
    number = len(definition.fields)
    again = client.post(f"/forms/{one.id}/change", {**fields_of(again.content), "do": f"remove.{number}"})
    saved = client.post(f"/forms/{one.id}/change", {**fields_of(again.content), "do": "save"})
    assert (saved.status_code, form_of(workspace, one.id).draft) == (302, definition)


def test_a_form_of_sixty_fields_is_saved(brand: Brand) -> None:
    words = {"zh": "甲", "en": "a"}
    fields = [
        {
            "kind": "choices", "key": f"k{number}", "label": words, "help": words, "required": True,
            "maps_to": f"trait:t{number}", "options": [{"value": "x"}, {"value": "y"}], "least": 1, "most": 2,
            **({"when": {"field": "k0", "values": ["x"]}} if number else {}),
        }
        for number in range(60)
    ]  # fmt: skip
    asked = [field["key"] for field in fields]
    definition = read_object(object_of(*fields, progressive={"fields": asked, "at_once": 10}))
    one = create_form(brand.workspace.pk, "Long", definition, system_clock())
    client = brand.visitor()
    said = fields_of(client.get(f"/forms/{one.id}").content)
    assert client.post(f"/forms/{one.id}/change", {**said, "do": "save"}).status_code == 302
    assert form_of(brand.workspace.pk, one.id).draft == definition


def test_a_file_to_download_is_given_chosen_and_left_out(brand: Brand) -> None:
    one, client = drafted(brand), brand.visitor()
    place = f"/forms/{one.id}/change"
    said = fields_of(client.get(f"/forms/{one.id}").content)
    wrong = SimpleUploadedFile("guide.pdf", b"<script>")
    page = client.post(place, {**said, "download_file": wrong, "title_zh": ["新"], "do": "save"})
    assert (page.status_code, list(errors(page.content))) == (422, ["download_file"])
    wrong = SimpleUploadedFile("guide.pdf", b"<script>")
    page = client.post(place, {**said, "download_file": wrong, "do": "add", "kind": "text"})
    assert (page.status_code, list(errors(page.content))) == (200, ["download_file"])
    assert form_of(brand.workspace.pk, one.id) == one
    file = SimpleUploadedFile("guide.pdf", b"%PDF-1.7\n")
    page = client.post(place, {**said, "download_file": file, "do": "add", "kind": "text"})
    (given,) = newest(brand.workspace.pk, [PDF.name], 9)
    assert fields_of(page.content)["download"] == [str(given.id)]
    assert form_of(brand.workspace.pk, one.id) == one  # nothing is saved by that
    said |= {"download": [str(given.id)], "offered_for": ["12"]}
    assert list(errors(client.post(place, {**said, "offered_for": ["721"], "do": "save"}).content)) == ["offered_for"]
    page = client.post(place, {**said, "do": "publish"})
    now = form_of(brand.workspace.pk, one.id)
    assert (page.status_code, now.published, now.draft.download) == (302, 1, Download(given.id, 12))
    said = fields_of(client.get(f"/forms/{one.id}").content)
    page = client.post(place, {**said, "download": ["999"], "do": "publish"})
    assert (page.status_code, list(errors(page.content))) == (422, ["download"])
    said = fields_of(client.get(f"/forms/{one.id}").content)
    assert client.post(place, {**said, "download": [""], "do": "save"}).status_code == 302
    assert form_of(brand.workspace.pk, one.id).draft.download is None


def test_fields_are_asked_by_and_by_in_their_turn(brand: Brand) -> None:
    one, client = drafted(brand, "gathering"), brand.visitor()
    place = f"/forms/{one.id}/change"
    keys = [field.key for field in one.draft.fields]
    said = fields_of(client.get(f"/forms/{one.id}").content)
    said |= {"f0-turn": ["2"], "f1-turn": ["1"], "at_once": ["2"]}
    assert client.post(place, {**said, "do": "save"}).status_code == 302
    assert form_of(brand.workspace.pk, one.id).draft.progressive == Progressive((keys[1], keys[0]), 2)
    said = fields_of(client.get(f"/forms/{one.id}").content)
    assert (said["f0-turn"], said["f1-turn"], said["at_once"]) == (["2"], ["1"], ["2"])
    page = client.post(place, {**said, "do": "remove.1"})
    assert client.post(place, {**fields_of(page.content), "do": "save"}).status_code == 302
    assert form_of(brand.workspace.pk, one.id).draft.progressive == Progressive((keys[0],), 2)


@pytest.mark.parametrize(("typed", "size"), [("2.5", 2_500_000), ("0.001", 1_000), ("20", 20_000_000), ("", None),
                                             ("21", None), ("0.0005", None), ("1e1", None), ("two", None)])  # fmt: skip
def test_the_size_of_a_file_is_told_in_megabytes(brand: Brand, typed: str, size: int | None) -> None:
    field = {"kind": "file", "key": "card", "label": {"zh": "名片"}}
    one = create_form(brand.workspace.pk, "Card", definition_of(field), system_clock())
    client = brand.visitor()
    said = fields_of(client.get(f"/forms/{one.id}").content) | {"f0-megabytes": [typed], "do": ["save"]}
    page = client.post(f"/forms/{one.id}/change", said)
    (now,) = form_of(brand.workspace.pk, one.id).draft.fields
    if size is None:
        told = "A number of megabytes from 0.001 to 20, as 2.5."
        assert (errors(page.content), now) == ({"f0-megabytes": told}, one.draft.fields[0])
    else:
        assert (page.status_code, now.most_bytes) == (302, size)
        assert fields_of(client.get(f"/forms/{one.id}").content)["f0-megabytes"] == [typed]


def test_fields_are_added_moved_edited_and_removed(brand: Brand) -> None:
    one, client = drafted(brand, "empty"), brand.visitor()
    place = f"/forms/{one.id}/change"
    page = client.get(f"/forms/{one.id}")
    for kind in ("phone", "choice", "consent", "text"):
        page = client.post(place, {**fields_of(page.content), "do": "add", "kind": kind})
    assert form_of(brand.workspace.pk, one.id).draft == one.draft  # nothing is saved by that
    assert fields_of(page.content)["row"] == ["0.phone", "1.choice", "2.consent", "3.text"]
    said = fields_of(page.content)
    said |= {"f0-label_zh": ["手机号"], "f0-required": ["yes"], "f1-label_zh": ["城市"]}
    said |= {"f1-options": ["上海 | 上海市 | Shanghai\r\n杭州\r\n\r\n"], "f1-maps": ["trait"], "f1-trait": ["city"]}
    said |= {"f2-wording_zh": ["我同意"], "f2-channel": ["sms"], "f2-purposes": ["marketing, service"]}
    said |= {"f2-when": ["choice"], "f2-values": ["上海"], "title_zh": ["预约"], "thanks_zh": ["好的"]}
    page = client.post(place, {**said, "do": "up.3"})
    assert fields_of(page.content)["row"] == ["0.phone", "1.choice", "2.text", "3.consent"]
    page = client.post(place, {**fields_of(page.content), "do": "remove.2"})
    saved = client.post(place, {**fields_of(page.content), "do": "publish"})
    assert (saved.status_code, saved["Location"]) == (302, f"/forms/{one.id}")
    now = form_of(brand.workspace.pk, one.id)
    assert (now.state.value, now.published, now.changed) == ("published", 1, False)
    assert now.draft == read_object(
        {
            "title": {"zh": "预约"},
            "fields": [
                {"kind": "phone", "key": "phone", "label": {"zh": "手机号"}, "required": True, "maps_to": "phone"},
                {
                    "kind": "choice", "key": "choice", "label": {"zh": "城市"}, "maps_to": "trait:city",
                    "options": [{"value": "上海", "label": {"zh": "上海市", "en": "Shanghai"}}, {"value": "杭州"}],
                },
                {
                    "kind": "consent", "key": "consent", "wording": {"zh": "我同意"}, "channel": "sms",
                    "purposes": ["marketing", "service"], "when": {"field": "choice", "values": ["上海"]},
                },
            ],
            "thanks": {"text": {"zh": "好的"}},
        }
    )  # fmt: skip


def test_a_field_for_a_file_is_offered_and_published(brand: Brand) -> None:
    one, client = drafted(brand, "empty"), brand.visitor()
    place = f"/forms/{one.id}/change"
    page = client.get(f"/forms/{one.id}")
    assert b'<option value="file"' in page.content
    page = client.post(place, {**fields_of(page.content), "do": "add", "kind": "file"})
    said = fields_of(page.content) | {"f0-label_zh": ["名片"], "f0-megabytes": ["2"], "title_zh": ["预约"]}
    assert client.post(place, {**said, "f0-megabytes": ["21"], "do": "publish"}).status_code == 422
    assert client.post(place, {**said, "do": "publish"}).status_code == 302
    now = form_of(brand.workspace.pk, one.id)
    field = {"kind": "file", "key": "file", "label": {"zh": "名片"}, "most_bytes": 2_000_000}
    assert (now.published, now.draft.fields) == (1, read_object(object_of(field)).fields)
    shown = client.get(f"/forms/{one.id}/preview")
    assert b'enctype="multipart/form-data"' in shown.content


def errors(page: bytes) -> dict[str, str]:
    """What is wrong, by the input at which it is said."""
    found = {}
    for part in page.decode().split('-error" class="mt-1 text-sm text-error')[:-1]:
        found[part.rpartition('<p id="')[2]] = ""
    for name in found:
        found[name] = page.decode().partition(f'id="{name}-error"')[2].partition(">")[2].partition("</p>")[0]
    return found


def test_everything_wrong_is_said_at_once_where_it_is(brand: Brand) -> None:
    one, client = drafted(brand, "gathering"), brand.visitor()
    said = fields_of(client.get(f"/forms/{one.id}").content)
    said |= {"f0-key": ["Name"], "f1-label_en": ["x" * 301], "f2-least": ["many"], "f3-options": [""]}
    said |= {"f4-when": ["guests"], "address": ["javascript:alert(1)"], "hours": ["200"], "title_zh": ["x" * 201]}
    page = client.post(f"/forms/{one.id}/change", {**said, "do": "save"})
    assert page.status_code == 422
    assert errors(page.content) == {
        "f0-key": "A key begins with a letter from a to z; at most 40 small letters, digits and _ make it up.",
        "f1-label_en": f"A text of this form has more than 300 characters: {'x' * 30}… Shorten it.",
        "f2-least": "This is no number.",
        "f3-options": "Write at least one option, at most 100, each on its own line.",
        "after": "&#x27;javascript:alert(1)&#x27; is no address of the web. Begin with https://",
        "hours": "A whole number from 1 to 168.",
        "title_zh": f"A text of this form has more than 200 characters: {'x' * 30}… Shorten it.",
    }
    assert fields_of(page.content)["f0-key"] == ["Name"]  # what was typed is still there
    assert form_of(brand.workspace.pk, one.id) == one


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"f1-key": ["name"]}, "f1-key"),
        ({"f1-key": ["ly_issue"]}, "f1-key"),
        ({"f1-maps": ["trait"], "f1-trait": [""]}, "f1-trait"),
        ({"f1-maps": ["trait"], "f1-trait": ["name"]}, "f1-trait"),
        ({"f1-maps": ["email"]}, "f1-maps"),
        ({"f2-least": ["11"]}, "f2-least"),
        ({"f3-options": ["a\nb\na"]}, "f3-options"),
        ({"f4-when": ["nothing"]}, "f4-when"),
        ({"f4-values": ["fish"]}, "f4-values"),
        ({"f4-most": ["501"]}, "f4-most"),
        ({"f4-help_zh": ["x" * 501]}, "f4-help_zh"),
        ({"name": [""]}, "name"),
        ({"intro_en": ["x" * 2001]}, "intro_zh"),
        ({"thanks_zh": ["a\x7fb"]}, "thanks_zh"),
        ({"work": ["1.5"]}, "work"),
        ({"opt_in": ["name"]}, "opt_in"),
        ({"days": ["31"]}, "days"),
        ({"at_once": ["11"]}, "at_once"),
        ({"f2-turn": ["0"]}, "f2-turn"),
        ({"f2-maps": [""], "f2-turn": ["1"]}, "f2-turn"),
    ],
)
def test_each_mistake_has_its_place(brand: Brand, typed: dict[str, list[str]], place: str) -> None:
    one, client = drafted(brand, "gathering"), brand.visitor()
    said = fields_of(client.get(f"/forms/{one.id}").content)
    page = client.post(f"/forms/{one.id}/change", {**said, **typed, "do": "save"})
    assert (page.status_code, list(errors(page.content))) == (422, [place])
    assert form_of(brand.workspace.pk, one.id) == one


def test_what_nobody_could_fill_in_is_kept_as_a_draft(brand: Brand) -> None:
    one, client = drafted(brand, "empty"), brand.visitor()
    said = {**fields_of(client.get(f"/forms/{one.id}").content), "title_zh": ["预约"], "do": "publish"}
    page = client.post(f"/forms/{one.id}/change", said)
    assert (page.status_code, b"The form asks nothing. Add a field." in page.content) == (422, True)
    now = form_of(brand.workspace.pk, one.id)
    assert (now.draft.title.zh, now.state.value) == ("预约", "draft")
    page = client.post(f"/forms/{one.id}/change", {**fields_of(page.content), "do": "add", "kind": "consent"})
    page = client.post(f"/forms/{one.id}/change", {**fields_of(page.content), "do": "publish"})
    assert (page.status_code, list(errors(page.content))) == (422, ["f0-wording_zh"])


def test_nobody_writes_over_what_somebody_else_changed(brand: Brand) -> None:
    one, client = drafted(brand), brand.visitor()
    said = {**fields_of(client.get(f"/forms/{one.id}").content), "name": ["Mine"], "do": "save"}
    theirs = change_form(brand.workspace.pk, one.id, "Theirs", one.draft, system_clock())
    page = client.post(f"/forms/{one.id}/change", said)
    assert (page.status_code, b"Somebody else has changed this form meanwhile." in page.content) == (422, True)
    assert form_of(brand.workspace.pk, one.id) == theirs


def test_the_preview_shows_what_is_typed_and_can_send_nothing(brand: Brand) -> None:
    one, client = drafted(brand), brand.visitor()
    said = {**fields_of(client.get(f"/forms/{one.id}").content), "title_en": ["<b>Bold"]}
    shown = client.post(f"/forms/{one.id}/preview", {**said, "preview_language": "en"})
    assert "<h1>&lt;b&gt;Bold</h1>" in shown.content.decode()
    assert "form-action 'self'; frame-ancestors" not in shown["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "预约试用" in client.get(f"/forms/{one.id}/preview?preview_language=zh").content.decode()
    wrong = client.post(f"/forms/{one.id}/preview", {**said, "f0-key": ["Name"]})
    assert (wrong.status_code, b"This is no form" in wrong.content) == (200, True)
    assert b'sandbox="allow-scripts"' in client.get(f"/forms/{one.id}").content
    assert form_of(brand.workspace.pk, one.id) == one


def test_versions_stay_and_come_back(brand: Brand) -> None:
    one, client = published(brand), brand.visitor()
    said = {**fields_of(client.get(f"/forms/{one.id}").content), "title_zh": ["另一个"], "do": "publish"}
    assert client.post(f"/forms/{one.id}/change", said).status_code == 302
    page = client.get(f"/forms/{one.id}/versions?version=1").content.decode()
    assert (page.count("Make it the draft"), f"/forms/{one.id}/preview?version=1" in page) == (2, True)
    assert "预约试用" in client.get(f"/forms/{one.id}/preview?version=1&preview_language=zh").content.decode()
    assert client.get(f"/forms/{one.id}/preview?version=9").status_code == 404
    assert client.post(f"/forms/{one.id}/versions/1/restore").status_code == 302
    now = form_of(brand.workspace.pk, one.id)
    assert (now.draft, now.published, now.changed) == (one.draft, 2, True)
    assert client.post(f"/forms/{one.id}/versions/9/restore").status_code == 404


def test_a_form_goes_offline_to_the_archive_and_comes_back(brand: Brand) -> None:
    one, client = published(brand), brand.visitor()
    client.post(f"/forms/{one.id}/unpublish")
    assert form_of(brand.workspace.pk, one.id).state.value == "offline"
    client.post(f"/forms/{one.id}/archive")
    assert forms(brand.workspace.pk, 10) == []
    assert b"Archived" in client.get(f"/forms/{one.id}").content
    assert b"Trial" in client.get("/forms?archived=yes").content
    client.post(f"/forms/{one.id}/restore")
    assert form_of(brand.workspace.pk, one.id).state.value == "offline"
    refused = client.post(f"/forms/{one.id}/restore", follow=True)
    assert b"is not archived" in refused.content
    acts = AuditLine.objects.filter(workspace=brand.workspace.pk, action__startswith="form.").order_by("pk")
    told = ["form.created", "form.published", "form.unpublished", "form.archived", "form.restored"]
    assert list(acts.values_list("action", flat=True)) == told
    assert client.post(f"/forms/{one.id}/dance").status_code == 404


def test_who_may_only_look_sees_the_preview_alone(brand: Brand) -> None:
    one = drafted(brand)
    member = ensure_member(brand.workspace, "viewer@example.com", Role.VIEWER)
    client = Client(headers={"accept-language": "en"})
    client.post(f"/sign-in/{issue_sign_in_link(member, system_clock())}")
    page = client.get(f"/forms/{one.id}").content
    assert (fields_of(page), b'name="preview"' in page) == ({}, True)
    assert client.post(f"/forms/{one.id}/change", {"do": "save"}).status_code == 403
    assert form_of(brand.workspace.pk, one.id) == one
