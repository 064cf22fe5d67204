"""`lianyi backup`: everything in one file."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lianyi.cli.frame import Call, single, verb
from lianyi.cli.language import _, ngettext

app = single()


@verb(app, "backup")
def backup(call: Call, file: Annotated[Path, typer.Argument(help=_("The new file."))]) -> None:
    """Saves the database, the lake and the installation's key in one new file, while `up` runs or not."""
    import os

    from lianyi.assembly.environment import Environment
    from lianyi.kernel.clock import system_clock

    with call.installation():
        from lianyi.assembly.backup import backup

        saved = backup(Environment.read(os.environ), file.absolute(), system_clock())
    sentence = ngettext(
        "Saved {workspaces} workspace in {files} files, {megabytes:.1f} MB. It holds secrets: keep it safe.",
        "Saved {workspaces} workspaces in {files} files, {megabytes:.1f} MB. It holds secrets: keep it safe.",
        saved.workspaces,
    )
    call.show(
        asdict(saved),
        sentence.format(workspaces=saved.workspaces, files=saved.files, megabytes=saved.bytes / 1e6),
    )
