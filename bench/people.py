"""Group `people`: a million records resolved by exact keys."""

import time

import numpy as np
import numpy.typing as npt

from bench.rows import Row, row
from lianyi.people.identity.bulk import resolve_records

RECORDS = 1_000_000
PEOPLE = 600_000


def rows(size: str, *, peers: bool) -> list[Row]:
    """The group's measurements."""
    del size, peers
    random = np.random.default_rng(1)
    people = random.integers(0, PEOPLE, RECORDS)
    columns = {
        ("crm_id", "till"): _column("crm-%d", people, random, missing=0.3, wrong=0.0),
        ("phone", ""): _column("+8613%09d", people, random, missing=0.2, wrong=0.01),
        ("email", ""): _column("user%d@example.com", people, random, missing=0.4, wrong=0.01),
    }
    began = time.perf_counter()
    persons = resolve_records(columns)
    seconds = time.perf_counter() - began
    said = f"{RECORDS:,} records of 3 keys, {len(np.unique(persons)):,} people, in memory"
    return [row("records resolved by exact keys", "people", seconds, "s", size=said, limit=10, better="lower")]


def _column(
    form: str, people: npt.NDArray[np.int64], random: np.random.Generator, *, missing: float, wrong: float
) -> list[str | None]:
    whose = np.where(random.random(len(people)) < wrong, random.integers(0, PEOPLE, len(people)), people)
    gaps = random.random(len(people)) < missing
    return [None if gap else form % one for gap, one in zip(gaps.tolist(), whose.tolist(), strict=True)]
