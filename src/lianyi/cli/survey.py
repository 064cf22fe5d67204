"""`lianyi survey`: surveys, made from a template or a file of JSON, published; their results, and answers as a file."""

import sys
from typing import Annotated, Any

import typer

from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("Surveys: made, changed and published; what was answered, and what that says."))

Number = Annotated[int, typer.Argument(help=_("The number of the survey, as `survey list` says."))]
File = Annotated[str, typer.Argument(help=_("A file with its JSON, as `survey show` writes it; - for standard input."))]


@verb(app, "create")
def create(
    call: Call,
    name: Annotated[str, typer.Argument(help=_("What members call it."))],
    template: Annotated[str, typer.Option(help=_("satisfaction, needs or empty."))] = "satisfaction",
    file: Annotated[str, typer.Option(help=_("A file with its JSON instead of a template."))] = "",
) -> None:
    """Makes a survey. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.surveys.actions import create_survey
        from lianyi.growth.surveys.beginnings import begun
        from lianyi.growth.surveys.definitions import read
        from lianyi.kernel.clock import system_clock

        definition = read(contents(file)) if file else begun(template)
        call.show(_line(create_survey(call.workspace().pk, name, definition, system_clock())))


@verb(app, "list")
def list_surveys(
    call: Call,
    *,
    archived: Annotated[bool, typer.Option("--archived", help=_("Those of the archive instead."))] = False,
) -> None:
    """Lists the newest surveys with how many completed each, two hundred at the most."""
    with call.installation():
        from lianyi.growth.surveys.queries import surveys

        found = surveys(call.workspace().pk, 200, archived=archived)
        rows = ({**_line(one), "completed": one.completed, "begun": one.begun} for one in found)
        call.rows(rows, ["id", "address", "name", "state", "published", "completed", "begun"], _("No surveys."))


@verb(app, "show")
def show(call: Call, survey: Number) -> None:
    """Writes the draft of a survey as JSON."""
    with call.installation():
        import msgspec

        from lianyi.growth.surveys.queries import survey_of
        from lianyi.growth.surveys.schemas import encode

        draft = encode(survey_of(call.workspace().pk, survey).draft)
        call.show(msgspec.json.decode(draft), msgspec.json.format(draft, indent=2).decode())


@verb(app, "save")
def save(call: Call, survey: Number, file: File) -> None:
    """Puts the JSON of a file into the place of the draft. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.surveys.actions import change_survey
        from lianyi.growth.surveys.definitions import read
        from lianyi.growth.surveys.queries import survey_of
        from lianyi.kernel.clock import system_clock

        workspace, draft = call.workspace().pk, read(contents(file))
        name = survey_of(workspace, survey).name
        call.show(_line(change_survey(workspace, survey, name, draft, system_clock())))


@verb(app, "publish")
def publish(call: Call, survey: Number) -> None:
    """Publishes the draft: it is what people are asked within seconds."""
    with call.installation():
        from lianyi.growth.surveys.actions import publish_survey
        from lianyi.kernel.clock import system_clock

        call.show(_line(publish_survey(call.workspace().pk, survey, system_clock())))


@verb(app, "unpublish")
def unpublish(call: Call, survey: Number) -> None:
    """Takes a survey offline: it takes no more answers. What was answered stays."""
    with call.installation():
        from lianyi.growth.surveys.actions import unpublish_survey
        from lianyi.kernel.clock import system_clock

        call.show(_line(unpublish_survey(call.workspace().pk, survey, system_clock())))


@verb(app, "archive")
def archive(call: Call, survey: Number) -> None:
    """Takes a survey offline and out of the list. What was answered stays."""
    with call.installation():
        from lianyi.growth.surveys.actions import archive_survey
        from lianyi.kernel.clock import system_clock

        call.show(_line(archive_survey(call.workspace().pk, survey, system_clock())))


@verb(app, "versions")
def versions(call: Call, survey: Number) -> None:
    """Lists what was published of a survey, the newest first, two hundred at the most."""
    with call.installation():
        from lianyi.growth.surveys.queries import survey_of, versions_of
        from lianyi.kernel.clock import from_micros

        workspace = call.workspace().pk
        now = survey_of(workspace, survey).published
        rows = (
            {"number": one.number, "published_at": from_micros(one.published_at).isoformat(), "by": one.published_by,
             "newest": one.number == now}
            for one in versions_of(workspace, survey, 200)
        )  # fmt: skip
        call.rows(rows, ["number", "published_at", "by", "newest"], _("Not published yet."))


@verb(app, "restore")
def restore(
    call: Call,
    survey: Number,
    version: Annotated[int, typer.Argument(help=_("An earlier version, to be the draft again."))] = 0,
) -> None:
    """Brings a survey back from the archive; or, with a version, makes that the draft again."""
    with call.installation():
        from lianyi.growth.surveys.actions import restore_survey, restore_version
        from lianyi.kernel.clock import system_clock

        workspace, now = call.workspace().pk, system_clock()
        done = (
            restore_version(workspace, survey, version, now) if version else restore_survey(workspace, survey, now)
        )  # fmt: skip
        call.show(_line(done))


@verb(app, "results")
def results(call: Call, survey: Number) -> None:
    """Counts what was answered: for each value of each question how often, its share, and between which two it is."""
    with call.installation():
        from lianyi.growth.surveys.results import questions_of, results_of
        from lianyi.growth.surveys.telling import figures_of

        workspace = call.workspace().pk
        counted = results_of(workspace, survey)
        found = figures_of(questions_of(workspace, survey), counted)
        columns = ["question", "row", "value", "often", "share", "low", "high"]
        call.rows((one._asdict() for one in found), columns, _("Nobody has answered yet."))


@verb(app, "export")
def export(
    call: Call,
    survey: Number,
    *,
    codes: Annotated[bool, typer.Option("--codes", help=_("Numbers instead of values, as the codebook says."))] = False,
    codebook: Annotated[bool, typer.Option("--codebook", help=_("The codebook instead of the answers."))] = False,
) -> None:
    """Writes what was answered as CSV to standard output. Cells that a spreadsheet would compute are defused."""
    with call.installation():
        from lianyi.growth.surveys.actions import note_export
        from lianyi.growth.surveys.tables import answer_rows, codebook_rows
        from lianyi.kernel.cells import csv_lines, neutral

        workspace = call.workspace().pk
        note_export(workspace, survey)
        rows = codebook_rows(workspace, survey) if codebook else answer_rows(workspace, survey, codes=codes)
        for line in csv_lines([neutral(one) if isinstance(one, str) else one for one in row] for row in rows):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _line(survey: Any) -> dict[str, Any]:
    names = ("id", "address", "name", "state", "published")
    return {name: getattr(survey, name) for name in names}
