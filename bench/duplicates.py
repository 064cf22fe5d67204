"""Group `people`, the search for duplicates: how right it is on public people, how long it takes on invented ones.

One threshold for all, the product's. Run as a program with a number of people, it measures one search and prints JSON;
the search gets a process of its own, so that its memory is its own.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

from bench.invented_people import invent
from bench.plain_rules import exact_rules, three_of_six
from bench.public_people import Pair, data_folder, f1, public_people
from bench.rows import Row, row
from lianyi.people.duplicates.schemas import Record
from lianyi.people.duplicates.suggesting import HOPELESS, THRESHOLD, suggest

_Rule = Callable[[Sequence[Record]], set[Pair]]
LIMITS: dict[str, tuple[float, str, _Rule]] = {
    "febrl dataset1": (0.997, "three of six fields alike", three_of_six),
    "febrl dataset3": (0.985, "three of six fields alike", three_of_six),
    "splink fake_1000": (0.85, "exact rules", exact_rules),
}
SWEEP = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]


def rows(size: str, *, peers: bool) -> list[Row]:
    """Right on public data, seconds and memory on 100,000 invented people; large: on a million too."""
    measured = [one for people in public_people(data_folder()) for one in _right(*people, peers=peers)]
    for count in [100_000, 1_000_000] if size == "large" else [100_000]:
        measured += _fast(count)
    return measured


def _right(name: str, records: list[Record], true: set[Pair], *, peers: bool) -> list[Row]:
    found = suggest(records, HOPELESS).pairs
    scores = {at: f1({(one.a, one.b) for one in found if one.probability >= at}, true) for at in [THRESHOLD, *SWEEP]}
    limit, peer, rule = LIMITS[name]
    told = f"{len(records):,} records, {len(true):,} pairs"
    other = f1(rule(records), true) if peers else None
    print("  ".join(f"{at:.2f}: {score:.4f}" for at, score in scores.items()), name, file=sys.stderr)
    first, last = f"duplicates, {name}: pair F1", f"duplicates, {name}: lowest F1, thresholds 0.5 to 0.95"
    return [
        row(first, "people", scores[THRESHOLD], "F1", size=told, limit=limit, peer=peer, peer_value=other),
        row(last, "people", min(scores[at] for at in SWEEP), "F1", size=told),
    ]


def _fast(count: int) -> list[Row]:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.duplicates", str(count)], capture_output=True, text=True, check=True
    )
    measured = json.loads(ran.stdout)
    told = f"{count:,} invented people, {measured['compared']:,} pairs compared"
    limit = 600.0 if count >= 1_000_000 else None
    name = f"duplicates among {count:,}"
    return [
        row(f"{name}: time", "people", measured["seconds"], "s", size=told, limit=limit, better="lower"),
        row(f"{name}: memory", "people", measured["megabytes"], "MB", size=told, better="lower"),
        row(f"{name}: pair F1", "people", measured["f1"], "F1", size=told),
    ]


def _measure(count: int) -> dict[str, float]:
    table, truth = invent(count, seed=1)
    started, before = time.perf_counter(), _processor_seconds()
    found = suggest(table)
    seconds, processor = time.perf_counter() - started, _processor_seconds() - before
    by_person = sorted(zip(truth.tolist(), range(count), strict=True))
    true = {(a, b) for (one, a), (other, b) in pairwise(by_person) if one == other}
    return {
        "seconds": seconds,
        "processor_seconds": processor,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "compared": found.compared,
        "f1": f1({(one.a, one.b) for one in found.pairs}, true),
    }


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))
