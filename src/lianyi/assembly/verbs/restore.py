"""`lianyi restore`: an empty home becomes what a backup holds."""

from pathlib import Path
from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "restore")
def restore(
    call: Call,
    file: Annotated[Path, typer.Argument(help=_("A file that `lianyi backup` wrote."))],
    *,
    erased: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help=_("The list of erased people, if it is not in the home.")),
    ] = None,
) -> None:
    """Fills an empty home from a backup. Events that came after the backup are cut off the lake, and people who were
    erased since are erased again.
    """
    import os

    from lianyi.assembly import backup
    from lianyi.assembly.environment import Environment
    from lianyi.assembly.processes.installation import Installation
    from lianyi.assembly.processes.prepare import bring_up_to_date
    from lianyi.kernel.clock import system_clock

    environment = Environment.read(os.environ)
    manifest = backup.read_manifest(file)
    backup.refuse_unless_empty(environment)
    backup.refuse_foreign_list(file, environment, erased)
    backup.unpack(file, environment)
    with Installation().open(as_it_is=True):
        backup.refuse_unless_blank()
        backup.load_database(file, environment)
        bring_up_to_date()
        backup.hold_outboxes(system_clock())
        cut = backup.open_new_epoch(environment.lake)
        from lianyi.assembly.erasures import erase_again

        again = erase_again(erased, system_clock())
    backup.finish(environment)
    told = {"made_at": manifest["made_at"], "workspaces": len(manifest["workspaces"]), "cut": cut, "erased": again}
    sentence = _("Restored the state of {made_at}. Later events cut off: {cut}; people erased again: {erased}.")
    call.show(told, sentence.format(**told))
    call.note(_("Nothing leaves until you say so: look at `lianyi outbox list`, then `lianyi outbox release`."))
