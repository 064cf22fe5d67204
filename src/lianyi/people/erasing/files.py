"""Files that rooms keep: those of refused rows, which hold people as they stood in somebody's file."""

import csv
import io
from pathlib import Path

from lianyi.kernel.cells import restored
from lianyi.kernel.durable import write_whole
from lianyi.people.erasing.sieve import Sieve
from lianyi.people.imports.refusals import abandoned, handed_back

IMPORTS = "imports"


def scrub_imports(home: Path, sieve: Sieve) -> int:
    """Takes the rows that name an erased person out of every file of refused rows; how many. What an import was killed
    over goes whole, since nobody reads it.
    """
    for path in abandoned(home / IMPORTS):
        path.unlink(missing_ok=True)
    return sum(_scrub(path, sieve) for path in handed_back(home / IMPORTS))


def _scrub(path: Path, sieve: Sieve) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    kept = [row for place, row in enumerate(rows) if place == 0 or not any(sieve.names(restored(cell)) for cell in row)]
    gone = len(rows) - len(kept)
    if gone == 0:
        return 0
    if len(kept) == 1:
        path.unlink()
        return gone
    text = io.StringIO(newline="")
    csv.writer(text).writerows(kept)
    write_whole(path, text.getvalue().encode("utf-8-sig"))
    return gone
