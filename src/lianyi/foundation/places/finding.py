"""Looking an address up. The table is mapped, not read: processes share its 11 MB."""

import mmap
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path

import iptocc
import structlog
from babel import Locale
from ip2region import searcher, util

from lianyi.foundation.places.schemas import NOWHERE, Place

TABLE = Path(__file__).parent / "table" / "ip2region.xdb"
_UNKNOWN = "0"
_HOME = "中国"
_OWN_CODES = {"香港": "HK", "澳门": "MO", "台湾": "TW"}
# Countries that the table calls otherwise than Unicode's data does.
_ALSO = {
    "中非": "CF",
    "刚果布": "CG",
    "刚果金": "CD",
    "南乔治亚岛和南桑威奇群岛": "GS",
    "圣马丁": "MF",
    "多米尼加": "DO",
    "孟加拉": "BD",
    "巴勒斯坦": "PS",
    "托克劳群岛": "TK",
    "波黑": "BA",
    "法国南部领地": "TF",
    "瓦利斯和富图纳群岛": "WF",
    "留尼旺": "RE",
    "蒙塞拉特岛": "MS",
    "阿联酋": "AE",
    "马其顿": "MK",
}
_OWN_REGIONS = {code: name for name, code in _OWN_CODES.items()}
_TRANSLATED = IPv6Network("64:ff9b::/96")  # an address of IPv4 behind a translator (RFC 6052)
_SUFFIXES = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市")

log = structlog.get_logger()


@lru_cache(maxsize=20_000)
def place_of(address: str) -> Place:
    """The place of an address, as text; NOWHERE where it is unknown, private, or the text is no address."""
    try:
        known = ip_address(address)
    except ValueError:
        return NOWHERE
    if isinstance(known, IPv6Address):
        carried = _carried(known)
        if carried is None:
            return _registered(str(known))
        known = carried
    table = _table()
    found = "" if table is None else table.search(known.packed)
    return _told(found) or _registered(str(known))


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The address of IPv4 that one of IPv6 stands for."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _registered(address: str) -> Place:
    """The country that the registries gave an address to."""
    country = iptocc.country_code(address)
    return Place(country, _OWN_REGIONS.get(country, ""), "") if country else NOWHERE


def _told(found: str) -> Place | None:
    """What the table says; None where it names no country."""
    parts = [*found.split("|"), _UNKNOWN, _UNKNOWN, _UNKNOWN, _UNKNOWN]
    country, region, city = ("" if part == _UNKNOWN else part for part in (parts[0], parts[2], parts[3]))
    if country != _HOME:
        code = _codes().get(country, "")
        return Place(code, region, city) if code else None
    region, city = _short(region), _short(city)
    if region in _OWN_CODES:
        return Place(_OWN_CODES[region], region, city)
    return Place("CN", region, city)


@cache
def _table() -> searcher.Searcher | None:
    """None where the table was not put here: then a place is a country only, and the log says so once."""
    try:
        with TABLE.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        log.warning("places.no_table")
        return None
    return searcher.new_with_buffer(util.IPv4, content)  # type: ignore[arg-type]  # it only cuts pieces out of it


@cache
def _codes() -> dict[str, str]:
    names = Locale("zh").territories
    return {name: code for code, name in names.items() if len(code) == 2 and code.isalpha()} | _ALSO


def _short(name: str) -> str:
    """`广东省` → `广东`; a name of two characters keeps them."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name
