"""`lianyi code`: channel codes as pictures, and sheets of them to print."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from lianyi.cli.exits import Misused
from lianyi.cli.files import contents
from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

if TYPE_CHECKING:
    from lianyi.links.codes.look import Look

app = verbs(_("Channel codes: their pictures, and sheets to print."))


class ShapeOption(Enum):
    """How a dark module is drawn."""

    SQUARE = "square"
    ROUNDED = "rounded"
    DOTS = "dots"


class CorrectionOption(Enum):
    """How much of a code may be lost."""

    L = "L"
    M = "M"
    Q = "Q"
    H = "H"


class PaperOption(Enum):
    """What codes are printed on."""

    A3 = "a3"
    A4 = "a4"
    A5 = "a5"
    LETTER = "letter"


class HolderOption(Enum):
    """Who holds a code."""

    STAFF = "staff"
    PARTNER = "partner"
    CREATOR = "creator"
    STAND = "stand"
    SHOP = "shop"


Dark = Annotated[str, typer.Option(help=_("The colour of the code, such as #1a2b3c."))]
Light = Annotated[str, typer.Option(help=_("The colour behind it."))]
Shapes = Annotated[ShapeOption, typer.Option(help=_("How its modules are drawn."))]
Corrections = Annotated[
    CorrectionOption, typer.Option(help=_("How much of it may be lost: 7, 15, 25 or 30 %; a logo takes Q or H."))
]
Logo = Annotated[str, typer.Option(metavar="FILE", help=_("A picture for its middle."))]


@verb(app, "draw")
def draw(
    call: Call,
    address: Annotated[str, typer.Argument(help=_("What the code says: the address of a link."))],
    file: Annotated[Path, typer.Argument(help=_("Where it goes: its ending .svg, .png or .pdf says as what."))],
    *,
    size: Annotated[
        int, typer.Option(min=0, help=_("Of a side: pixels of a PNG, millimetres of a PDF; 0 for 1,000 or 50."))
    ] = 0,
    caption: Annotated[
        list[str] | None, typer.Option(help=_("A line below it, in a PDF; several times for more."))
    ] = None,
    dark: Dark = "#000000",
    light: Light = "#ffffff",
    shape: Shapes = ShapeOption.SQUARE,
    correction: Corrections = CorrectionOption.M,
    logo: Logo = "",
) -> None:
    """Draws the code of an address, and reads it back before it is written."""
    from lianyi.links.codes.drawing import pdf, png, svg

    look = _look(dark, light, shape, correction, logo)
    match file.suffix.lower():
        case ".svg":
            content = svg(address, look).encode()
        case ".png":
            content = png(address, look, size or 1000)
        case ".pdf":
            content = pdf(address, look, caption or [], size or 50)
        case _:
            raise Misused("{file!r} ends with none of .svg, .png and .pdf.", file=str(file))
    _written(file, lambda open_file: open_file.write(content))
    call.show({"file": str(file), "bytes": len(content)}, str(file))


@verb(app, "sheet")
def sheet(
    call: Call,
    file: Annotated[Path, typer.Argument(help=_("The PDF to write."))],
    *,
    look: Annotated[
        str, typer.Option(metavar="NAME", help=_("A saved look; what else is said here goes before it."))
    ] = "",
    layout: Annotated[
        str, typer.Option(help=_("Labels a page, such as 3x8; or poster, one a page; or tent, one for a table."))
    ] = "",
    paper: Annotated[PaperOption | None, typer.Option(help=_("The paper; A4 where neither this nor a look says."))] = (
        None
    ),
    campaign: Annotated[str, typer.Option(help=_("Only codes of the campaign with this key."))] = "",
    holder_kind: Annotated[HolderOption | None, typer.Option(help=_("Only codes that such a holder has."))] = None,
    holder: Annotated[str, typer.Option(help=_("Only codes of this holder."))] = "",
    dark: Annotated[str, typer.Option(help=_("The colour of the code, such as #1a2b3c."))] = "",
    light: Annotated[str, typer.Option(help=_("The colour behind it."))] = "",
    shape: Annotated[ShapeOption | None, typer.Option(help=_("How its modules are drawn."))] = None,
    correction: Annotated[
        CorrectionOption | None,
        typer.Option(help=_("How much of it may be lost: 7, 15, 25 or 30 %; a logo takes Q or H.")),
    ] = None,
    logo: Logo = "",
) -> None:
    """Prints the channel codes of the workspace onto sheets, each with what the look says beside it, by default its
    name, its holder and its short address; each is read back before it is printed. Archived ones are left out.
    """
    with call.installation():
        from msgspec.structs import replace

        from lianyi.links.codes.sheets import print_sheets
        from lianyi.links.looks.queries import logo_in, look_named, usual_look
        from lianyi.links.printing import Chosen, codes_to_print

        workspace = call.workspace()
        options = {"dark": dark, "light": light, "shape": shape, "correction": correction, "paper": paper}
        said = {name: one.value if isinstance(one, Enum) else one for name, one in options.items() if one}
        saved = look_named(workspace.pk, look).draft if look else usual_look(workspace.pk)
        draft = replace(saved, **said, **({"form": layout, "size": 0.0} if layout else {}))
        drawing = draft.look(contents(logo) if logo else logo_in(workspace.pk, draft.logo))
        chosen = Chosen(campaign, holder_kind.value if holder_kind else "", holder)
        items = codes_to_print(workspace.pk, call.opener.address, chosen, draft.caption)
        with call.progress(_("Printing"), len(items)) as done:
            printed = _written(
                file,
                lambda open_file: print_sheets(
                    open_file, items, drawing, draft.layout, title=workspace.name, step=done
                ),
            )
        call.show({"file": str(file), "codes": printed.codes, "pages": printed.pages})


@verb(app, "looks")
def looks(call: Call) -> None:
    """Lists the saved looks of codes, the usual one first."""
    with call.installation():
        import msgspec

        from lianyi.links.looks.queries import looks as saved

        rows = ({"id": one.id, **msgspec.to_builtins(one.draft)} for one in saved(call.workspace().pk))
        call.rows(rows, ("id", "name", "dark", "light", "shape", "form", "paper", "usual"), _("No looks."))


def _look(dark: str, light: str, shape: ShapeOption, correction: CorrectionOption, logo: str) -> "Look":
    from lianyi.links.codes.look import Correction, Look, Shape

    picture = contents(logo) if logo else b""
    return Look(dark, light, shape=Shape(shape.value), correction=Correction(correction.value), logo=picture).check()


def _written(file: Path, write: Callable[[BinaryIO], Any]) -> Any:
    """Writes a file whole or not at all; gives what `write` gave."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as open_file:
            given = write(open_file)
        part.replace(file)
    except OSError as error:
        from lianyi.kernel.errors import why

        raise Misused("{file!r} cannot be written: {why}.", file=str(file), why=why(error)) from None
    finally:
        part.unlink(missing_ok=True)
    return given
