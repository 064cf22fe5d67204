"""Looking an address up. The table is mapped, not read: processes share its 11 MB."""

import mmap
from functools import cache, lru_cache
from pathlib import Path

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
_SUFFIXES = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "特别行政区", "省", "市")

log = structlog.get_logger()


@lru_cache(maxsize=20_000)
def place_of(address: str) -> Place:
    """The place of an IPv4 address, as text; NOWHERE where it is unknown or the text is no such address."""
    table = _table()
    if table is None or address.count(".") != 3:
        return NOWHERE
    try:
        found = table.search(address)
    except ValueError:
        return NOWHERE
    parts = [*found.split("|"), _UNKNOWN, _UNKNOWN, _UNKNOWN, _UNKNOWN]
    country, region, city = ("" if part == _UNKNOWN else part for part in (parts[0], parts[2], parts[3]))
    if country != _HOME:
        code = _codes().get(country, "")
        return Place(code, region, city) if code else NOWHERE
    region, city = _short(region), _short(city)
    if region in _OWN_CODES:
        return Place(_OWN_CODES[region], region, city)
    return Place("CN", region, city)


@cache
def _table() -> searcher.Searcher | None:
    """None where the table was not put here: then every place is unknown, and the log says so once."""
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
