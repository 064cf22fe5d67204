"""The program `lianyi`: every verb, and how they reach the installation."""

import sys

from lianyi.assembly.processes.installation import Installation
from lianyi.cli.exits import run
from lianyi.cli.registry import VERBS
from lianyi.cli.root import Root

VERBS_HERE = {
    "up": "lianyi.assembly.verbs.up",
    "demo": "lianyi.assembly.verbs.demo",
    "down": "lianyi.assembly.verbs.down",
    "drain": "lianyi.assembly.verbs.drain",
    "replay": "lianyi.assembly.verbs.replay",
    "backup": "lianyi.assembly.verbs.backup",
    "restore": "lianyi.assembly.verbs.restore",
    "doctor": "lianyi.assembly.verbs.doctor",
    "db": "lianyi.assembly.verbs.db",
}


def main() -> None:
    """Ends the process with the verb's exit code."""
    installation = Installation()
    sys.exit(
        run(
            Root({**VERBS_HERE, **VERBS}),
            sys.argv[1:],
            installation,
            lambda: installation.place.home / "logs" / "cli.log",
        )
    )


if __name__ == "__main__":
    main()
