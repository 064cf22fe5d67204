"""Where a page may lead, and where not."""

import pytest

from lianyi.growth.pages.targets import LONGEST, target
from lianyi.kernel.errors import Refused

OF_THE_WEB = ("target", "userinfo", "private", "host", "imitates", "long")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("HTTPS://EXAMPLE.com:8443/x", "https://example.com:8443/x"),
        ("https://例子.com/活动?名=值", "https://xn--fsqu00a.com/%E6%B4%BB%E5%8A%A8?%E5%90%8D=%E5%80%BC"),
        ("https://1.1.1.1/", "https://1.1.1.1/"),
        ("/p/other?x=1", "/p/other?x=1"),
        ("#join", "#join"),
        ("tel:+8613800138000", "tel:+8613800138000"),
        ("mailto:hello@example.com?subject=Hi", "mailto:hello@example.com?subject=Hi"),
    ],
)
def test_leads_there(typed: str, kept: str) -> None:
    assert target(typed) == kept
    assert target(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "example.com",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://example.com/1",
        "//example.com/",
        "/\\example.com",
        "\\\\example.com",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://example.com@10.0.0.1/",
        "https://10.0.0.1/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:192.168.1.1]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://printer.local/",
        "https://intranet/",
        "https://exa mple.com/",
        "https://example.com/\u202egnp.exe",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://exa\u200bmple.com/",
        "https://аррӏе.com/",  # Cyrillic throughout
        "https://xn--80ak6aa92e.com/",
        "mailto:a@example.com\nbcc:b@example.com",
        "#a b",
        "tel:call me",
    ],
)
def test_refuses(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        target(typed)
    assert refused.value.code in ("page.target", *(f"link.{one}" for one in OF_THE_WEB))


def test_refuses_what_goes_in_a_circle() -> None:
    with pytest.raises(Refused) as refused:
        target("/p/fair/cta/top/go")
    assert refused.value.code == "page.circle"


def test_refuses_what_is_too_long() -> None:
    base = "https://example.com/?utm_campaign="
    assert len(target(base + "x" * (LONGEST - len(base)))) == LONGEST
    for text in (base + "x" * 4_000, base + "活" * 1_900):  # the second only over the wire
        with pytest.raises(Refused):
            target(text)
