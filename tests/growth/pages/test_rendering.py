"""The document: its words, its policy, and that text stays text."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import msgspec
import pytest
from tests.growth.pages.pages import NOW, PLACE, cta, hero, html, option, page, words

from lianyi.growth.pages.beginnings import TEMPLATES, begun
from lianyi.growth.pages.blocks import (
    Countdown,
    Faq,
    Figure,
    Footer,
    Form,
    Image,
    Picture,
    Proof,
    Question,
    Text,
    Video,
)
from lianyi.growth.pages.places import Place, Shot, choice
from lianyi.growth.pages.rendering import MOST, rendered
from lianyi.growth.pages.schemas import Seo, Theme, Variant

BAD = "\"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title>&"


class _Reading(HTMLParser):
    """The elements and attributes of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_speaks_the_readers_language_where_it_is_offered() -> None:
    both = page(languages=("zh", "en"))
    assert '<html lang="zh-CN">' in html(both, "zh")
    assert "<h1>标题</h1>" in html(both, "zh")
    assert '<html lang="en">' in html(both, "en")
    assert "<h1>Title</h1>" in html(both, "en")
    assert "<h1>标题</h1>" in html(page(), "en")


def test_names_its_other_languages() -> None:
    found = html(page(languages=("zh", "en")), "en")
    assert '<link rel="canonical" href="https://example.com/p/fair?lang=en">' in found
    assert '<link rel="alternate" hreflang="zh-CN" href="https://example.com/p/fair">' in found
    assert '<link rel="alternate" hreflang="en" href="https://example.com/p/fair?lang=en">' in found
    assert '<link rel="alternate" hreflang="x-default" href="https://example.com/p/fair">' in found
    assert '<a href="?lang=zh" hreflang="zh-CN" lang="zh-CN">中文</a>' in found
    assert "hreflang" not in html(page())


def test_text_stays_text_everywhere() -> None:
    bad, shot = words(BAD), Picture(media=7, alt=words(BAD))
    blocks = (
        hero(eyebrow=bad, title=bad, text=bad, note=bad, picture=shot, options=(option(),)),
        Text(key="text", title=bad, text=bad),
        Image(key="image", picture=shot, caption=bad),
        Video(key="film", title=bad, text=bad, media=8, poster=shot),
        Proof(key="proof", title=bad, figures=(Figure(value="<b>1</b>", label=bad),)),
        Countdown(key="clock", title=bad, until="2026-12-01T10:00"),
        Form(key="form", form=1, title=bad, text=bad),
        cta(),
        Faq(key="faq", title=bad, questions=(Question(question=bad, answer=bad),)),
        Footer(key="foot", name=bad, text=bad, icp="<i>1</i>"),
    )
    definition = page(*blocks, theme=Theme(brand=bad), seo=Seo(title=bad, description=bad, picture=shot))
    place = Place("https://example.com", "/p/fair", '"><script>', {7: Shot('/m/"x', 800, 600)}, {8: '/m/"y'})
    reading = _Reading()
    reading.feed(html(definition, place=place))
    assert reading.elements.count("script") == 4  # two of data, the tracker, the countdown
    assert reading.elements.count("img") == 2
    assert not {name for name in reading.attributes if name.startswith("on")}
    assert "i" not in reading.elements


def test_the_policy_lets_in_what_the_page_holds_and_nothing_else() -> None:
    found = rendered(page(hero(), Countdown(key="clock", until="2026-12-01T10:00")), PLACE, NOW, language="zh")
    text = found.body.decode()
    (style,), (script,) = re.findall(r"<style>(.*?)</style>", text), re.findall(r"<script>(.*?)</script>", text)
    for name, inner in (("style-src", style), ("script-src 'self'", script)):
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{name} 'sha256-{digest}'" in found.policy
    assert found.policy.startswith("default-src 'none'; ")
    assert found.policy.endswith("; base-uri 'none'; frame-ancestors 'none'")
    assert " style=" not in text
    assert "unsafe" not in found.policy


def test_no_script_where_none_is_needed() -> None:
    found = html(page(hero(), cta()))
    assert re.findall(r"<script(?! type=.application/ld.json)", found) == []
    assert '<script src="/lianyi.js" data-key="wk_1" defer></script>' in html(
        page(), place=Place("https://example.com", "/p/fair", "wk_1")
    )


@pytest.mark.parametrize(
    ("until", "zone", "language", "said"),
    [
        ("2026-12-01T10:00", "Asia/Shanghai", "zh", "2026年12月1日 10:00（GMT+8）"),
        ("2026-12-01T10:00", "Asia/Kolkata", "en", "1 December 2026, 10:00 (GMT+5:30)"),
        ("2026-12-01T10:00", "America/St_Johns", "en", "1 December 2026, 10:00 (GMT-3:30)"),
        ("2026-12-01T10:00", "UTC", "en", "1 December 2026, 10:00 (GMT+0)"),
    ],
)
def test_a_countdown_says_its_moment_without_scripts(until: str, zone: str, language: str, said: str) -> None:
    block = Countdown(key="clock", until=until, zone=zone)
    assert f">{said}</time>" in html(page(hero(), block, languages=("zh", "en")), language)


def test_a_countdown_that_is_over_says_so() -> None:
    found = html(page(hero(), Countdown(key="clock", until="2026-11-28T12:00", over=words("报名已截止"))))
    assert "<p>报名已截止</p>" in found
    assert "data-until" not in found.partition("<main")[2].partition("</main>")[0]


def test_buttons_lead_by_the_counter_and_anchors_at_once() -> None:
    found = html(page(hero(options=(option(),)), cta(option("join", "#top"), key="last")))
    assert '<a class="go" href="/p/fair/cta/top/go" rel="nofollow">立即试用</a>' in found
    assert '<a class="go" href="#top" rel="nofollow">立即试用</a>' in found
    straight = html(page(hero(options=(option(),))), place=Place("https://example.com", "/p/fair", counted=False))
    assert 'href="https://example.com/trial"' in straight


def test_shows_the_option_that_was_chosen_and_else_the_one_for_everybody() -> None:
    free, trial = option("free", "https://example.com/free", segment=3), option("trial")
    definition = page(hero(), cta(free, trial))
    for chosen, shown in (({"next": "free"}, "free"), ({}, "trial"), ({"next": "gone"}, "trial")):
        found = html(definition, chosen=chosen)
        assert re.findall(r"/cta/next/(\w+)", found) == [shown]
    assert choice(definition.blocks[1].options, {3}) == free  # type: ignore[union-attr]
    assert choice(definition.blocks[1].options, {4}) == trial  # type: ignore[union-attr]
    assert choice((free,), frozenset()) is None


def test_a_variant_shows_its_own_blocks() -> None:
    definition = page(hero(), variants=(Variant(key="b", blocks=(hero(title=words("另一个")),)),))
    assert "<h1>另一个</h1>" in html(definition, variant="b")
    assert "<h1>标题</h1>" in html(definition, variant="a")


def test_a_picture_that_is_gone_is_left_out() -> None:
    definition = page(hero(picture=Picture(media=7), layout="cover"), Image(key="image", picture=Picture(media=8)))
    found = html(definition)
    assert "<img" not in found
    assert 'id="image"' not in found
    there = Place("https://example.com", "/p/fair", pictures={7: Shot("/m/a", 1600, 900, (("/m/b", 800),))})
    shown = html(definition, place=there)
    assert '<img src="/m/a" srcset="/m/b 800w, /m/a 1600w" sizes="100vw" width="1600" height="900" alt=""' in shown


def test_tells_search_engines_what_it_is() -> None:
    faq = Faq(key="faq", questions=(Question(question=words("贵吗？"), answer=words("不贵</script>")),))
    definition = page(hero(), faq, theme=Theme(brand=words("品牌")), seo=Seo(description=words("说明"), hidden=True))
    found = html(definition)
    assert "<title>标题 · 品牌</title>" in found
    assert '<meta name="robots" content="noindex">' in found
    data = [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', found)]
    assert [one["@type"] for one in data] == ["WebPage", "FAQPage"]
    assert data[0]["publisher"]["name"] == "品牌"
    assert data[1]["mainEntity"][0]["acceptedAnswer"]["text"] == "不贵</script>"


def test_who_says_nothing_to_search_engines_is_told_of_by_what_the_page_begins_with() -> None:
    begins = hero(text=words("**新品**先试，\n[现场](https://example.com)答疑。" + "长" * 200))
    told = '<meta name="description" content="新品先试， 现场答疑。' + "长" * (160 - 11) + '">'
    assert told in html(page(begins))
    assert '<meta name="description" content="标题">' in html(page(hero()))


def test_every_page_has_one_title_that_is_read_out() -> None:
    for definition in (page(hero(), hero(key="second")), page(Form(key="form", form=1), seo=Seo(title=words("表单")))):
        assert len(re.findall(r"<h1[ >]", html(definition))) == 1


def test_the_largest_page_is_light_enough() -> None:
    blocks = tuple(Text(key=f"t{number}", text=words("<" * 3_900)) for number in range(16))
    body = rendered(page(hero(), *blocks), PLACE, NOW, language="zh").body
    assert len(body) > MOST  # which is why a page is measured before it is published
    for template in TEMPLATES:
        assert len(rendered(begun(template.key, "2026-12-31"), PLACE, NOW, language="zh").body) < 20_000


def test_one_who_reads_by_day_alone_gets_one_light() -> None:
    assert "prefers-color-scheme" in html(page())
    for light in ("day", "night"):
        theme = msgspec.convert({"light": light}, Theme)
        assert "prefers-color-scheme" not in html(page(theme=theme))
