"""Files that verbs are given."""

import sys
from pathlib import Path

from lianyi.cli.exits import Misused


def contents(file: str) -> bytes:
    """What a file holds, or for `-` what comes by standard input. Misused where it cannot be read."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        from lianyi.kernel.errors import why

        raise Misused("{file!r} cannot be read: {why}.", file=file, why=why(error)) from None
