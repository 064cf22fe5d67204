"""`lianyi import`: files of people, events and orders."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lianyi.cli.exits import PARTLY
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _, ngettext, tell
from lianyi.kernel.sentences import Sentence

if TYPE_CHECKING:
    from lianyi.people.imports.schemas import Found, Problem, Result

app = verbs(_("Bring in files (CSV, XLSX, NDJSON, Parquet; plain or gzip) of people, events or orders."))

_DELIMITERS = {
    ",": Sentence("comma"),
    ";": Sentence("semicolon"),
    "\t": Sentence("tab"),
    "|": Sentence("pipe"),
}
File = Annotated[Path, typer.Argument(help=_("The file."), show_default=False)]
Map = Annotated[
    Path | None, typer.Option("--map", metavar="M.yaml", help=_("What its columns mean; else told by names."))
]
WriteMap = Annotated[
    Path | None, typer.Option("--write-map", metavar="M.yaml", help=_("Write the mapping that is used, to edit it."))
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=_("Show what is detected and count; write nothing."))]


@verb(app, "people")
def people(
    call: Call, file: File, mapping: Map = None, write_map: WriteMap = None, *, dry_run: DryRun = False
) -> int | None:
    """Each row is a person as another system knows them."""
    return _import(call, "people", file, mapping, write_map, dry_run=dry_run)


@verb(app, "events")
def events(
    call: Call, file: File, mapping: Map = None, write_map: WriteMap = None, *, dry_run: DryRun = False
) -> int | None:
    """Each row is something that somebody did."""
    return _import(call, "events", file, mapping, write_map, dry_run=dry_run)


@verb(app, "orders")
def orders(
    call: Call, file: File, mapping: Map = None, write_map: WriteMap = None, *, dry_run: DryRun = False
) -> int | None:
    """Each row is a line of an order, or a whole order."""
    return _import(call, "orders", file, mapping, write_map, dry_run=dry_run)


def _import(
    call: Call, kind: str, file: Path, mapping: Path | None, write_map: Path | None, *, dry_run: bool
) -> int | None:
    with call.installation():
        from lianyi.kernel.clock import system_clock
        from lianyi.people.imports.actions import import_file, prepare, try_file
        from lianyi.people.imports.schemas import read_mapping, write_mapping

        workspace = call.workspace()
        said = read_mapping(mapping, kind) if mapping is not None else None
        prepared = prepare(workspace, file, kind, said)
        _tell_found(call, file.name, prepared.found)
        text = write_mapping(prepared.found.mapping)
        if dry_run or mapping is None:
            call.note(_("The mapping:") + "\n" + "".join(f"  {line}\n" for line in text.splitlines()).rstrip())
        if write_map is not None:
            write_map.write_text(text, encoding="utf-8")
        with call.progress(_("Importing {file}").format(file=file.name), file.stat().st_size) as advance:
            read = 0

            def progress(position: int) -> None:
                nonlocal read
                advance(position - read)
                read = position

            if dry_run:
                result = try_file(workspace, prepared, system_clock(), progress)
            else:
                home = call.place.home
                result = import_file(
                    workspace,
                    prepared,
                    system_clock,
                    progress,
                    folder=home / "imports",
                    min_free=call.place.min_free,
                    tell=tell,
                )
    _show(call, result, dry_run=dry_run)
    return PARTLY if result.refused else None


def _tell_found(call: Call, name: str, found: "Found") -> None:
    reading = found.reading
    words: list[object] = [reading.kind]
    if reading.sheet:
        words.append(Sentence("sheet {sheet}", sheet=reading.sheet))
    if reading.encoding:
        words.append(reading.encoding)
    if reading.delimiter:
        words.append(_DELIMITERS.get(reading.delimiter) or repr(reading.delimiter))
        words.append(Sentence("with a header") if reading.header else Sentence("without a header"))
    words.append(Sentence("{count} columns", count=len(found.columns)))
    call.note(tell(Sentence("{file}: {words}", file=name, words=words)))
    for column, why in found.left_out:
        call.note(tell(Sentence("Left out: {column}: {why}.", column=column, why=why)))


def _problem(row: int, problem: "Problem") -> Sentence:
    if problem.column:
        return Sentence("Row {row}, {column}: {why}", row=row, column=problem.column, why=problem.reason)
    return Sentence("Row {row}: {why}", row=row, why=problem.reason)


def _show(call: Call, result: "Result", *, dry_run: bool) -> None:
    counts = {
        "rows": result.rows,
        "new": result.new,
        "updated": result.updated,
        "same": result.same,
        "refused": result.refused,
        "refused_file": None if result.refused_file is None else str(result.refused_file),
        "left_out": sum(result.left_out.values()),
        "left_out_file": None if result.left_out_file is None else str(result.left_out_file),
    }
    call.show(counts)
    for column, count in result.ignored.items():
        passed = ngettext(
            "{column}: {count} cell identifies nobody and was passed over.",
            "{column}: {count} cells identify nobody and were passed over.",
            count,
        )
        call.note(passed.format(column=column, count=count))
    for column, count in result.left_out.items():
        lost = ngettext(
            "{column}: {count} value cannot be used and was left out; its row was taken.",
            "{column}: {count} values cannot be used and were left out; their rows were taken.",
            count,
        )
        call.note(lost.format(column=column, count=count))
    for code, count in result.codes.items():
        refused = ngettext("Refused: {code}, {count} time.", "Refused: {code}, {count} times.", count)
        call.note(refused.format(code=code, count=count))
    if dry_run:
        for row in [*result.examples, *result.left_out_examples]:
            for problem in row.problems:
                call.note(tell(_problem(row.number, problem)))
        call.note(_("A dry run: nothing was written."))
