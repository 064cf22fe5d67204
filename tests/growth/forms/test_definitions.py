"""Definitions: what is one, what is refused, and that its JSON is itself."""

import json
from typing import Any

import pytest
from tests.growth.forms.making import CITY, CONSENT, EMAIL, NAME, PHONE, definition_of, object_of

from lianyi.growth.forms.definitions import check_ready, read, read_object
from lianyi.growth.forms.fields import Choice, When
from lianyi.growth.forms.schemas import MOST_BYTES, digest, encode
from lianyi.kernel.errors import Refused

EVERY = [
    NAME,
    PHONE,
    EMAIL,
    CITY,
    {"kind": "long_text", "key": "wish", "label": {"zh": "需求"}, "when": {"field": "city", "values": ["other"]}},
    {"kind": "number", "key": "seats", "label": {"en": "Seats"}, "least": "1", "most": "500", "whole": True},
    {"kind": "date", "key": "day", "label": {"en": "Day"}, "first": "2026-01-01", "last": "2026-12-31"},
    {"kind": "choices", "key": "topics", "label": {"en": "Topics"}, "options": [{"value": "a"}, {"value": "b"}]},
    CONSENT,
    {"kind": "file", "key": "card", "label": {"en": "Card"}, "documents": False},
    {"kind": "hidden", "key": "stand", "parameter": "stand"},
]


def test_the_json_of_a_definition_is_the_definition() -> None:
    whole = object_of(
        *EVERY,
        progressive={"fields": ["city", "phone"], "at_once": 1},
        double_opt_in={"field": "email", "days": 7},
        download={"media": 4, "hours": 24},
        thanks={"address": "https://example.com/thanks?a=1"},
        notify=[3],
    )
    definition = read_object(whole)
    assert read(encode(definition)) == definition
    assert definition.field("city") == Choice(
        key="city", label=definition.fields[3].label, options=definition.fields[3].options, maps_to="trait:city"
    )
    assert definition.fields[4].when == When("city", ("other",))
    assert digest(definition) == digest(read(json.dumps(whole)))
    assert digest(definition) != digest(definition_of(*EVERY))


def test_words_fall_back_on_the_other_language() -> None:
    definition = definition_of(NAME, title={"zh": "预约"}, intro={"en": "Hello"})
    assert (definition.title.told("en"), definition.title.told("zh-hans")) == ("预约", "预约")
    assert (definition.intro.told("zh-CN"), definition.fields[0].label.told("fr")) == ("Hello", "Name")


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a kind that there is not": ("form.definition", object_of({"kind": "signature", "key": "a"})),
    "a part that there is not": ("form.definition", object_of(NAME, colour="red")),
    "a field without a key": ("form.definition", object_of({"kind": "text"})),
    "a key with a dot": ("form.definition", object_of({"kind": "text", "key": "a.b"})),
    "a choice of nothing": ("form.definition", object_of({"kind": "choice", "key": "a", "options": []})),
    "a page in a third language": ("form.definition", object_of(NAME, language="fr")),
    "two fields of one key": ("form.twice", object_of(NAME, {**PHONE, "key": "name"})),
    "a key of ours": ("form.key", object_of({"kind": "text", "key": "ly_issue"})),
    "an identity of another kind": ("form.target", object_of({**NAME, "maps_to": "phone"})),
    "a consent as a trait": ("form.target", object_of({**CONSENT, "maps_to": "trait:agreed"})),
    "a trait without a name": ("form.target", object_of({**NAME, "maps_to": "trait:"})),
    "two fields for one trait": ("form.target_twice", object_of(NAME, {**NAME, "key": "b"})),
    "a later field decides": ("form.condition", object_of({**NAME, "when": {"field": "city"}}, CITY)),
    "a field decides on itself": ("form.condition", object_of({**NAME, "when": {"field": "name"}})),
    "what nobody can choose decides": (
        "form.condition_value",
        object_of(CITY, {**NAME, "when": {"field": "city", "values": ["北京"]}}),
    ),
    "options of one value": ("form.options", object_of({**CITY, "options": [{"value": "a"}, {"value": "a"}]})),
    "an option of blanks": ("form.options", object_of({**CITY, "options": [{"value": " "}]})),
    "more than there are": (
        "form.bounds",
        object_of({"kind": "choices", "key": "a", "options": [{"value": "a"}], "least": 2}),
    ),
    "numbers crossed": ("form.bounds", object_of({"kind": "number", "key": "a", "least": "2", "most": "1"})),
    "days crossed": (
        "form.bounds",
        object_of({"kind": "date", "key": "a", "first": "2026-02-01", "last": "2026-01-01"}),
    ),
    "no day": ("form.day", object_of({"kind": "date", "key": "a", "first": "2026-02-30"})),
    "asked by and by without a place": (
        "form.progressive",
        object_of({**NAME, "maps_to": ""}, progressive={"fields": ["name"]}),
    ),
    "opt-in by a phone": ("form.opt_in", object_of(PHONE, double_opt_in={"field": "phone"})),
    "thanks by a script": ("form.address", object_of(NAME, thanks={"address": "javascript:alert(1)"})),
    "thanks by data": ("form.address", object_of(NAME, thanks={"address": "data:text/html,x"})),
    "thanks with a password": ("form.address", object_of(NAME, thanks={"address": "https://a:b@example.com/"})),
    "thanks with a break": ("form.address", object_of(NAME, thanks={"address": "https://example.com/\r\nx: y"})),
    "a long label": ("form.text", object_of({**NAME, "label": {"zh": "长" * 301}})),
    "a turned line": ("form.unseen", object_of(NAME, intro={"en": "abc\u202edef"})),
    "a null character": ("form.unseen", object_of(NAME, intro={"en": "abc\x00"})),
    "too large": ("form.large", object_of(NAME, intro={"en": "x" * MOST_BYTES})),
}


@pytest.mark.parametrize(("code", "value"), REFUSED.values(), ids=REFUSED.keys())
def test_what_means_nothing_is_refused(code: str, value: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        read_object(value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("form.empty", object_of()),
        ("form.empty", object_of({"kind": "hidden", "key": "a"})),
        ("form.title", {"fields": [NAME]}),
        ("form.label", object_of({"kind": "text", "key": "a"})),
        ("form.label", object_of({"kind": "consent", "key": "a", "label": {"en": "Terms"}, "wording": {}})),
    ],
)
def test_what_nobody_could_fill_in_is_a_draft_and_no_more(code: str, value: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        check_ready(read_object(value))
    assert caught.value.code == code


def test_what_is_no_json_is_refused() -> None:
    for data in (b"", b"{", b"[]", b"null", b"\xff", b"[" * 5_000):
        with pytest.raises(Refused) as caught:
            read(data)
        assert caught.value.code == "form.definition"
