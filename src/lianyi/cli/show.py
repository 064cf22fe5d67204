"""How a verb shows what it found: JSON for programs, a table or a sentence for people. Data on stdout, nothing else."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]
_WIDE = 100_000  # columns of a table that is not on a terminal: nothing is cut or folded


def print_json(value: Any) -> None:
    """One line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=plain, separators=(", ", ": ")) + "\n")
    sys.stdout.flush()


def plain(value: Any) -> Any:
    """What JSON has no form for: moments in UTC with a Z, amounts as text, bytes as hex."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def print_lines(row: Row) -> None:
    """One object, a line for each of its fields."""
    width = max((len(name) for name in row), default=0)
    for name, value in row.items():
        sys.stdout.write(f"{name:<{width}}  {text_of(value)}\n")
    sys.stdout.flush()


def print_table(rows: Iterable[Row], columns: Sequence[str]) -> int:
    """A table of `rows`; says how many there were. Off a terminal aligned, uncut, and without
    spaces at the ends of lines. Without columns it prints nothing.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not columns:
        return 0
    terminal = sys.stdout.isatty()
    table = Table(box=SIMPLE_HEAD if terminal else None, pad_edge=False, header_style="bold")
    found = list(rows)
    for name in columns:
        numeric = bool(found) and all(isinstance(row.get(name), int | float | Decimal | None) for row in found)
        table.add_column(Text(name), justify="right" if numeric else "left", no_wrap=not terminal)
    for row in found:
        table.add_row(*(Text(text_of(row.get(name))) for name in columns))
    if terminal:
        Console(file=sys.stdout, highlight=False).print(table)
    else:
        drawn = StringIO()
        Console(file=drawn, width=_WIDE, highlight=False, soft_wrap=True).print(table)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines())
        sys.stdout.flush()
    return len(found)


def text_of(value: Any) -> str:
    """A value as people read it, without control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Decimal):  # the database fills amounts up with zeros
        return f"{value.normalize():f}"
    if isinstance(value, dict | list | tuple | set | frozenset):
        return json.dumps(value, ensure_ascii=False, default=plain)
    text = value if isinstance(value, str) else str(plain(value)) if not isinstance(value, int) else str(value)
    return "".join(sign if sign.isprintable() else " " for sign in text)


@contextmanager
def progress(sentence: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr while the work lasts, when stderr is a terminal. Call what it gives with the amount just done."""
    if not sys.stderr.isatty():
        yield lambda _amount: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(sentence, total=total)
        yield lambda amount: bar.advance(task, amount)
