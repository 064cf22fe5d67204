"""Where a touch came from, read off what browsers and SDKs send.

The order of evidence: a channel code of ours, then campaign parameters, then an advertiser's click id, then the
referring site. A visit with none of them is no touch: it says nothing about where the person came from.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from lianyi.events.schemas import Source

LONGEST = 200

# Click ids that advertising systems add to addresses, and whose they are.
CLICK_IDS = {
    "gclid": ("google", "cpc"),
    "wbraid": ("google", "cpc"),
    "gbraid": ("google", "cpc"),
    "fbclid": ("facebook", "social"),
    "msclkid": ("bing", "cpc"),
    "ttclid": ("tiktok", "cpc"),
    "twclid": ("x", "cpc"),
    "li_fat_id": ("linkedin", "cpc"),
    "yclid": ("yandex", "cpc"),
    "bd_vid": ("baidu", "cpc"),
    "qz_gdt": ("tencent", "cpc"),
    "gdt_vid": ("tencent", "cpc"),
    "clickid": ("douyin", "cpc"),
}

# Registrable names of referring sites: channel and medium.
SITES = {
    "google": ("google", "organic"),
    "bing": ("bing", "organic"),
    "baidu": ("baidu", "organic"),
    "sogou": ("sogou", "organic"),
    "so": ("360", "organic"),
    "sm": ("shenma", "organic"),
    "duckduckgo": ("duckduckgo", "organic"),
    "yahoo": ("yahoo", "organic"),
    "yandex": ("yandex", "organic"),
    "weixin": ("wechat", "social"),
    "wechat": ("wechat", "social"),
    "weibo": ("weibo", "social"),
    "douyin": ("douyin", "social"),
    "tiktok": ("tiktok", "social"),
    "xiaohongshu": ("xiaohongshu", "social"),
    "xhslink": ("xiaohongshu", "social"),
    "zhihu": ("zhihu", "social"),
    "bilibili": ("bilibili", "social"),
    "b23": ("bilibili", "social"),
    "toutiao": ("toutiao", "social"),
    "douban": ("douban", "social"),
    "kuaishou": ("kuaishou", "social"),
    "facebook": ("facebook", "social"),
    "instagram": ("instagram", "social"),
    "twitter": ("x", "social"),
    "x": ("x", "social"),
    "t": ("x", "social"),
    "linkedin": ("linkedin", "social"),
    "youtube": ("youtube", "social"),
    "reddit": ("reddit", "social"),
    "pinterest": ("pinterest", "social"),
    "telegram": ("telegram", "social"),
}
# No source has a name with signs that nobody sees: some cannot be stored, and others paint in a terminal.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SECOND_LEVELS = {"com", "co", "net", "org", "gov", "edu", "ac"}


def _short(value: object) -> str:
    return _UNSEEN.sub("", value).strip()[:LONGEST] if isinstance(value, str) else ""


@lru_cache(maxsize=10_000)
def from_evidence(
    utm_source: str,
    utm_medium: str,
    utm_campaign: str,
    code: str,
    click_id: str,
    referrer: str,
    page_host: str,
) -> Source | None:
    """The source that the evidence of one visit shows; None when there is none. `click_id` is a name, not a value."""
    source, medium, campaign, code = (
        _short(utm_source).lower(),
        _short(utm_medium).lower(),
        _short(utm_campaign),
        _short(code),
    )
    if source:
        return Source(source, medium, campaign, code)
    if code:
        return Source("code", medium, campaign, code)
    if click_id in CLICK_IDS:
        channel, paid = CLICK_IDS[click_id]
        return Source(channel, medium or paid, campaign, "")
    host = host_of(referrer)
    if not host or host == page_host:
        return Source("campaign", medium, campaign, "") if campaign else None
    name = site_name(host)
    channel, organic = SITES.get(name, ("referral", host[:LONGEST]))
    return Source(channel, medium or organic, campaign, "")


def host_of(address: str) -> str:
    """The host of a web address, lower case, without signs that nobody sees; empty when it has none."""
    try:
        return _UNSEEN.sub("", (urlsplit(address).hostname or "").lower())
    except ValueError:
        return ""


def site_name(host: str) -> str:
    """`www.google.com.hk` → `google`; the label before the public suffix, near enough for a table of known sites."""
    if f".{host}".endswith(".weixin.qq.com"):  # articles and the app's own browser, at a name beneath another site's
        return "weixin"
    labels = host.split(".")
    if len(labels) >= 3 and labels[-2] in _SECOND_LEVELS:
        return labels[-3]
    return labels[-2] if len(labels) >= 2 else host
