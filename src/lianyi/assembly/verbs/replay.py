"""`lianyi replay`: rebuilds what one projector derived, or checks that a rebuild would change nothing."""

from dataclasses import asdict
from typing import Annotated

import typer

from lianyi.cli.exits import PARTLY, Misused
from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _, ngettext

app = single()


@verb(app, "replay")
def replay(
    call: Call,
    projector: Annotated[str, typer.Argument(help=_("identity, profiles, lifecycle, columns, arms or catalogue."))],
    *,
    check: Annotated[bool, typer.Option("--check", help=_("Change nothing; 3 when a rebuild would differ."))] = False,
) -> int | None:
    """Rebuilds a projector's tables from the lake and the log, in one transaction."""
    with call.installation():
        from lianyi.assembly.pipeline import names
        from lianyi.assembly.replay import replay

        if projector not in (known := names()):
            raise Misused("There is no projector {name!r}. There are {names}.", name=projector, names=[*known[:-1]])
        with call.progress(_("Replaying")) as advance:
            told = replay(call.workspace().pk, projector, check=check, advance=advance)
        if told.different:
            sentence = ngettext(
                "{events} event replayed; these tables came out differently: {tables}.",
                "{events} events replayed; these tables came out differently: {tables}.",
                told.events,
            )
        else:
            sentence = ngettext(
                "{events} event replayed; nothing came out differently.",
                "{events} events replayed; nothing came out differently.",
                told.events,
            )
        if told.of_erased:
            call.note(
                _(
                    "These tables count events of people who were erased since, until they are rebuilt: {tables}."
                ).format(tables=", ".join(told.of_erased))
            )
        call.show(asdict(told), sentence.format(events=told.events, tables=", ".join(told.different)))
    return PARTLY if check and told.different else None
