"""`python -m bench`: measures, prints a table, and writes bench.json.

Groups: memory, ingest, import, people, funnel, segment, face, redirect, page, form, codes. With --only one of them,
whose rows replace those of the file.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from bench.rows import machine, shown

GROUPS = {
    "memory": ["bench.memory"],
    "ingest": ["bench.ingest"],
    "import": ["bench.imports"],
    "people": ["bench.people", "bench.duplicates", "bench.lake"],
    "funnel": ["bench.funnel"],
    "segment": ["bench.segment.measuring"],
    "face": ["bench.face"],
    "redirect": ["bench.redirect", "bench.results"],
    "page": ["bench.page"],
    "form": ["bench.form"],
    "codes": ["bench.codes"],
}
FILE = Path("bench.json")


def main() -> int:
    """0 when every row that has a limit holds, else 1."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", choices=sorted(GROUPS))
    parser.add_argument("--size", choices=["default", "large"], default="default")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    chosen = [options.only] if options.only else list(GROUPS)
    found = []
    for group in chosen:
        for name in GROUPS[group]:
            print(f"{name} …", file=sys.stderr, flush=True)
            found += importlib.import_module(name).rows(options.size, peers=options.peers)
    print(f"{machine()}\n\n{shown(found)}")
    measured = {(one["group"], one["name"]) for one in found}
    before = json.loads(FILE.read_text()) if FILE.exists() else []
    kept = [one for one in before if (one["group"], one["name"]) not in measured]
    FILE.write_text(json.dumps([*kept, *found], indent=1, ensure_ascii=False) + "\n")
    return 0 if all(one["holds"] is not False for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
