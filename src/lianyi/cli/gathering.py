"""`lianyi gathering`: events online and offline, their seats and who registered."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("Gatherings: events online and offline, their seats and who registered."))

Number = Annotated[int, typer.Argument(help=_("The number of the gathering, as `gathering list` says."))]
File = Annotated[Path, typer.Argument(help=_("A file with its JSON, as `gathering show` writes it."), exists=True)]
Seats = Annotated[int | None, typer.Option(help=_("How many seats there are; without it as many as are wanted."))]

Tell = Annotated[bool, typer.Option("--tell", help=_("Confirms that whoever registered is told by mail."))]


@verb(app, "list")
def list_gatherings(call: Call) -> None:
    """Lists the newest gatherings, two hundred at the most."""
    with call.installation():
        from lianyi.growth.gatherings.queries import gatherings

        rows = (_line(one) for one in gatherings(call.workspace().pk, 200))
        columns = ["id", "slug", "name", "state", "starts_at", "seats", "seated", "waiting", "came"]
        call.rows(rows, columns, _("No gatherings."))


@verb(app, "show")
def show(call: Call, gathering: Number) -> None:
    """Writes the draft of a gathering as JSON."""
    with call.installation():
        import msgspec

        from lianyi.growth.gatherings.queries import gathering_of
        from lianyi.growth.gatherings.schemas import encode

        draft = encode(gathering_of(call.workspace().pk, gathering).draft)
        call.show(msgspec.json.decode(draft), msgspec.json.format(draft, indent=2).decode())


@verb(app, "create")
def create(
    call: Call,
    slug: Annotated[str, typer.Argument(help=_("What its address ends in: /g/SLUG."))],
    file: File,
    name: Annotated[str, typer.Option(help=_("What members call it."))] = "",
    seats: Seats = None,
) -> None:
    """Makes a gathering of a file of JSON. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.gatherings.actions import create_gathering
        from lianyi.growth.gatherings.reading import read
        from lianyi.kernel.clock import system_clock

        draft = read(file.read_bytes())
        call.show(_line(create_gathering(call.workspace().pk, slug, name or slug, draft, seats, system_clock())))


@verb(app, "save")
def save(call: Call, gathering: Number, file: File) -> None:
    """Puts the JSON of a file into the place of the draft. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.gatherings.actions import change_gathering
        from lianyi.growth.gatherings.queries import gathering_of
        from lianyi.growth.gatherings.reading import read
        from lianyi.kernel.clock import system_clock

        workspace, draft = call.workspace().pk, read(file.read_bytes())
        name = gathering_of(workspace, gathering).name
        call.show(_line(change_gathering(workspace, gathering, name, draft, system_clock())))


@verb(app, "publish")
def publish(call: Call, gathering: Number, tell: Tell = False) -> None:  # noqa: FBT002
    """Shows the draft to the world and opens the registration."""
    with call.installation():
        from lianyi.growth.gatherings.actions import publish_gathering
        from lianyi.kernel.clock import system_clock

        call.show(_line(publish_gathering(call.workspace().pk, gathering, system_clock(), tell=tell)))


@verb(app, "call-off")
def call_off(call: Call, gathering: Number, tell: Tell = False) -> None:  # noqa: FBT002
    """Calls a gathering off for ever."""
    with call.installation():
        from lianyi.growth.gatherings.actions import call_off_gathering
        from lianyi.kernel.clock import system_clock

        call.show(_line(call_off_gathering(call.workspace().pk, gathering, system_clock(), tell=tell)))


@verb(app, "resize")
def resize(call: Call, gathering: Number, seats: Seats = None) -> None:
    """Says how many seats there are. More go to those who wait; fewer are taken from nobody."""
    with call.installation():
        from lianyi.growth.gatherings.actions import resize_gathering
        from lianyi.kernel.clock import system_clock

        call.show(_line(resize_gathering(call.workspace().pk, gathering, seats, system_clock())))


@verb(app, "export")
def export(
    call: Call,
    gathering: Number,
    file: Annotated[Path, typer.Argument(help=_("The file to write."))],
    missed: Annotated[bool, typer.Option("--missed", help=_("Only who had a seat and did not come."))] = False,  # noqa: FBT002
) -> None:
    """Writes who registered, and who came, into a file of CSV."""
    with call.installation():
        from lianyi.growth.gatherings.actions import note_export
        from lianyi.growth.gatherings.seats import Seat
        from lianyi.growth.gatherings.tables import as_file

        workspace = call.workspace().pk
        note_export(workspace, gathering)
        asked: dict[str, Any] = {"seat": Seat.SEATED, "came": False} if missed else {}
        with file.open("wb") as out:
            out.writelines(as_file(workspace, gathering, **asked))
        call.show({"file": str(file)})


@verb(app, "undo-check-in")
def undo(
    call: Call, gathering: Number, code: Annotated[str, typer.Argument(help=_("The code beneath the ticket."))]
) -> None:
    """Undoes a check-in of the wrong person. They can be checked in again."""
    with call.installation():
        from lianyi.growth.gatherings.arrivals import arrival_of, registration_by_code, undo_check_in
        from lianyi.kernel.clock import system_clock

        workspace = call.workspace().pk
        registration = registration_by_code(workspace, gathering, code)
        at = arrival_of(workspace, registration)
        undone = at is not None and undo_check_in(workspace, registration, at, system_clock())
        call.show({"registration": registration, "undone": undone})


def _line(one: Any) -> dict[str, Any]:
    from lianyi.kernel.clock import from_micros

    names = ("id", "slug", "name", "state", "published", "seats")
    starts = None if one.starts_at is None else from_micros(one.starts_at).isoformat()
    return {**{name: getattr(one, name) for name in names}, "starts_at": starts, **one.counts._asdict()}
