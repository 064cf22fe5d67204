"""Forms: only those that are marked, and of those never what a visitor would not want to be taken."""

from playwright.sync_api import BrowserContext
from tests.browser.tracker.serving import RUNS, Collector, Website

FORM = """
<form id=lead {mark} onsubmit="event.preventDefault()">
  <input name=email type=email value="ann@example.com" data-lianyi-trait=email>
  <input name=phone data-lianyi-trait=phone value="13800138000">
  <textarea name=note>两行
text</textarea>
  <select name=size><option>S<option selected>M</select>
  <select name=colours multiple><option selected>red<option selected>blue<option>green</select>
  <input type=checkbox name=topic value=a checked><input type=checkbox name=topic value=b checked>
  <input type=checkbox name=topic value=c><input type=checkbox name=agree checked>
  <input type=radio name=when value=now><input type=radio name=when value=later checked>
  <input name=empty value="">
  <input value="has no name">
  <input name=off value=x disabled>
  <input name=constructor value=odd><input name=__proto__ value=odder><input name=elements value=oddest>

  <input name=secret type=password value=hunter2>
  <input name=token type=hidden value=t0ken>
  <input name=file type=file>
  <input name=a autocomplete="cc-number" value=1><input name=b autocomplete="section-pay cc-csc" value=1>
  <input name=c autocomplete="new-password" value=1><input name=d autocomplete="one-time-code" value=1>
  <input name=card_number value=1><input name=cvv value=1><input name=user_password value=1>
  <input id=cardNo name=e value=1>
  <input name=f value="4111 1111 1111 1111"><textarea name=g>my card is 5500-0000-0000-0004, thanks</textarea>
  <input name=h value=private data-lianyi-ignore>
  <fieldset data-lianyi-ignore><input name=i value=private></fieldset>
  <button name=button value=pressed>Send</button>
</form>
<input name=outside form=lead value=inside>
<input name=stranger value=x>
"""
FIELDS = {
    "email": "ann@example.com",
    "phone": "13800138000",
    "note": "两行\ntext",
    "size": "M",
    "colours": ["red", "blue"],
    "topic": ["a", "b"],
    "agree": "on",
    "when": "later",
    "empty": "",
    "constructor": "odd",
    "__proto__": "odder",
    "elements": "oddest",
    "outside": "inside",
}


def test_a_marked_form_is_taken_without_its_secrets(
    visitor: BrowserContext, website: Website, collector: Collector
) -> None:
    website.body = FORM.replace("{mark}", 'data-lianyi-form="Newsletter"')
    page = visitor.new_page()
    page.goto(website.at("/signup"))
    page.wait_for_function(RUNS)
    page.click("button")
    (sent,) = collector.wait_for("Form Submitted")
    assert sent["properties"] == {"form": "Newsletter", "fields": FIELDS}
    assert sent["context"]["page"]["path"] == "/signup"
    (identified,) = collector.wait_for("identify")
    assert identified["traits"] == {"email": "ann@example.com", "phone": "13800138000"}
    assert "userId" not in identified
    bodies = b"".join(receipt.body for receipt in collector.receipts)
    for secret in (b"hunter2", b"t0ken", b"4111", b"5500", b"private", b"stranger"):
        assert secret not in bodies


def test_other_forms_are_left_alone(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    page = visitor.new_page()
    for mark in ("", "data-lianyi-form data-lianyi-ignore"):
        website.body = FORM.replace("{mark}", mark)
        page.goto(website.at("/"))
        page.wait_for_function(RUNS)
        page.click("button")
    assert {one.get("event", one["type"]) for one in collector.settle()} <= {"page", "Page Dwelled"}


def test_a_form_without_a_title_goes_by_its_id(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.body = FORM.replace("{mark}", "data-lianyi-form")
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.click("button")
    assert collector.wait_for("Form Submitted")[0]["properties"]["form"] == "lead"


def test_a_form_that_leads_away_is_still_told(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.body = "<form data-lianyi-form=Go action=/thanks><input name=q value=1><button>Go</button></form>"
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.click("button")
    page.wait_for_url("**/thanks?q=1")
    (sent,) = collector.wait_for("Form Submitted")
    assert sent["properties"] == {"form": "Go", "fields": {"q": "1"}}


def test_an_invalid_form_was_not_sent(visitor: BrowserContext, website: Website, collector: Collector) -> None:
    website.body = "<form data-lianyi-form=Go><input name=q required><button>Go</button></form>"
    page = visitor.new_page()
    page.goto(website.at("/"))
    page.wait_for_function(RUNS)
    page.click("button")
    collector.wait_for("page")
    assert collector.settle() == collector.messages("page")
