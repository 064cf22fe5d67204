"""Tables that leave as files: CSV row by row, and XLSX; a cell never becomes a formula.

Numbers and days stay what they are.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import IO, Any

from django.http import StreamingHttpResponse
from django.utils import timezone

from lianyi.kernel.cells import csv_lines, neutral
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import plain

XLSX_ROWS = 100_000  # without the head: a workbook is made while its taker waits, some 10 s for so many


def csv_rows(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, with the mark by which Excel knows it."""
    yield b"\xef\xbb\xbf"
    yield from csv_lines([_text(value) for value in row] for row in rows)


def csv_answer(lines: Iterable[bytes], name: str) -> StreamingHttpResponse:
    """Lines of CSV as a file of this name, sent as they are made."""
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_file(name: str, rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a file that is called by this name and today's date."""
    return csv_answer(csv_rows(rows), f"{name}-{timezone.localdate():%Y-%m-%d}.csv")


def xlsx_file(title: str, rows: Iterable[Iterable[Any]]) -> IO[bytes]:
    """The rows as a workbook, written to a file of the disk, which goes when it is closed. Refuses more than
    `XLSX_ROWS`, the head apart.
    """
    table = list(islice(rows, XLSX_ROWS + 2))  # looked at first: a workbook that is begun has to be ended
    if len(table) > XLSX_ROWS + 1:
        raise Refused(
            "export.too_many",
            "An Excel file holds {most:,} rows at most.",
            "Take CSV, which holds any number, or filter the list.",
            most=XLSX_ROWS,
        )
    from openpyxl import Workbook  # 13 MB of the process, which most never need
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in table:
        sheet.append([_cell(partial(WriteOnlyCell, sheet), value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    return file


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return neutral(value) if isinstance(value, str) else str(value)


def _cell(cell_of: Callable[[str], Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    clean = "".join(letter for letter in value if letter >= " " or letter in "\n\t")
    cell = cell_of(neutral(clean))
    cell.data_type = "s"
    return cell
