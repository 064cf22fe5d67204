"""Forms that are filled in on a landing page, at a running edge."""

import base64
import gzip
import hashlib
import random
from typing import Any

from tests.edge.edges import Said, Shop
from tests.edge.test_forms import named, published, send
from tests.edge.test_pages import AGENT, KNOWN
from tests.growth.forms.making import NAME, PHONE
from tests.growth.pages.pages import NOW, hero, page

from lianyi.growth.forms.actions import unpublish_form
from lianyi.growth.forms.lines import Form as Asked
from lianyi.growth.pages import actions
from lianyi.growth.pages.blocks import Form
from lianyi.growth.pages.listed import Page
from lianyi.kernel.clock import system_clock


def landing(shop: Shop, *forms: Asked) -> Page:
    blocks = [Form(key=f"form-{one.id}", form=one.id) for one in forms]
    slug = f"p{random.randrange(10**9)}"
    made = actions.create_page(shop.workspace.pk, slug, "Fair", page(hero(), *blocks, languages=("zh", "en")), NOW)
    return actions.publish_page(shop.workspace.pk, made.id, NOW)


def seen(shop: Shop, one: Page, rest: str = "", **headers: Any) -> Said:
    return shop.edge.ask("GET", f"/p/{one.slug}{rest}", headers={"user-agent": AGENT, "cookie": KNOWN, **headers})


def test_a_form_stands_in_the_page_and_is_sent_to_its_own_address(shop: Shop) -> None:
    form = published(shop, NAME, PHONE)
    one = landing(shop, form)
    said = seen(shop, one, "?utm_source=wechat&ly_code=C1&lang=en")
    text = said.body.decode()
    assert (said.status, f'<form method="post" action="/f/{form.address}"' in text) == (200, True)
    assert "etag" not in said.headers
    assert f"'sha256-{digest_of(text)}'" in said.headers["content-security-policy"]
    again = seen(shop, one, **{"accept-encoding": "gzip"})
    assert named(said, "ly_issue") not in gzip.decompress(again.body).decode()  # each reader has an issue of their own
    answer = send(shop, form, said, name="访客一", phone="13800138000", ly_page=named(said, "ly_page"))
    assert answer.status == 303
    submitted = next(event for event in shop.accepted() if event.name == "form.submitted")
    assert submitted.properties["page"] == f"/p/{one.slug}"
    assert (submitted.properties["form"], submitted.properties["answers"]["name"]) == (form.id, "访客一")
    assert tuple(submitted.source or ()) == ("wechat", "", "", "C1")


def test_what_was_begun_on_a_page_is_taken_though_the_page_is_gone(shop: Shop) -> None:
    form = published(shop, NAME)
    one = landing(shop, form)
    said = seen(shop, one)
    actions.archive_page(shop.workspace.pk, one.id, NOW)
    answer = send(shop, form, said, name="访客一", ly_page=named(said, "ly_page"))
    assert answer.status == 303
    submitted = next(event for event in shop.accepted() if event.name == "form.submitted")
    assert submitted.properties["page"] == f"/p/{one.slug}"


def test_a_form_that_takes_no_answers_is_said_to_and_another_stays(shop: Shop) -> None:
    closed, form = published(shop, NAME), published(shop, PHONE)
    unpublish_form(shop.workspace.pk, closed.id, system_clock())
    text = seen(shop, landing(shop, closed, form)).body.decode()
    assert ("此表单不再接收提交。" in text, f"/f/{closed.address}" in text) == (True, False)
    assert (f"/f/{form.address}" in text, text.count("<script>")) == (True, 1)


def digest_of(text: str) -> str:
    """Of the script in the page, as a policy names it."""
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
