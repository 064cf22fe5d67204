"""A file of spend: CSV or whatever else tables come in, its columns told by their names in English and Chinese.

All rows are taken or none: the first that cannot be is named with its number. Amounts have a decimal point, and may
have grouped thousands and a currency sign.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from lianyi.campaigns.spend.schemas import Spend, SpendLine
from lianyi.events.schemas import Source
from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import plain
from lianyi.people.imports.cells import Bad, tidy
from lianyi.people.imports.numbers import decimal
from lianyi.people.imports.opening import open_table
from lianyi.people.imports.readers import currency
from lianyi.people.imports.tables import FileSpec

_NAMES = {
    "channel": "channel source utm_source 渠道 来源",
    "medium": "medium utm_medium 媒介",
    "campaign": "campaign utm_campaign 营销活动 活动 推广活动",
    "code": "code channel_code 渠道码",
    "first_on": "from start first_on date day 开始 开始日期 起始日期 日期",
    "last_on": "to end until last_on 结束 结束日期 截止日期",
    "amount": "amount cost spend spent total 金额 花费 费用 消耗 投放金额",
    "currency": "currency 币种 货币",
    "note": "note remark comment 备注 说明",
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names.split()}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
HEADER = ("channel", "medium", "campaign", "code", "from", "to", "amount", "currency", "note")


def read_spend(path: Path, default_currency: str) -> list[Spend]:
    """The lines of a file. Without an end, a line is about one day; without a currency, in `default_currency`."""
    table = open_table(path, FileSpec(), lambda name: _key(name) in _FIELDS)
    places = {_FIELDS[_key(name)]: place for place, name in enumerate(table.columns) if _key(name) in _FIELDS}
    missing = [field for field in ("channel", "first_on", "amount") if field not in places]
    if missing:
        raise Refused(
            "spend.columns",
            "The file has no column for {missing}.",
            "Name the columns in the first row: {header}.",
            missing=[HEADER[list(_NAMES).index(field)] for field in missing],
            header=", ".join(HEADER),
        )
    return [_spend(number, cells, places, default_currency) for number, cells in _rows(table)]


def as_row(line: Spend) -> list[str]:
    """The line as a file has it, under HEADER; a cell that a spreadsheet would compute is defused."""
    cells = [*line.source, line.first_on.isoformat(), line.last_on.isoformat(), plain(line.amount)]
    return [neutral(cell) for cell in (*cells, line.currency, line.note)]


def as_file(lines: Iterable[SpendLine]) -> Iterator[bytes]:
    """The lines as a CSV file that `read_spend` takes, row by row."""
    return csv_lines(chain([HEADER], (as_row(one.spend) for one in lines)))


def _rows(table: Any) -> Iterator[tuple[int, Any]]:
    for block in table.blocks():
        for row in block.refused:
            raise Refused("spend.row", "Row {row}: {reason}", row=row.number, reason=row.problems[0].reason)
        yield from zip(block.numbers, block.cells, strict=True)


def _spend(number: int, cells: Any, places: dict[str, int], default_currency: str) -> Spend:
    def cell(field: str) -> Any:
        return cells[places[field]] if field in places else None

    try:
        first = day_of(_good(tidy(cell("first_on"))) or "")
        last = _good(tidy(cell("last_on")))
        texts = {field: _good(tidy(cell(field))) or "" for field in ("channel", "medium", "campaign", "code", "note")}
        amount = _good(decimal(cell("amount"), "."))
        return Spend(
            Source(*(texts[field] for field in ("channel", "medium", "campaign", "code"))),
            first,
            day_of(last) if last else first,
            amount if amount is not None else _missing(),
            _good(currency(cell("currency"))) or default_currency,
            texts["note"],
        ).check()
    except Refused as refused:
        raise Refused(
            "spend.row", "Row {row}: {reason}", refused.next_step, row=number, reason=refused.sentence
        ) from None


def day_of(text: str) -> date:
    """The day that a text names, the year first; refuses any other."""
    found = _DAY.fullmatch(text.strip())
    try:
        if found:
            return date(*map(int, found.groups()))
    except ValueError:
        pass
    raise Refused("spend.day", "{text!r} is no day.", "Write e.g. 2026-03-01.", text=text)


def _good(value: Any) -> Any:
    if isinstance(value, Bad):
        raise Refused(value.code, value.reason)
    return value


def _missing() -> Decimal:
    raise Refused("spend.amount", "The amount is missing.", "Write what was paid.")


def _key(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", name.strip().casefold())
