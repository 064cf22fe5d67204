"""`lianyi page`: landing pages, made from a template or a file of JSON, and published."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lianyi.cli.frame import Call, verb, verbs
from lianyi.cli.language import _

app = verbs(_("Landing pages: made, changed and published."))

Number = Annotated[int, typer.Argument(help=_("The number of the page, as `page list` says."))]
File = Annotated[Path, typer.Argument(help=_("A file with its JSON, as `page show` writes it."), exists=True)]


@verb(app, "create")
def create(
    call: Call,
    slug: Annotated[str, typer.Argument(help=_("What its address ends in: /p/SLUG."))],
    name: Annotated[str, typer.Option(help=_("What members call it."))] = "",
    template: Annotated[str, typer.Option(help=_("gathering, download, trial or shop."))] = "gathering",
    domain: Annotated[str, typer.Option(help=_("An own domain for pages."))] = "",
) -> None:
    """Makes a page from a template. Nobody sees it until it is published."""
    with call.installation():
        from datetime import timedelta

        from lianyi.growth.pages.actions import create_page
        from lianyi.growth.pages.beginnings import begun
        from lianyi.kernel.clock import system_clock

        now = system_clock()
        draft = begun(template, f"{now + timedelta(days=30):%Y-%m-%d}")
        made = create_page(call.workspace().pk, slug, name or slug, draft, now, host=domain)
        call.show(_line(made))


@verb(app, "list")
def list_pages(call: Call) -> None:
    """Lists the newest pages, two hundred at the most."""
    with call.installation():
        from lianyi.growth.pages.queries import pages

        rows = (_line(one) for one in pages(call.workspace().pk, 200))
        call.rows(rows, ["id", "slug", "host", "name", "version", "changed"], _("No pages."))


@verb(app, "show")
def show(call: Call, page: Number) -> None:
    """Writes the draft of a page as JSON."""
    with call.installation():
        import msgspec

        from lianyi.growth.pages.queries import page as page_of
        from lianyi.growth.pages.schemas import encode

        draft = encode(page_of(call.workspace().pk, page).draft)
        call.show(msgspec.json.decode(draft), msgspec.json.format(draft, indent=2).decode())


@verb(app, "save")
def save(call: Call, page: Number, file: File) -> None:
    """Puts the JSON of a file into the place of the draft. Nobody sees it until it is published."""
    with call.installation():
        from lianyi.growth.pages.actions import save_draft
        from lianyi.growth.pages.queries import page as page_of
        from lianyi.growth.pages.reading import read
        from lianyi.kernel.clock import system_clock

        workspace, draft = call.workspace().pk, read(file.read_bytes())
        call.show(_line(save_draft(workspace, page, draft, page_of(workspace, page).edition, system_clock())))


@verb(app, "publish")
def publish(call: Call, page: Number) -> None:
    """Publishes the draft: it is what visitors see within seconds."""
    with call.installation():
        from lianyi.growth.pages.actions import publish_page
        from lianyi.kernel.clock import system_clock

        call.show(_line(publish_page(call.workspace().pk, page, system_clock())))


@verb(app, "unpublish")
def unpublish(call: Call, page: Number) -> None:
    """Takes a page back: nobody sees it any more. Its draft and its versions stay."""
    with call.installation():
        from lianyi.growth.pages.actions import unpublish_page

        call.show(_line(unpublish_page(call.workspace().pk, page)))


@verb(app, "restore")
def restore(
    call: Call, page: Number, version: Annotated[int, typer.Argument(help=_("The number of the version."))]
) -> None:
    """Makes a version of before the draft again."""
    with call.installation():
        from lianyi.growth.pages.actions import restore_version
        from lianyi.kernel.clock import system_clock

        call.show(_line(restore_version(call.workspace().pk, page, version, system_clock())))


def _line(page: Any) -> dict[str, Any]:
    names = ("id", "slug", "host", "name", "edition", "version", "changed")
    return {name: getattr(page, name) for name in names}
