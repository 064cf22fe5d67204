"""The table is a real one, so what it says of addresses that have been one company's for decades is stable."""

import subprocess
import sys
from ipaddress import IPv4Address

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
        ("2409:8a00::1", Place("CN", "", "")),
        ("2001:b000::1", Place("TW", "台湾", "")),
        ("2001:4860:4860::8888", Place("US", "", "")),
        ("::ffff:58.60.1.1", Place("CN", "广东", "深圳")),
        ("64:ff9b::3a3c:101", Place("CN", "广东", "深圳")),
        ("2002:3a3c:101::1", Place("CN", "广东", "深圳")),
    ],
)
def test_an_address_has_a_place(address: str, place: Place) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1", "192.0.2.1", "198.18.0.1",
        "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1",
        "", "localhost", "999.1.1.1", "1.2.3", "1.2.3.4.5", "58.60.1.1:80", "58.60.1.1\x00", " 58.60.1.1", "５8.60.1.1",
    ],
)  # fmt: skip
def test_what_is_private_or_no_address_is_nowhere(address: str) -> None:
    assert place_of(address) == NOWHERE


@given(st.text())
def test_any_text_is_survived(address: str) -> None:
    assert place_of(address) == NOWHERE


@given(st.integers(0, 2**32 - 1))
def test_countries_are_codes(number: int) -> None:
    place = place_of(".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)))
    assert place == NOWHERE or (len(place.country) == 2 and place.country.isupper())


def test_all_provinces_of_china_are_resolved_to_cities() -> None:
    found = {place_of(str(IPv4Address(number))) for number in range(1 << 24, 224 << 24, 1 << 14)}
    assert len({one.region for one in found if one.country == "CN"} - {""}) == 31
    assert len({one.city for one in found if one.country == "CN"}) > 300


def test_it_takes_few_microseconds_and_megabytes_and_no_framework() -> None:
    program = """
import resource, sys, time

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
from lianyi.foundation.places import place_of
place_of("58.60.1.1")
addresses = [f"{1 + n % 220}.{n * 7 % 256}.{n * 13 % 256}.{n % 256}" for n in range(20_000)]
began = time.process_time()
for one in addresses:
    place_of(one)
micros = (time.process_time() - began) / 20_000 * 1e6
print(micros, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
assert "django" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    micros, megabytes = map(float, done.stdout.split())
    assert micros < 60  # 8 on an idle machine
    assert megabytes < 60
