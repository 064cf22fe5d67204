"""The editor of landing pages, by ordinary forms."""

import random
from typing import Any

import pytest
from django.test import Client
from tests.growth.pages.pages import NOW, cta, hero, page, words
from tests.web.conftest import Brand

from lianyi.audience.segments.actions import create_segment
from lianyi.foundation.domains.actions import add_domain
from lianyi.growth.pages import actions, queries
from lianyi.growth.pages.beginnings import begun
from lianyi.growth.pages.blocks import Cta, Footer, Hero, Proof, Text
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.reading import read
from lianyi.growth.pages.schemas import Definition, Variant, encode
from lianyi.kernel.clock import system_clock
from lianyi.rules.nodes import Tagged

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = page(hero(), cta(), Footer(key="foot"), languages=("zh", "en"))


def made(brand: Brand, draft: Definition = BOTH) -> Page:
    return actions.create_page(brand.workspace.pk, f"p{random.randrange(10**9)}", "Fair", draft, NOW)


def now(brand: Brand, one: Page) -> Page:
    return queries.page(brand.workspace.pk, one.id)


def keys(brand: Brand, one: Page) -> list[str]:
    return [block.key for block in now(brand, one).draft.blocks]


def send(client: Client, brand: Brand, one: Page, rest: str, **said: Any) -> Any:
    """Sends a form of the editor, of the newest edition."""
    return client.post(f"/pages/{one.id}/{rest}", {"edition": now(brand, one).edition, **said})


HERO = {"title.zh": "标题", "title.en": "Title", "layout": "split", "options.rows": "0"}


def test_a_page_is_made_listed_found_and_archived(brand: Brand) -> None:
    client = brand.visitor()
    assert b"No page yet." in client.get("/pages").content
    slug = f"p{random.randrange(10**9)}"
    answer = client.post("/pages/new", {"template": "download", "name": "<b>Fair</b>", "slug": slug})
    (one,) = queries.pages(brand.workspace.pk, 10)
    assert (answer["Location"], one.name, one.slug) == (f"/pages/{one.id}", "<b>Fair</b>", slug)
    listed = client.get("/pages?q=fair").content.decode()
    assert "&lt;b&gt;Fair&lt;/b&gt;" in listed
    assert f"/p/{slug}" in listed
    assert "No page is like that." in client.get("/pages?q=nothing").content.decode()
    copied = client.post("/pages/new", {"template": str(one.id), "name": "Copy", "slug": f"{slug}-2"})
    other = queries.pages(brand.workspace.pk, 10)[0]
    assert (copied["Location"], other.draft) == (f"/pages/{other.id}", one.draft)
    client.post(f"/pages/{one.id}/archive")
    assert [row.id for row in queries.pages(brand.workspace.pk, 10)] == [other.id]
    assert "Fair" in client.get("/pages?archived=yes").content.decode()
    client.post(f"/pages/{one.id}/bring-back")
    assert len(queries.pages(brand.workspace.pk, 10)) == 2


@pytest.mark.parametrize(
    ("said", "at"),
    [({"slug": "Not One"}, "slug"), ({"name": ""}, "name"), ({"host": "nobody.example"}, "host")],
)
def test_what_is_wrong_with_a_new_page_is_said_at_its_field(brand: Brand, said: dict[str, str], at: str) -> None:
    typed = {"template": "shop", "name": "Fair", "slug": "fair-typed", **said}
    answer = brand.visitor().post("/pages/new", typed)
    assert answer.status_code == 422
    assert f'id="{at}-error"' in answer.content.decode()
    assert queries.pages(brand.workspace.pk, 10) == []


def test_a_block_is_added_before_the_foot_and_read_as_it_was_typed(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    assert 'name="questions.0.question.zh"' in client.get(f"/pages/{one.id}/add/faq").content.decode()
    said = {
        "title.zh": "常见问题",
        "questions.rows": "2",
        "questions.0.question.zh": "多少钱？",
        "questions.0.answer.zh": "**免费**",
    }
    answer = send(client, brand, one, "add/faq", **said)
    assert answer["Location"] == f"/pages/{one.id}"
    assert keys(brand, one) == ["top", "next", "faq", "foot"]
    faq = now(brand, one).draft.blocks[2]
    assert faq.questions == (type(faq.questions[0])(question=words("多少钱？"), answer=words("**免费**")),)  # type: ignore[union-attr]
    edit = client.get(f"/pages/{one.id}/blocks/faq").content.decode()
    assert ("多少钱？" in edit, "**免费**" in edit) == (True, True)


def test_every_kind_of_block_has_a_form(brand: Brand) -> None:
    client, one = brand.visitor("zh"), made(brand)
    for kind in ("hero", "text", "picture", "video", "proof", "countdown", "form", "cta", "faq", "footer"):
        answer = client.get(f"/pages/{one.id}/add/{kind}")
        assert (answer.status_code, f'name="kind" value="{kind}"' in answer.content.decode()) == (200, True)
    assert client.get(f"/pages/{one.id}/add/script").status_code == 404
    empty = send(client, brand, one, "add/countdown", zone="Asia/Shanghai")
    assert (empty.status_code, 'id="until-error"' in empty.content.decode()) == (422, True)
    assert keys(brand, one) == ["top", "next", "foot"]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"title.zh": "", "title.en": ""}, "title-error"),
        ({"title.zh": "长" * 161}, "title-zh-error"),
        ({"options.0.target": "javascript:alert(1)"}, "options-0-target-error"),
        ({"options.0.target": "http://10.0.0.1/"}, "options-0-target-error"),
        ({"options.0.label.zh": ""}, "options-0-label-error"),
        ({"options.0.segment": "1"}, "options-0-segment-error"),
        ({"second.label.zh": "更多"}, "second-target-error"),
    ],
)
def test_a_mistake_is_said_at_its_place_and_keeps_what_was_typed(brand: Brand, said: dict[str, str], at: str) -> None:
    client, one = brand.visitor(), made(brand)
    create_segment(brand.workspace.pk, "Regulars", Tagged(tag="vip"), NOW)
    row = {"options.rows": "1", "options.0.label.zh": "看看", "options.0.target": "https://example.com/"}
    answer = send(client, brand, one, "blocks/top", **{**HERO, **row, "note.zh": "<b>typed</b>", **said})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{at}"' in text
    assert "&lt;b&gt;typed&lt;/b&gt;" in text
    assert now(brand, one).draft == BOTH


def test_buttons_are_for_segments_and_the_last_for_everybody(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    segment = create_segment(brand.workspace.pk, "Regulars", Tagged(tag="vip"), NOW)
    assert ">Regulars</option>" in client.get(f"/pages/{one.id}/blocks/next").content.decode()
    rows = {
        "options.rows": "2",
        "options.0.label.zh": "免费下载", "options.0.target": "/l/file", "options.0.segment": str(segment),
        "options.1.label.zh": "立即试用", "options.1.target": "#foot", "options.1.key": "go",
    }  # fmt: skip
    assert send(client, brand, one, "blocks/next", **rows).status_code == 302
    block = now(brand, one).draft.blocks[1]
    assert isinstance(block, Cta)
    assert [(some.key, some.target, some.segment) for some in block.options] == [
        ("b1", "/l/file", segment), ("go", "#foot", None),
    ]  # fmt: skip


def test_rows_come_and_go_without_saving(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    rows = {"figures.rows": "2", "figures.0.value": "12", "figures.1.value": "30%"}
    more = send(client, brand, one, "add/proof", **rows, do="add:figures").content.decode()
    assert 'name="figures.rows" value="3"' in more
    moved = send(client, brand, one, "add/proof", **rows, do="up:figures.1").content.decode()
    assert moved.index('value="30%"') < moved.index('value="12"')
    fewer = send(client, brand, one, "add/proof", **rows, do="remove:figures.0").content.decode()
    assert ('value="12"' in fewer, 'name="figures.rows" value="1"' in fewer) == (False, True)
    assert now(brand, one).draft == BOTH
    assert send(client, brand, one, "add/proof", **rows).status_code == 302
    proof = now(brand, one).draft.blocks[2]
    assert isinstance(proof, Proof)
    assert [some.value for some in proof.figures] == ["12", "30%"]


def test_blocks_are_moved_and_taken_away(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    send(client, brand, one, "blocks", do="down:top")
    assert keys(brand, one) == ["next", "top", "foot"]
    send(client, brand, one, "blocks", do="up:top")
    send(client, brand, one, "blocks", do="remove:next")
    assert keys(brand, one) == ["top", "foot"]
    for do in ("up:none", "other:top", ""):
        assert send(client, brand, one, "blocks", do=do).status_code == 404
    assert keys(brand, one) == ["top", "foot"]


def test_of_two_editors_the_second_is_told_and_loses_nothing(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    send(client, brand, one, "blocks/top", **HERO)
    answer = client.post(f"/pages/{one.id}/blocks/top", {"edition": "1", **HERO, "note.zh": "mine"})
    assert answer.status_code == 422
    assert "Somebody else has saved this page since you opened it." in answer.content.decode()
    assert 'value="mine"' in answer.content.decode()
    assert now(brand, one).edition == 2


def test_who_publishes_is_told_of_a_button_that_leads_where_the_template_did(brand: Brand) -> None:
    client, now = brand.visitor(), system_clock()
    one = actions.create_page(brand.workspace.pk, "shop", "Shop", begun("shop", "2030-01-31"), now)
    said = "A button still leads to example.com"
    assert said in client.post(f"/pages/{one.id}/publish", follow=True).content.decode()
    text = encode(one.draft).decode().replace("https://example.com/", "https://shop.example/")
    one = actions.save_draft(brand.workspace.pk, one.id, read(text), one.edition, now)
    assert said not in client.post(f"/pages/{one.id}/publish", follow=True).content.decode()


def test_a_page_is_published_taken_back_and_a_version_made_the_draft(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    client.post(f"/pages/{one.id}/publish")
    send(client, brand, one, "blocks/top", **{**HERO, "title.zh": "第二版"})
    assert "Published, changed since" in client.get(f"/pages/{one.id}").content.decode()
    client.post(f"/pages/{one.id}/publish")
    assert now(brand, one).version == 2
    told = client.get(f"/pages/{one.id}/versions").content.decode()
    assert ("Version 1" in told, "Version 2" in told) == (True, True)
    assert "<h1>标题</h1>" in client.get(f"/pages/{one.id}/preview?version=1&in=zh").content.decode()
    client.post(f"/pages/{one.id}/restore", {"version": "1"})
    assert now(brand, one).draft == BOTH
    assert client.post(f"/pages/{one.id}/restore", {"version": "9"}).status_code == 404
    client.post(f"/pages/{one.id}/unpublish")
    assert now(brand, one).version is None
    bad = made(brand, page(Text(key="text")))
    assert "The page has no title." in client.post(f"/pages/{bad.id}/publish", follow=True).content.decode()


def test_the_preview_is_the_page_in_our_frame_alone(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    shown = client.get(f"/pages/{one.id}/preview?in=en")
    assert "<h1>Title</h1>" in shown.content.decode()
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert "/cta/" not in shown.content.decode()
    typed = {"kind": "hero", "key": "top", **HERO, "title.zh": "正在写 <i>"}
    assert "正在写 &lt;i&gt;" in client.post(f"/pages/{one.id}/preview?in=zh", typed).content.decode()
    assert (
        "<h1>标题</h1>" in client.post(f"/pages/{one.id}/preview?in=zh", {**typed, "layout": "none"}).content.decode()
    )
    assert now(brand, one).draft == BOTH


def test_a_variant_has_blocks_of_its_own(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    send(client, brand, one, "variants", **{"weight.a": "1", "do": "add"})
    send(client, brand, one, "variants", **{"weight.a": "3", "weight.b": "1", "name.b": "Short", "do": "save"})
    send(client, brand, one, "blocks/top?variant=b", **{**HERO, "title.zh": "另一个"})
    send(client, brand, one, "blocks", variant="b", do="leave:next")
    draft = now(brand, one).draft
    assert draft.weight == 3
    assert draft.variants == (
        Variant(
            key="b",
            name="Short",
            blocks=(Hero(key="top", title=words("另一个", "Title")),),
            without=("next",),
        ),
    )
    assert draft.blocks == BOTH.blocks
    assert "<h1>另一个</h1>" in client.get(f"/pages/{one.id}/preview?in=zh&variant=b").content.decode()
    assert "left out" in client.get(f"/pages/{one.id}?variant=b").content.decode()
    send(client, brand, one, "blocks", variant="b", do="same:next")
    assert now(brand, one).draft.variants[0].without == ()
    assert send(client, brand, one, "variants", **{"weight.a": "x", "weight.b": "1"}).status_code == 422
    send(client, brand, one, "variants", do="remove:b")
    assert now(brand, one).draft.variants == ()


def test_look_address_and_search(brand: Brand) -> None:
    client, one = brand.visitor(), made(brand)
    host = f"h{random.randrange(10**9)}.example.com"
    add_domain(brand.workspace.pk, host, "all", "http://localhost")
    whole = {
        "do": "save", "languages": ["zh", "en"], "first": "en", "theme.brand.zh": "品牌", "theme.accent": "#aa0000",
        "theme.light": "night", "seo.title.en": "Shown", "seo.hidden": "1",
    }  # fmt: skip
    assert send(client, brand, one, "about", **whole).status_code == 302
    draft = now(brand, one).draft
    assert (draft.languages, draft.theme.accent, draft.theme.light) == (("en", "zh"), "#aa0000", "night")
    assert (draft.theme.brand, draft.seo.title, draft.seo.hidden) == (words("品牌"), words("", "Shown"), True)
    wrong = send(client, brand, one, "about", **{**whole, "seo.canonical": "ftp://x"})
    assert (wrong.status_code, 'id="seo-canonical-error"' in wrong.content.decode()) == (422, True)
    client.post(f"/pages/{one.id}/about", {"do": "name", "name": "Other", "slug": "other-place", "host": host})
    renamed = now(brand, one)
    assert (renamed.name, renamed.slug, renamed.host) == ("Other", "other-place", host)
    taken = made(brand)
    answer = client.post(f"/pages/{taken.id}/about", {"do": "name", "name": "X", "slug": "other-place", "host": host})
    assert (answer.status_code, 'id="slug-error"' in answer.content.decode()) == (422, True)
