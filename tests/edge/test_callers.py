from ipaddress import ip_network
from typing import Any

import pytest

from lianyi.edge.callers import Callers, Device, device_of
from lianyi.edge.visitors import visitor_of

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
CALLERS = Callers([ip_network("127.0.0.0/8")])


def asked(client: str = "127.0.0.1", method: str = "GET", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in {"user_agent": PHONE, **headers}.items()}
    return {
        "method": method,
        "scheme": "http",
        "client": (client, 1),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
    }


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, Device("phone", "ios", "")),
        (f"{PHONE} MicroMessenger/8.0.49(0x18003137) NetType/WIFI", Device("phone", "ios", "wechat")),
        (f"{PHONE} wxwork/4.1 MicroMessenger/7.0", Device("phone", "ios", "wecom")),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125 Safari/537.36",
            Device("tablet", "android", ""),
        ),
        (
            "Mozilla/5.0 (Linux; Android 13; V2203A) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36 aweme/29.1",
            Device("phone", "android", "douyin"),
        ),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Mobile", Device("phone", "harmony", "")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", Device("desktop", "windows", "")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", Device("desktop", "macos", "")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", Device("desktop", "linux", "")),
        ("", Device("other", "", "")),
    ],
)
def test_a_browser_says_where_it_runs(agent: str, device: Device) -> None:
    assert device_of(agent) == device


def test_only_a_believed_proxy_says_who_called() -> None:
    assert CALLERS.caller_of(asked("203.0.113.9", x_forwarded_for="198.51.100.7")).address == "203.0.113.9"
    assert CALLERS.caller_of(asked(x_forwarded_for="10.9.9.9, 198.51.100.7")).address == "198.51.100.7"
    assert CALLERS.caller_of(asked("::ffff:203.0.113.9")).address == "203.0.113.9"
    assert CALLERS.caller_of(asked(x_forwarded_for="nonsense")).address == ""


def test_languages_and_referrers_are_read() -> None:
    caller = CALLERS.caller_of(asked(accept_language="zh-CN,zh;q=0.9", referer="https://weixin.qq.com/a?b=c"))
    assert (caller.language, caller.referrer) == ("zh-CN", "weixin.qq.com")
    assert CALLERS.caller_of(asked(accept_language="*", referer="http://[")).language == ""


@pytest.mark.parametrize(
    "request_",
    [
        asked(method="HEAD"),
        asked(user_agent=""),
        asked(user_agent="Twitterbot/1.0"),
        asked(user_agent="WhatsApp/2.23.20.0"),
        asked(sec_purpose="prefetch;prerender"),
        asked(x_moz="prefetch"),
        asked(purpose="preview"),
    ],
)
def test_what_nobody_looks_at_is_a_machine_and_gets_no_cookie(request_: dict[str, Any]) -> None:
    caller = CALLERS.caller_of(request_)
    assert caller.machine
    visitor = visitor_of(request_, caller)
    assert (visitor.claims(), visitor.header(tls=True)) == ([], None)


def test_a_new_browser_gets_a_cookie_and_keeps_it() -> None:
    visitor = visitor_of(asked(), CALLERS.caller_of(asked()))
    name, said = visitor.header(tls=True) or (b"", b"")
    assert (name, said.decode()) == (
        b"set-cookie",
        f"ly_id={visitor.value}; Path=/; Max-Age=31536000; SameSite=Lax; Secure",
    )
    again = asked(cookie=f'odd[]={{"a":1}}; ly_id={visitor.value}; other=1')
    known = visitor_of(again, CALLERS.caller_of(again))
    assert known.claims() == [("cookie", "default", visitor.value, False)]
    assert known.header(tls=True) is None


@pytest.mark.parametrize("headers", [{"dnt": "1"}, {"sec_gpc": "1"}, {"cookie": "ly_id=abcdefgh; ly_consent=0"}])
def test_who_objects_is_nobody(headers: dict[str, str]) -> None:
    request = asked(**headers)
    visitor = visitor_of(request, CALLERS.caller_of(request))
    assert (visitor.claims(), visitor.header(tls=False)) == ([], None)


def test_a_cookie_that_is_none_of_ours_is_replaced() -> None:
    request = asked(cookie="ly_id=<script>")
    assert visitor_of(request, CALLERS.caller_of(request)).fresh
