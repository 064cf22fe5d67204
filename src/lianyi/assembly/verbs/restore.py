"""`lianyi restore`: an empty home becomes what a backup holds."""

from pathlib import Path
from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _

app = single()


@verb(app, "restore")
def restore(call: Call, file: Annotated[Path, typer.Argument(help=_("A file that `lianyi backup` wrote."))]) -> None:
    """Fills an empty home from a backup. Events that came after the backup are cut off the lake."""
    import os

    from lianyi.assembly import backup
    from lianyi.assembly.environment import Environment
    from lianyi.assembly.processes.installation import Installation
    from lianyi.assembly.processes.prepare import bring_up_to_date

    environment = Environment.read(os.environ)
    manifest = backup.read_manifest(file)
    backup.refuse_unless_empty(environment)
    backup.unpack(file, environment)
    with Installation().open(as_it_is=True):
        backup.refuse_unless_blank()
        backup.load_database(file, environment)
        bring_up_to_date()
        cut = backup.open_new_epoch(environment.lake)
    told = {"made_at": manifest["made_at"], "workspaces": len(manifest["workspaces"]), "cut": cut}
    call.show(told, _("Restored the state of {made_at}; {cut} later events were cut off.").format(**told))
