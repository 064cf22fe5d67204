"""Filters of the pages, and words for closed sets."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.translation import override

from lianyi.people.imports.moments import FORMS
from lianyi.web.import_words import form_name
from lianyi.web.labels import LETTERS
from lianyi.web.templatetags.shown import essence, origin_name

SOURCE = Path(__file__).parents[2] / "src" / "lianyi"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"generated": True}, ""),
        ({"generated": True, "colour": "red", "size": "L", "fit": "slim"}, "red · L"),
        ({"colour": "red", "sku": None}, "red"),
    ],
)
def test_the_essence_of_an_event_is_no_bare_yes(said: dict[str, Any], expected: str) -> None:
    assert essence(SimpleNamespace(name="Product Shared", said=said)) == expected


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        ("page.reached", {"page": 2, "slug": "tea", "version": 1, "language": "zh"}, "tea"),
        ("code.scanned", {"link": 5, "slug": "s8a6", "holder_kind": "stand", "holder": "Booth 3"}, "Booth 3 · s8a6"),
        ("form.submitted", {"form": 2, "version": 1, "answers": {"city": "上海", "agree": True}}, "上海"),
        ("survey.completed", {"survey": 1, "page": 2, "answers": {"city": "sh", "nps": 3}}, "sh · 3"),
        ("file.downloaded", {"form": 2, "file": "guide.pdf"}, "guide.pdf"),
    ],
)
def test_what_a_touch_was_is_told_without_numbers_of_ours(name: str, said: dict[str, Any], expected: str) -> None:
    assert essence(SimpleNamespace(name=name, said=said)) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("import:crm", "An import crm"),
        ("member:3", "A member 3"),
        ("cli", "The command line"),
        ("server", "A server"),
        ("elsewhere:1", "elsewhere:1"),
    ],
)
def test_an_origin_is_told_in_words(origin: str, expected: str) -> None:
    with override("en"):
        assert origin_name(origin) == expected


def test_every_reason_of_a_refused_event_has_words() -> None:
    intake = "\n".join(path.read_text() for path in (SOURCE / "events" / "intake").glob("*.py"))
    assert {*re.findall(r'BadEvent\(\s*"([a-z_.]+)"', intake), "event.undecodable"} == {*LETTERS}


def test_how_a_column_of_dates_is_read_is_told_in_words() -> None:
    with override("en"):
        assert [form for form in FORMS if form_name(form) == form] == []
    assert form_name("") == ""
    with override("en"):
        assert form_name("written") == "Year first, or in words"
