"""The builder of rules in a real browser: with the keyboard, with what is wrong at its place, as JSON, and without
scripts.
"""

import json

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from tests.browser.conftest import AGENT
from tests.browser.test_axe import complaints_in_both_lights
from tests.browser.test_pages import SLOW, arrived, send, signed_in
from tests.program import Up


@pytest.fixture
def shop(running: Up) -> Up:
    """An installation with three people, of whom one has bought."""
    viewed = {"userId": "Alice", "event": "Product Viewed", "properties": {"price": 5, "color": "red"}}
    named = ({"type": "identify", "userId": name, "traits": {"name": name, "city": city}} for name, city in
             (("Alice", "上海"), ("Bob", "上海"), ("Cid", "北京")))  # fmt: skip
    send(running, *arrived("Alice"), viewed, *named)
    return running


def counted(page: Page, people: int) -> None:
    expect(page.locator(f"#preview [data-count='{people}']")).to_be_visible(timeout=SLOW)


def rule_of(page: Page) -> dict[str, list[dict[str, object]]]:
    told: dict[str, list[dict[str, object]]] = json.loads(page.locator("#rule-json").input_value())
    return told


def begun(up: Up, member: BrowserContext) -> Page:
    """At the builder, once everybody has arrived."""
    page = signed_in(up, member)
    page.goto(f"{up.ready['url']}people")
    for _ in range(60):
        if page.locator("#people-rows tr").count() == 3:
            break
        page.wait_for_timeout(500)
        page.reload()
    page.goto(f"{up.ready['url']}segments/new")
    return page


def test_a_rule_is_built_tried_and_saved(shop: Up, member: BrowserContext) -> None:
    page = begun(shop, member)
    add = page.get_by_label("Add a condition", exact=True)
    add.select_option("trait")
    first = page.get_by_role("group", name="Condition 1")
    expect(page.get_by_role("combobox", name="Condition 1")).to_be_focused()
    first.get_by_label("Trait", exact=True).select_option("city")
    first.get_by_label("Test").select_option("equals")
    expect(page.locator("#preview [data-problem='rules[0].is.value']")).to_be_visible(timeout=SLOW)
    value = first.get_by_label("Value")
    expect(value).to_have_attribute("aria-invalid", "true")
    expect(first.locator("[data-told]")).to_have_text("This must not be empty.")
    value.fill("上海")
    counted(page, 2)
    expect(value).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#preview")).to_contain_text("City is '上海'")
    expect(page.locator("#preview").get_by_role("link", name="Alice")).to_have_attribute("href", "/people/1")

    add.select_option("did")
    second = page.get_by_role("group", name="Condition 2")
    second.get_by_label("Event", exact=True).select_option("Order Completed")
    counted(page, 1)
    second.get_by_role("button", name="Only where …").click()
    second.get_by_label("Property", exact=True).select_option("total")
    second.get_by_label("Test", exact=True).select_option("range")
    second.get_by_label("At least", exact=True).fill("100")
    counted(page, 0)
    second.get_by_label("At least", exact=True).fill("99")
    counted(page, 1)
    second.get_by_role("button", name="Not", exact=True).press("Enter")
    counted(page, 1)
    expect(page.locator("#preview")).to_contain_text("Bob")
    expect(second.get_by_role("button", name="Not", exact=True)).to_be_focused()
    city, bought = rule_of(page)["rules"]
    assert city == {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}}
    assert bought == {
        "kind": "not",
        "rule": {
            "kind": "did",
            "event": "Order Completed",
            "during": {"test": "within", "days": 30},
            "where": [{"property": "total", "is": {"test": "range", "at_least": 99}}],
        },
    }

    page.locator("#name").fill("Bobs")
    page.get_by_role("button", name="Make the segment").click()
    expect(page.get_by_role("heading", name="Bobs", level=1)).to_be_visible(timeout=SLOW)
    expect(page.locator("#standing")).to_contain_text("Up to date", timeout=SLOW)
    expect(page.locator("#standing")).to_contain_text("1 person")
    page.get_by_role("link", name="People in it").click()
    expect(page.get_by_role("link", name="Bob")).to_be_visible(timeout=SLOW)


def test_every_condition_can_be_drawn_and_json_leads_the_drawing(shop: Up, member: BrowserContext) -> None:
    page = begun(shop, member)
    kinds = page.get_by_label("Add a condition", exact=True).locator("optgroup option")
    values = [one.get_attribute("value") or "" for one in kinds.all()]
    assert len(values) == 14
    for kind in values:
        page.get_by_label("Add a condition", exact=True).select_option(kind)
    expect(page.locator(".rule-leaf")).to_have_count(14)
    assert [one["kind"] for one in rule_of(page)["rules"]] == values
    expect(page.locator("#preview [role=status], #preview [data-problem]").first).to_be_visible(timeout=SLOW)
    assert complaints_in_both_lights(page) == [], "axe"
    page.get_by_text("JSON", exact=True).click()
    inner = {
        "kind": "any_of",
        "rules": [{"kind": "identified", "by": "email"}, {"kind": "stage", "one_of": ["repeat"]}],
    }
    page.locator("#rule-json").fill(json.dumps({"kind": "all_of", "rules": [{"kind": "not", "rule": inner}]}))
    expect(page.locator(".rule-leaf")).to_have_count(2)
    expect(page.get_by_role("group", name="Condition 1.2").get_by_label("Repeat")).to_be_checked()
    counted(page, 2)
    page.locator("#rule-json").fill("{")
    expect(page.locator("#rule-json-error")).to_contain_text("This is no JSON")
    expect(page.locator(".rule-leaf")).to_have_count(2)


def test_nested_groups_are_taken_away_again(shop: Up, member: BrowserContext) -> None:
    page = begun(shop, member)
    page.get_by_role("button", name="Add a group", exact=True).click()
    page.get_by_label("Add a condition (1)").select_option("identified")
    page.get_by_role("button", name="Add a group (1)").click()
    expect(page.locator(".rule-group")).to_have_count(3)
    page.get_by_role("button", name="Remove the group: Group of conditions 1.2").click()
    expect(page.locator(".rule-group")).to_have_count(2)
    page.get_by_role("button", name="Remove: Condition 1.1").click()
    expect(page.get_by_label("Add a condition (1)")).to_be_focused()
    page.get_by_role("button", name="Remove the group: Group of conditions 1").click()
    assert page.locator("#rule-json").input_value() == ""


def test_without_scripts_the_json_is_what_one_edits(shop: Up, chromium: Browser) -> None:
    context = chromium.new_context(user_agent=AGENT, locale="en-GB", java_script_enabled=False)
    page = signed_in(shop, context)
    page.goto(f"{shop.ready['url']}segments/new?preset=regulars")
    expect(page.locator("#rule-json")).to_have_value('{\n  "kind": "stage",\n  "one_of": [\n    "repeat"\n  ]\n}')
    page.locator("#rule-json").fill('{"kind": "identified", "by": "email"}')
    page.get_by_role("button", name="Try the rule").click()
    expect(page.locator("#preview")).to_contain_text("has an e-mail address")
    page.get_by_role("button", name="Make the segment").click()
    expect(page.get_by_role("heading", name="Regulars", level=1)).to_be_visible(timeout=SLOW)
    context.close()


def test_what_arrives_late_leaves_the_writer_at_their_sign(shop: Up, member: BrowserContext) -> None:
    page = begun(shop, member)
    held: list[Route] = []
    page.route("**/segments/properties*", lambda route: held.append(route))  # a method of a list is refused
    page.get_by_label("Add a condition", exact=True).select_option("trait")
    first, second = (page.get_by_role("group", name=f"Condition {place}") for place in (1, 2))
    first.get_by_label("Trait", exact=True).select_option("city")
    first.get_by_label("Test", exact=True).select_option("equals")
    page.get_by_label("Add a condition", exact=True).select_option("did_sum")
    second.get_by_label("Event", exact=True).select_option("Order Completed")
    value = first.get_by_label("Value", exact=True)
    value.fill("上京")
    value.press("ArrowLeft")
    for route in held:
        route.continue_()
    expect(second.get_by_label("Property", exact=True).locator("option", has_text="total")).to_be_attached()
    page.keyboard.type("海与北")
    expect(value).to_have_value("上海与北京")
    assert rule_of(page)["rules"][0]["is"] == {"test": "equals", "value": "上海与北京"}
