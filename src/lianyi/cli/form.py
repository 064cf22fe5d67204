"""`lianyi form`: forms, made from a template or a file of JSON, published, and what was sent by them as a file."""

import shutil
import sys
from typing import Annotated, Any

import typer

from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("Forms: made, changed and published; and what was sent by them."))

Number = Annotated[int, typer.Argument(help=_("The number of the form, as `form list` says."))]
File = Annotated[str, typer.Argument(help=_("A file with its JSON, as `form show` writes it; - for standard input."))]


@verb(app, "create")
def create(
    call: Call,
    name: Annotated[str, typer.Argument(help=_("What members call it."))],
    template: Annotated[str, typer.Option(help=_("trial, gathering, download, contact or empty."))] = "trial",
    file: Annotated[str, typer.Option(help=_("A file with its JSON instead of a template."))] = "",
) -> None:
    """Makes a form. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.forms.actions import create_form
        from lianyi.growth.forms.beginnings import begun
        from lianyi.growth.forms.definitions import read
        from lianyi.kernel.clock import system_clock

        definition = read(contents(file)) if file else begun(template)
        call.show(_line(create_form(call.workspace().pk, name, definition, system_clock())))


@verb(app, "list")
def list_forms(
    call: Call,
    *,
    archived: Annotated[bool, typer.Option("--archived", help=_("Those of the archive instead."))] = False,
) -> None:
    """Lists the newest forms with how many submissions each has, two hundred at the most."""
    with call.installation():
        from lianyi.growth.forms.queries import forms

        found = forms(call.workspace().pk, 200, archived=archived)
        rows = ({**_line(one), "submissions": one.submissions} for one in found)
        call.rows(rows, ["id", "address", "name", "state", "published", "submissions"], _("No forms."))


@verb(app, "show")
def show(call: Call, form: Number) -> None:
    """Writes the draft of a form as JSON."""
    with call.installation():
        import msgspec

        from lianyi.growth.forms.queries import form_of
        from lianyi.growth.forms.schemas import encode

        draft = encode(form_of(call.workspace().pk, form).draft)
        call.show(msgspec.json.decode(draft), msgspec.json.format(draft, indent=2).decode())


@verb(app, "save")
def save(call: Call, form: Number, file: File) -> None:
    """Puts the JSON of a file into the place of the draft. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.forms.actions import change_form
        from lianyi.growth.forms.definitions import read
        from lianyi.growth.forms.queries import form_of
        from lianyi.kernel.clock import system_clock

        workspace, draft = call.workspace().pk, read(contents(file))
        call.show(_line(change_form(workspace, form, form_of(workspace, form).name, draft, system_clock())))


@verb(app, "publish")
def publish(call: Call, form: Number) -> None:
    """Publishes the draft: it is what visitors see within seconds."""
    with call.installation():
        from lianyi.growth.forms.actions import publish_form
        from lianyi.kernel.clock import system_clock

        call.show(_line(publish_form(call.workspace().pk, form, system_clock())))


@verb(app, "unpublish")
def unpublish(call: Call, form: Number) -> None:
    """Takes a form offline: it takes no more answers. What was sent by it stays."""
    with call.installation():
        from lianyi.growth.forms.actions import unpublish_form
        from lianyi.kernel.clock import system_clock

        call.show(_line(unpublish_form(call.workspace().pk, form, system_clock())))


@verb(app, "archive")
def archive(call: Call, form: Number) -> None:
    """Takes a form offline and out of the list. What was sent by it stays."""
    with call.installation():
        from lianyi.growth.forms.actions import archive_form
        from lianyi.kernel.clock import system_clock

        call.show(_line(archive_form(call.workspace().pk, form, system_clock())))


@verb(app, "restore")
def restore(
    call: Call,
    form: Number,
    version: Annotated[int, typer.Argument(help=_("An earlier version, to be the draft again."))] = 0,
) -> None:
    """Brings a form back from the archive; or, with a version, makes that the draft again."""
    with call.installation():
        from lianyi.growth.forms.actions import restore_form, restore_version
        from lianyi.kernel.clock import system_clock

        workspace, now = call.workspace().pk, system_clock()
        done = restore_version(workspace, form, version, now) if version else restore_form(workspace, form, now)
        call.show(_line(done))


@verb(app, "export")
def export(
    call: Call,
    form: Number,
    containing: Annotated[str, typer.Option(help=_("Only those with this in an answer."))] = "",
) -> None:
    """Writes what was sent by a form as CSV to standard output. Cells that a spreadsheet would compute are defused."""
    with call.installation():
        from lianyi.growth.forms.actions import note_export
        from lianyi.growth.forms.tables import as_file

        workspace = call.workspace().pk
        note_export(workspace, form)
        for line in as_file(workspace, form, containing=containing):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


@verb(app, "file")
def file(
    call: Call,
    form: Number,
    submission: Annotated[str, typer.Argument(help=_("The id of the submission's event, 32 hex digits."))],
    field: Annotated[str, typer.Argument(help=_("The key of the field."))],
) -> None:
    """Writes a file that came with a submission to standard output. Open it with care: strangers sent it."""
    with call.installation():
        from lianyi.growth.forms.actions import fetch_file

        found = fetch_file(call.workspace().pk, form, submission, field)
        with found.path.open("rb") as held:
            shutil.copyfileobj(held, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _line(form: Any) -> dict[str, Any]:
    names = ("id", "address", "name", "state", "published")
    return {name: getattr(form, name) for name in names}
