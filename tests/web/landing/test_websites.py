"""The code by which a page's blocks stand on other websites."""

import html
import random
import re

import pytest
from tests.growth.pages.pages import NOW, cta, hero, option, page, words
from tests.web.conftest import Brand

from lianyi.audience.segments.actions import create_segment
from lianyi.foundation.domains.actions import add_domain
from lianyi.foundation.workspaces.actions import create_write_key
from lianyi.foundation.workspaces.models import WriteKey
from lianyi.growth.pages import actions
from lianyi.growth.pages.blocks import Text
from lianyi.growth.pages.listed import Page
from lianyi.rules.nodes import Tagged

pytestmark = pytest.mark.django_db(transaction=True)


def made(brand: Brand, host: str = "") -> Page:
    segment = create_segment(brand.workspace.pk, "Regulars", Tagged(tag="vip"), NOW)
    text = Text(key="text", title=words("</code><b>标题", "</code><b>Title"))
    draft = page(hero(), text, cta(option("free", segment=segment), option("rest")), languages=("zh", "en"))
    return actions.create_page(brand.workspace.pk, f"p{random.randrange(10**9)}", "Fair", draft, NOW, host=host)


def codes(said: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'(?s)id="code-[a-z-]+"><code>(.*?)</code></pre>', said)]


def test_each_block_that_is_published_has_its_code(brand: Brand) -> None:
    one = made(brand)
    client = brand.visitor()
    assert "Nothing can stand on a website yet." in client.get(f"/pages/{one.id}/websites").content.decode()
    one = actions.publish_page(brand.workspace.pk, one.id, NOW)
    drafted = page(*one.draft.blocks, Text(key="later"), languages=("zh", "en"))
    actions.save_draft(brand.workspace.pk, one.id, drafted, one.edition, NOW)
    said = client.get(f"/pages/{one.id}/websites").content.decode()
    place = f"/p/{one.slug}"
    found = [code.replace("\n  <a", "<a").replace("\n</div>", "</div>") for code in codes(said)]
    assert [re.sub('href="[^"]*/p/', 'href="/p/', code) for code in found] == [
        f'<div data-lianyi-block="{one.slug}/top"><a href="{place}#top">标题</a></div>',
        f'<div data-lianyi-block="{one.slug}/text"><a href="{place}#text">&lt;/code&gt;&lt;b&gt;标题</a></div>',
        f'<div data-lianyi-block="{one.slug}/next"><a href="{place}#next">立即试用</a></div>',
    ]
    assert said.count("chosen by segment") == 1
    assert "Title</a>" in codes(client.get(f"/pages/{one.id}/websites?in=en").content.decode())[0]


def test_the_script_knows_visitors_once_there_is_a_key_for_it(brand: Brand) -> None:
    one = actions.publish_page(brand.workspace.pk, made(brand).id, NOW)
    client = brand.visitor()
    WriteKey.objects.filter(workspace=brand.workspace).delete()
    assert "/lianyi-forms.js&quot;&gt;" in client.get(f"/pages/{one.id}/websites").content.decode()
    _, key = create_write_key(brand.workspace, WriteKey.Kind.BROWSER, "Website")
    said = client.get(f"/pages/{one.id}/websites").content.decode()
    assert f"/lianyi.js&quot; data-key=&quot;{key}&quot;&gt;" in said


def test_a_page_at_an_own_domain_is_named_with_it(brand: Brand) -> None:
    host = f"h{random.randrange(10**9)}.example.com"
    add_domain(brand.workspace.pk, host, "all", "http://localhost")
    one = actions.publish_page(brand.workspace.pk, made(brand, host).id, NOW)
    found = codes(brand.visitor().get(f"/pages/{one.id}/websites").content.decode())[0]
    link = f'<a href="https://{host}/p/{one.slug}#top">标题</a>'
    assert found == f'<div data-lianyi-block="{host}/{one.slug}/top">\n  {link}\n</div>'
