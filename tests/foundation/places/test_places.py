"""The table is a real one, so what it says of addresses that have been one company's for decades is stable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.foundation.places import NOWHERE, Place, place_of


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("202.96.209.5", Place("CN", "上海", "上海")),
        ("114.114.114.114", Place("CN", "江苏", "南京")),
        ("58.60.1.1", Place("CN", "广东", "深圳")),
        ("218.102.1.1", Place("HK", "香港", "")),
        ("202.175.3.3", Place("MO", "澳门", "")),
        ("61.216.1.1", Place("TW", "台湾", "")),
        ("8.8.8.8", Place("US", "", "")),
    ],
)
def test_an_address_has_a_place(address: str, place: Place) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "2001:db8::1", "", "999.1.1.1", "1.2.3"]
)
def test_what_is_private_or_no_address_is_nowhere(address: str) -> None:
    assert place_of(address) == NOWHERE


@given(st.text())
def test_any_text_is_survived(address: str) -> None:
    assert place_of(address) == NOWHERE


@given(st.integers(0, 2**32 - 1))
def test_countries_are_codes(number: int) -> None:
    place = place_of(".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)))
    assert place == NOWHERE or (len(place.country) == 2 and place.country.isupper())
