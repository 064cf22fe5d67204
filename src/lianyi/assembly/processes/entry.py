"""What a supervised process runs: `python -m lianyi.assembly.processes.entry edge|web|worker`, and what the worker has
a process for: `search WORKSPACE HOLDER`, `learn MODEL HOLDER`, `fit WORKSPACE HOLDER`, `print SHEET HOLDER`.
"""

import os
import runpy
import sys
from typing import Any

from lianyi.assembly.processes.lifeline import die_with


def main() -> None:
    """Binds this process's life to its parent's, then becomes what its name says."""
    name = sys.argv[1]
    die_with(int(os.environ.pop("LIANYI_PARENT")))
    from lianyi.assembly.processes.logs import configure_logs

    configure_logs(name)
    match name:
        case "edge" | "web":
            from lianyi.assembly.processes import serving

            serving.serve(name, int(os.environ.pop("LIANYI_LISTENING")))
        case "worker":
            import django

            django.setup()  # its imports reach models
            sys.argv = ["worker"]
            runpy.run_module("lianyi.assembly.worker", run_name="__main__", alter_sys=True)
        case "search" | "learn" | "fit" | "print":
            import django

            django.setup()
            from lianyi.assembly import apart
            from lianyi.audience.learned.running import PIECES as LEARNING
            from lianyi.audience.worth.running import PIECES as FITTING
            from lianyi.foundation.pieces import Pieces
            from lianyi.links.sheets.running import PIECES as PRINTING
            from lianyi.people.duplicates.searches.running import PIECES as SEARCHING

            work: dict[str, Pieces[Any]] = {"search": SEARCHING, "learn": LEARNING, "fit": FITTING, "print": PRINTING}
            apart.main(work[name], int(sys.argv[2]), sys.argv[3])
        case _:
            sys.exit(f"There is no process {name!r}.")


if __name__ == "__main__":
    main()
