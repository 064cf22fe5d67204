"""`lianyi segment`: sets of people by rule, by hand, or as they were at a moment."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _, language, ngettext, tell

if TYPE_CHECKING:
    from lianyi.audience.segments.schemas import Segment
    from lianyi.rules.explaining import Explained
    from lianyi.rules.nodes import Rule

app = verbs(_("Segments: who fits a rule, kept right as things happen."))

Number = Annotated[int, typer.Argument(min=1, help=_("The number of the segment, as `segment list` says."))]
File = Annotated[str, typer.Argument(metavar="RULE.json", help=_("A rule as JSON; - for standard input."))]


@verb(app, "create")
def create(
    call: Call,
    name: Annotated[str, typer.Argument(help=_("What the segment is called."))],
    file: File,
    *,
    note: Annotated[str, typer.Option(help=_("What it is for."))] = "",
    snapshot: Annotated[bool, typer.Option("--snapshot", help=_("Who it is now, and for good."))] = False,
) -> None:
    """Makes a segment of a rule; its members are found within seconds while `lianyi up` runs."""
    with call.installation():
        from lianyi.audience.segments.actions import create_segment
        from lianyi.audience.segments.schemas import Kind
        from lianyi.kernel.clock import system_clock

        workspace, rule = call.workspace(), _rule(file)
        kind = Kind.SNAPSHOT if snapshot else Kind.LIVE
        number = create_segment(workspace.pk, name, rule, system_clock(), kind=kind, note=note)
        said = _("Segment {number} is made.").format(number=number)
        call.show({"id": number, "workspace": workspace.slug, "name": name, "kind": kind.value}, said)


@verb(app, "list")
def list_segments(call: Call) -> None:
    """Lists the segments, and how many people are in each."""
    with call.installation():
        from lianyi.audience.segments.queries import segments

        columns = ("id", "name", "kind", "state", "size", "note")
        call.rows((_line(one) for one in segments(call.workspace().pk)), columns, _("No segments."))


@verb(app, "show")
def show(call: Call, segment: Number) -> None:
    """Shows a segment: its rule, as JSON and in words."""
    with call.installation():
        from lianyi.audience.segments import previewing, queries
        from lianyi.audience.segments.using import users_of
        from lianyi.rules.describing import describe
        from lianyi.rules.reading import write

        workspace = call.workspace().pk
        found = queries.segment(workspace, segment)
        told: dict[str, Any] = {**_line(found), "rule": None, "sentence": None}
        if found.rule is not None:
            told["rule"] = write(found.rule)
            told["sentence"] = tell(describe(found.rule, previewing.names(workspace, language())))
        told["used_by"] = [tell(one.said) for one in users_of(workspace, [segment]).get(segment, [])]
        if found.problem is not None:
            told["problem"] = tell(found.problem.whole)
        call.show(told)


@verb(app, "preview")
def preview(call: Call, file: File) -> None:
    """Shows how many people a rule holds for, ten of them, and the rule in words."""
    with call.installation():
        from lianyi.audience.segments.previewing import preview
        from lianyi.kernel.clock import system_clock, to_micros

        found = preview(call.workspace().pk, _rule(file), to_micros(system_clock()), language())
        sentence = tell(found.sentence)
        for remark in found.remarks:
            call.note(f"{remark.place}: {tell(remark.sentence)}")
        sample = [{"person": row.number, "name": row.name, "stage": row.stage} for row in found.sample]
        count = ngettext("{count:,} person", "{count:,} people", len(found.people)).format(count=len(found.people))
        lines = [sentence, count, *(f"  #{row.number} {row.name}" for row in found.sample)]
        call.show({"count": len(found.people), "sample": sample, "sentence": sentence}, "\n".join(lines))


@verb(app, "upload")
def upload(
    call: Call,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("Identities: CSV, XLSX, NDJSON or Parquet."))],
    name: Annotated[str, typer.Option(help=_("What the list is called; the file's name where this is not said."))] = "",
    *,
    holds: Annotated[str, typer.Option(help=_("What the first column holds where none says so: phone, email …"))] = "",
    note: Annotated[str, typer.Option(help=_("What it is for."))] = "",
) -> None:
    """Makes a list of whom the rows of a file mean, and tells which rows mean nobody."""
    with call.installation():
        from lianyi.audience.segments.actions import upload_list
        from lianyi.kernel.clock import system_clock
        from lianyi.kernel.sentences import printable

        if not file.is_file():
            raise Misused("There is no file {place}.", place=str(file))
        workspace, called = call.workspace(), name or file.name.partition(".")[0]
        number, found = upload_list(workspace.pk, called, file, system_clock(), holds=holds, note=note, wait=True)
        assert found is not None
        said = _("Segment {number} is made: {people:,} people by {rows:,} rows, of which {missing:,} mean nobody.")
        told = {"rows": found.rows, "people": len(found.people), "missing": found.missing}
        for one in found.missed:
            call.note(_("Row {row} means nobody: {said}").format(row=one.row, said=printable(one.said)))
        call.show(
            {"id": number, "workspace": workspace.slug, "name": called, **told, "missed": found.spans},
            said.format(number=number, **told),
        )


@verb(app, "overlap")
def overlap(
    call: Call, segments: Annotated[list[int], typer.Argument(min=1, help=_("The numbers of two to four segments."))]
) -> None:
    """Counts the people in each combination of segments, and in no other of them."""
    with call.installation():
        from lianyi.audience.segments.queries import overlap, segment_names

        numbers = list(dict.fromkeys(segments))
        if not 2 <= len(numbers) <= 4:
            raise Misused("An overlap is of two to four segments.")
        workspace = call.workspace().pk
        parts, names = overlap(workspace, numbers), segment_names(workspace)
        rows = (
            {
                "segments": list(one.inside) if call.json else " + ".join(names[number] for number in one.inside),
                "people": one.people,
            }
            for one in parts
        )
        call.rows(rows, ("segments", "people"), "")


@verb(app, "members")
def members(call: Call, segment: Number) -> None:
    """Lists the numbers of the people in a segment, in order."""
    with call.installation():
        from lianyi.audience.segments.queries import members

        found = members(call.workspace().pk, segment)
        call.rows(({"person": person} for person in found), ("person",), _("Nobody is in it."))


@verb(app, "why")
def why(
    call: Call, segment: Number, person: Annotated[int, typer.Argument(min=1, help=_("The person's number."))]
) -> None:
    """Shows what each part of a segment's rule says of a person now."""
    with call.installation():
        from lianyi.audience.segments import previewing, queries
        from lianyi.kernel.clock import system_clock, to_micros
        from lianyi.kernel.errors import Refused

        workspace = call.workspace().pk
        rule = queries.segment(workspace, segment).rule
        if rule is None:
            raise Refused("segment.kind", "A list has no rule.", "Its members were put in by hand.")
        told = previewing.explanation(workspace, rule, person, to_micros(system_clock()), language())
        call.show(_packed(told), "\n".join(_branches(told)))


def _packed(part: "Explained") -> dict[str, Any]:
    return {
        "kind": part.kind,
        "sentence": tell(part.sentence),
        "holds": part.holds,
        "parts": [_packed(one) for one in part.parts],
    }


def _branches(part: "Explained", depth: int = 0) -> list[str]:
    line = f"{'  ' * depth}{'✓' if part.holds else '✗'} {tell(part.sentence)}"
    return [line, *(below for one in part.parts for below in _branches(one, depth + 1))]


@verb(app, "delete")
def delete(call: Call, segment: Number) -> None:
    """Deletes a segment and its history; people stay as they are."""
    with call.installation():
        from lianyi.audience.segments.actions import delete_segment

        workspace = call.workspace()
        delete_segment(workspace.pk, segment)
        call.show({"id": segment, "workspace": workspace.slug, "deleted": True}, _("Deleted."))


def _rule(file: str) -> "Rule":
    from lianyi.rules.reading import read

    return read(contents(file))


def _line(one: "Segment") -> dict[str, Any]:
    return {
        "id": one.number,
        "name": one.name,
        "kind": one.kind.value,
        "state": one.state.value,
        "size": one.size,
        "note": one.note,
    }
