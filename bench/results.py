"""Results of a campaign with a million clicks, among ten million other events."""

from collections.abc import Iterator

import numpy as np

from bench.funnel import fill
from bench.generate import DAY, Mix
from bench.installation import installation
from bench.laked import A_BATCH, A_COMMIT, WORKSPACE, Laked, laked
from bench.rows import Row, row
from lianyi.events.lake.actions import append
from lianyi.events.lake.columns import Columns
from lianyi.events.schemas import Source

OTHERS = 10_000_000
CAMPAIGN = "fair-2026"
CODES = 1_000
TIMES = 7
# Events of the campaign, and of how many of its visitors; leads and orders state no source of their own.
STEPS = (
    ("code.scanned", 1_000_000, 300_000, True),
    ("page.reached", 700_000, 200_000, True),
    ("form.submitted", 60_000, 50_000, False),
    ("Order Completed", 20_000, 15_000, False),
)

# Runs in a process of its own, for which Django is set up once.
ASKING = """
import json, sys, time
import django
django.setup()
from lianyi.insight.results.queries import campaign_results
times, found = [], None
for _ in range(int(sys.argv[2])):
    started = time.perf_counter()
    found = campaign_results(int(sys.argv[1]), sys.argv[3])
    times.append(time.perf_counter() - started)
print(json.dumps({"times": times, "total": found.total, "lines": len(found.lines)}))
"""


def rows(size: str, *, peers: bool) -> list[Row]:
    """The measurement."""
    del size, peers
    made = _with_campaign(laked(OTHERS))
    with installation() as running:
        fill(running, made)
        told = running.asked(ASKING, str(WORKSPACE), str(TIMES), CAMPAIGN)
    clicks, visits, leads, orders = (told["total"][place][1] for place in (1, 2, 5, 6))
    if (clicks, visits, told["lines"]) != (STEPS[0][1], STEPS[1][1], CODES) or not 0 < orders < leads:
        raise RuntimeError(f"these are no results: {told}")
    said = f"1 million clicks on {CODES:,} codes among {OTHERS / 1e6:.0f} million other events"
    return [
        row(
            "results of a campaign",
            "redirect",
            1000 * sorted(told["times"])[TIMES // 2],
            "ms",
            size=said,
            limit=300,
            better="lower",
        ),
        row("results of a campaign, the first of a process", "redirect", 1000 * told["times"][0], "ms", size=said),
    ]


def _with_campaign(made: Laked) -> Laked:
    """The lake with the campaign's events behind the others, a commit for each hundred thousand."""
    last = made.batches
    for columns in _events(made):
        columns.batch = last + 1 + np.arange(len(columns)) // A_BATCH
        last = int(columns.batch[-1])

        def all_of(_held: int, columns: Columns = columns) -> Columns:
            return columns

        append(made.root, WORKSPACE, all_of, last=last, epoch=1, fence=1)
    return Laked(**{**vars(made), "batches": last})


def _events(made: Laked) -> Iterator[Columns]:
    random = np.random.default_rng(5)
    visitors = random.choice(made.people, max(people for _, _, people, _ in STEPS), replace=False)
    codes = [Source("offline", "poster", CAMPAIGN, f"stand-{code}") for code in range(CODES)]
    raw = b'{"id":"0","properties":{"country":"CN","region":"\xe4\xb8\x8a\xe6\xb5\xb7","device":"phone"}}'
    begins = Mix().end
    for name, events, people, stated in STEPS:
        sources = codes if stated else [None]
        kinds = [(name, source, False, "own", 0, True, "", "link") for source in sources]
        for first in range(0, events, A_COMMIT):
            size = min(A_COMMIT, events - first)
            at = begins + np.sort(random.integers(0, 20 * DAY, size))
            ids = random.bytes(16 * size)
            yield Columns(
                batch=np.zeros(size, np.int64),
                position=np.arange(size, dtype=np.int32),
                identity=2 * visitors[random.integers(0, people, size)] + 1,
                occurred_at=at,
                received_at=at,
                kind=random.integers(0, len(kinds), size).astype(np.int32),
                kinds=kinds,
                ids=[ids[place : place + 16] for place in range(0, 16 * size, 16)],
                raws=[raw] * size,
            )
