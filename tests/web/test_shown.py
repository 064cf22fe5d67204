"""Filters of the pages."""

from types import SimpleNamespace
from typing import Any

import pytest

from lianyi.web.templatetags.shown import essence


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
