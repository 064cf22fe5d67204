"""Which reader a file has: a workbook's, Parquet's, that of JSON lines, or that of text with delimiters.

Refuses a file with more columns than a table has. A reader that needs a large library is imported for its files only.
"""

from collections.abc import Callable
from pathlib import Path

from lianyi.kernel.errors import Refused
from lianyi.people.imports.delimited import DelimitedTable
from lianyi.people.imports.documents import DocumentTable, is_documents
from lianyi.people.imports.files import Glimpse, glimpse
from lianyi.people.imports.tables import MOST_COLUMNS, FileSpec, Table


def open_table(path: Path, spec: FileSpec, is_known: Callable[[str], bool]) -> Table:
    """The table in a file. `is_known` says whether a name is one that headers have, which helps to tell a header."""
    return table_of(glimpse(path, encoding=spec.encoding), spec, is_known)


def table_of(seen: Glimpse, spec: FileSpec, is_known: Callable[[str], bool]) -> Table:
    """The same of a file that was looked through before."""
    table: Table
    if seen.kind == "xlsx":
        from lianyi.people.imports.workbooks import WorkbookTable

        table = WorkbookTable(seen, spec, is_known)
    elif seen.kind == "parquet":
        from lianyi.people.imports.parquet import ParquetTable

        table = ParquetTable(seen)
    else:
        table = DocumentTable(seen) if is_documents(seen) else DelimitedTable(seen, spec, is_known)
    if len(table.columns) > MOST_COLUMNS:
        raise Refused(
            "file.columns",
            "The file has {count:,} columns; {most:,} at most.",
            "Is it a table?",
            count=len(table.columns),
            most=MOST_COLUMNS,
        )
    return table
