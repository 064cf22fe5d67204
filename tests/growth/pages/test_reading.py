"""Definitions that come in: what is read, and what is refused."""

from typing import Any

import msgspec
import pytest
from tests.growth.pages.pages import cta, hero, option, page, words

from lianyi.growth.pages.beginnings import TEMPLATES, begun
from lianyi.growth.pages.blocks import Countdown, Footer, Form, Link, Text, Video
from lianyi.growth.pages.reading import check, check_ready, read, read_object
from lianyi.growth.pages.schemas import Definition, Seo, Variant, encode
from lianyi.kernel.errors import Refused

KEYS = ["gathering", "download", "trial", "shop"]


def refused(definition: Definition) -> str:
    with pytest.raises(Refused) as found:
        check(definition)
    return found.value.code


def test_what_is_read_is_what_was_written() -> None:
    for template in TEMPLATES:
        definition = begun(template.key, "2026-12-31")
        assert read(encode(definition)) == definition


def test_templates_are_ready() -> None:
    assert [one.key for one in TEMPLATES] == KEYS
    for template in TEMPLATES:
        check_ready(begun(template.key, "2026-12-31"))


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"blocks": [{"kind": "hero"}]}, "key"),
        ({"blocks": [{"kind": "marquee", "key": "a"}]}, "marquee"),
        ({"blocks": [{"kind": "hero", "key": "Top"}]}, "blocks[0].key"),
        ({"blocks": [{"kind": "hero", "key": "a", "onclick": "x"}]}, "onclick"),
        ({"theme": {"accent": "red;}"}}, "theme.accent"),
        ({"languages": []}, "languages"),
        ({"languages": ["fr"]}, "languages[0]"),
        ({"blocks": [{"kind": "text", "key": "a", "title": {"zh": "x" * 4_001}}]}, "blocks[0].title.zh"),
        ({"blocks": [{"kind": "form", "key": "a", "form": 0}]}, "blocks[0].form"),
        ([], "JSON"),
    ],
)
def test_refuses_another_shape(value: Any, where: str) -> None:
    with pytest.raises(Refused) as found:
        read_object(value)
    assert found.value.code == "page.definition"
    assert where in str(found.value)


def test_refuses_what_is_no_json() -> None:
    for data in (b"{", b"\xff", b"[" * 10_000, '{"blocks": "\ud800"}'.encode("utf-8", "surrogatepass")):
        with pytest.raises(Refused) as found:
            read(data)
        assert found.value.code == "page.definition"


def test_refuses_what_is_too_large() -> None:
    with pytest.raises(Refused) as found:
        read(b" " * 64_001)
    assert found.value.code == "page.large"
    many = tuple(Text(key=f"t{number}", text=words("x" * 4_000)) for number in range(17))
    assert refused(page(*many)) == "page.large"


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (page(hero(), hero()), "page.twice"),
        (page(hero(options=(option(), option()))), "page.option_twice"),
        (page(hero(options=(option(target="javascript:alert(1)"),))), "page.target"),
        (page(hero(second=Link(label=words("x"), target="data:,x"))), "page.target"),
        (page(cta(option(target="https://192.168.0.1/"))), "link.private"),
        (page(Footer(key="foot", links=(Link(label=words("x"), target="ftp://example.com"),))), "page.target"),
        (page(Video(key="film")), "page.video"),
        (page(Video(key="film", media=1, address="https://example.com/v")), "page.video"),
        (page(Video(key="film", address="#x")), "page.video_address"),
        (page(Countdown(key="clock", until="2026-02-30T10:00")), "page.moment"),
        (page(Countdown(key="clock", until="2026-02-03T10:00", zone="../etc/passwd")), "page.moment"),
        (page(hero(title=words("x" * 161))), "page.long"),
        (page(hero(title=words("x\x00"))), "page.characters"),
        (page(seo=Seo(canonical="/p/x")), "page.canonical"),
        (page(languages=("zh", "zh")), "page.languages"),
        (page(variants=(Variant(key="b", blocks=(hero(key="other"),)),)), "page.variant_block"),
        (page(variants=(Variant(key="b", without=("other",)),)), "page.variant_block"),
        (page(variants=(Variant(key="b"), Variant(key="b"))), "page.variant_twice"),
        (page(variants=(Variant(key="b", blocks=(cta(option(target="x:y"), key="top"),)),)), "page.target"),
    ],
)
def test_refuses_what_means_nothing(definition: Definition, code: str) -> None:
    assert refused(definition) == code


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (Definition(), "page.empty"),
        (page(Form(key="form", form=1)), "page.title"),
        (page(weight=0), "page.weights"),
        (page(hero(), cta(option(segment=3))), "page.default"),
    ],
)
def test_a_draft_may_be_unfinished_and_what_is_published_not(definition: Definition, code: str) -> None:
    check(definition)
    with pytest.raises(Refused) as found:
        check_ready(definition)
    assert found.value.code == code


def test_a_variant_changes_and_leaves_out_blocks() -> None:
    other = hero(title=words("另一个"))
    definition = page(hero(), cta(), variants=(Variant(key="b", blocks=(other,), without=("next",)),))
    assert definition.shown() == (hero(), cta())
    assert definition.shown("b") == (other,)
    assert definition.shown("z") == definition.shown("a")
    assert definition.arms() == (("a", "b"), (1, 1))


def test_names_the_segments_that_it_asks_for() -> None:
    inner = Variant(key="b", blocks=(cta(option(segment=9), option("rest")),))
    assert page(hero(options=(option(segment=4), option("rest"))), cta(), variants=(inner,)).segments() == {4, 9}


def test_defaults_are_not_written() -> None:
    assert msgspec.json.decode(encode(page(hero()))) == {
        "blocks": [{"kind": "hero", "key": "top", "title": {"zh": "标题", "en": "Title"}}]
    }
