"""A file of links: CSV or whatever else tables come in, its columns told by their names in English and Chinese.

All rows are taken or none: those that cannot be are named with their numbers as a spreadsheet shows them, the row of
the names being 1.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from lianyi.kernel.cells import csv_lines, neutral, restored
from lianyi.kernel.errors import Refused
from lianyi.links.actions import AT_ONCE
from lianyi.links.drafts import Draft, LinkFile, LinkLine
from lianyi.people.imports.cells import Bad, tidy
from lianyi.people.imports.opening import open_table
from lianyi.people.imports.tables import FileSpec

LARGEST_FILE = 10_000_000  # bytes
_NAMES = {
    "name": "name title 名称 名字 标题",
    "target": "target url link destination 目标 目标地址 网址 链接 落地页",
    "kind": "kind type 类型 种类",
    "domain": "domain host 域名",
    "slug": "slug short 短码 短链后缀 后缀",
    "code": "code channel_code 渠道码",
    "channel": "channel source utm_source 渠道 来源",
    "medium": "medium utm_medium 媒介",
    "campaign": "campaign utm_campaign 营销活动 活动",
    "term": "term utm_term 关键词",
    "content": "content utm_content 内容",
    "holder_kind": "holder_kind holder_type 持有人类型 归属类型",
    "holder": "holder 持有人 归属",
    "account": "account appid 公众号 账号",
    "scene": "scene scene_str scene_id 场景值",
    "picture": "picture url_text 二维码内容",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
_KINDS = {"link": "link", "code": "code", "短链": "link", "渠道码": "code", "二维码": "code", "公众号二维码": "wechat"}
_HOLDERS = {
    "员工": "staff",
    "店员": "staff",
    "伙伴": "partner",
    "合作伙伴": "partner",
    "达人": "creator",
    "展位": "stand",
    "门店": "shop",
}
HEADER = (*_NAMES, "address")


def read_links(name: str, content: bytes) -> LinkFile:
    """The links of a file, channel codes where it does not say what they are. Its `name` may say by its ending what it
    is. Refuses an empty file, one of more than LARGEST_FILE, and one of more than AT_ONCE links.
    """
    if not 0 < len(content) <= LARGEST_FILE:
        raise Refused("link.file", "The file is missing, empty or over 10 MB.", "Choose another.")
    with tempfile.TemporaryDirectory(prefix="lianyi-links-") as folder:
        place = Path(folder, "links" + Path(name.replace("\x00", "")).suffix[:10])
        place.write_bytes(content)
        table = open_table(place, FileSpec(), lambda one: _key(one) in _FIELDS)
        places = {_FIELDS[_key(one)]: at for at, one in enumerate(table.columns) if _key(one) in _FIELDS}
        if "target" not in places and "scene" not in places:
            raise Refused("link.columns", "The file has no column for the target.",
                          "Name the columns in the first row: {header}.", header=", ".join(_NAMES))  # fmt: skip
        return _read(table, places)


def as_file(lines: Iterable[LinkLine], installation: str) -> Iterator[bytes]:
    """The links as a CSV file that `read_links` takes; a cell that a spreadsheet would compute is defused."""
    return csv_lines(chain([HEADER], (_as_row(one, installation) for one in lines)))


def _as_row(line: LinkLine, installation: str) -> list[str]:
    link = line.link
    said = {**{name: getattr(link, name) for name in _NAMES if name != "name"}, "name": line.name}
    return [neutral(str(said[name] or "")) for name in _NAMES] + [line.address(installation)]


def _read(table: Any, places: dict[str, int]) -> LinkFile:
    rows: list[int] = []
    drafts: list[Draft] = []
    faults: list[tuple[int, Refused]] = []
    for block in table.blocks():
        faults += [(row.number, Refused("link.row", row.problems[0].reason)) for row in block.refused]
        for number, cells in zip(block.numbers, block.cells, strict=True):
            try:
                drafts.append(_draft(cells, places))
                rows.append(number)
            except Refused as refused:
                faults.append((number, refused))
        if len(rows) + len(faults) > AT_ONCE:  # a small file may hold millions, and more when it is packed
            raise Refused("link.many", "The file has more than {most:,} links.", "Split it.", most=AT_ONCE)
    return LinkFile(rows, drafts, faults)


def _draft(cells: Any, places: dict[str, int]) -> Draft:
    said: dict[str, Any] = {}
    for field, place in places.items():
        value = tidy(cells[place])
        if isinstance(value, Bad):
            raise Refused("link.row", value.reason)
        said[field] = restored(str(value)) if value is not None else ""
    kind, holder = said.pop("kind", ""), said.pop("holder_kind", "")
    return Draft(
        **{"target": "", **said},
        kind=_KINDS.get(kind.lower(), kind) or ("wechat" if said.get("scene") else "code"),
        holder_kind=_HOLDERS.get(holder, holder.lower()),
    )


def _key(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())
