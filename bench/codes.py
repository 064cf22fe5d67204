"""Group `codes`: 10,000 channel codes with their sheets to print, each decoded back, on one core."""

import json
import os
import subprocess
import sys

from bench.rows import Row, row

CODES = 10_000
_PROGRAM = """
import json, resource, sys, time
from lianyi.links.codes.look import Look, Shape
from lianyi.links.codes.layouts import Layout, Sheet
from lianyi.links.codes.sheets import Item, print_sheets

items = [
    Item(f"https://go.brand-example.cn/k{n:05d}", f"春季展会 展位 {n}", "店员一", f"go.brand-example.cn/k{n:05d}")
    for n in range(int(sys.argv[1]))
]
began = time.perf_counter()
with open(sys.argv[2], "wb") as file:
    print_sheets(file, items, Look(shape=Shape(sys.argv[3])), Layout(Sheet.LABELS_24), title="bench")
print(json.dumps([time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def rows(size: str, *, peers: bool) -> list[Row]:
    """One process draws, decodes and writes; it is held to one core."""
    del size, peers
    found = []
    for shape in ("square", "rounded"):
        core = str(min(os.sched_getaffinity(0)))
        command = ["taskset", "-c", core, sys.executable, "-c", _PROGRAM, str(CODES), os.devnull, shape]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
        seconds, megabytes = json.loads(done.stdout)
        said = f"{CODES:,} codes on 417 pages"
        found += [
            row(f"codes with their sheets, {shape}", "codes", seconds, "s", size=said, limit=60, better="lower"),
            row(
                f"codes with their sheets, {shape}, memory",
                "codes",
                megabytes,
                "MiB",
                size=said,
                limit=256,
                better="lower",
            ),
        ]
    return found
