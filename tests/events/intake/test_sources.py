"""Sources: which evidence counts, and whose it is."""

import pytest

from lianyi.events.intake.sources import from_evidence, host_of, site_name
from lianyi.events.schemas import Source


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.google.com.hk", "google"),
        ("google.com", "google"),
        ("m.weibo.cn", "weibo"),
        ("mp.weixin.qq.com", "weixin"),
        ("localhost", "localhost"),
        ("example.co.uk", "example"),
    ],
)
def test_the_site_is_the_label_before_the_public_suffix(host: str, name: str) -> None:
    assert site_name(host) == name


def test_campaign_parameters_win_over_codes_click_ids_and_referrers() -> None:
    assert from_evidence("Email", "EDM", "spring", "c1", "gclid", "https://bing.com/", "a.cn") == Source(
        "email", "edm", "spring", "c1"
    )
    assert from_evidence("", "", "", "c1", "gclid", "https://bing.com/", "a.cn") == Source("code", "", "", "c1")
    assert from_evidence("", "", "", "", "bd_vid", "https://bing.com/", "a.cn") == Source("baidu", "cpc", "", "")
    assert from_evidence("", "", "", "", "", "https://www.bing.com/", "a.cn") == Source("bing", "organic", "", "")


def test_no_evidence_is_no_touch() -> None:
    assert from_evidence("", "", "", "", "", "", "") is None
    assert from_evidence("", "", "", "", "", "https://a.cn/x", "a.cn") is None


def test_hostile_evidence_is_cut_and_cleaned() -> None:
    source = from_evidence("x" * 999 + "\x00", "", "<script>", "", "", "", "")
    assert source == Source("x" * 200, "", "<script>", "")
    assert host_of("http://[::1") == ""
    assert host_of("javascript:alert(1)") == ""


def test_a_source_has_no_signs_that_nobody_sees() -> None:
    said = from_evidence("a\x00\x1b[31m", "b\u202e\x9b", "\tc\n", "d\x7f", "", "", "")
    assert said == Source("a[31m", "b", "c", "d")
    every = "".join(map(chr, range(0x80, 0xA0)))
    assert from_evidence(f"a{every}b", every, f"c{every}", f"d{every}", "", "", "") == Source("ab", "", "c", "d")
    assert host_of(f"https://a{every}.cn/") == "a.cn"
    assert from_evidence("", "", "", "", "", f"https://{every}b.cn/", "") == Source("referral", "b.cn", "", "")
