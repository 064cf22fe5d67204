"""A long select says what Django's own would say."""

import pytest
from django import forms
from django.test.html import parse_html

from lianyi.web.choosing import LongSelect

HOSTILE = '"><script>'


@pytest.mark.parametrize("value", ["", "b", HOSTILE, None, "nobody's"])
def test_it_is_djangos_drawn_at_once(value: str | None) -> None:
    choices = [("", "None"), ("a", "A & A"), ("b", "B"), (HOSTILE, HOSTILE)]
    own, djangos = (
        widget(choices=choices, attrs={"class": "w-full"}).render("zone", value, {"id": "id_zone", "required": True})
        for widget in (LongSelect, forms.Select)
    )
    assert parse_html(own) == parse_html(djangos)
    assert "<script" not in own
