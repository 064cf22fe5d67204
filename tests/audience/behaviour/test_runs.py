"""Runs stay sorted, few and, where they are large, in files without a name."""

from pathlib import Path

import numpy as np

from lianyi.audience.behaviour.runs import Growing, Run, levelled
from lianyi.audience.behaviour.schemas import Rows


def rows(*pairs: tuple[int, int]) -> Rows:
    who, at = zip(*pairs, strict=True)
    return Rows(np.array(who, np.uint32), np.array(at, np.int64), np.array(at, np.float64))


def listed(run: Run) -> list[tuple[int, int, float]]:
    assert run.rows.value is not None
    return list(zip(run.rows.who.tolist(), run.rows.at.tolist(), run.rows.value.tolist(), strict=True))


def test_a_run_is_by_identity_and_time(tmp_path: Path) -> None:
    run = Run.of(rows((3, 5), (1, 9), (3, 4), (1, 2)), tmp_path)
    assert listed(run) == [(1, 2, 2.0), (1, 9, 9.0), (3, 4, 4.0), (3, 5, 5.0)]


def test_rows_of_identities_come_with_their_places(tmp_path: Path) -> None:
    run = Run.of(rows((3, 5), (1, 9), (3, 4), (7, 2)), tmp_path)
    found, places = run.of_identities(np.array([2, 3, 7, 8], np.uint32))
    assert (found.who.tolist(), found.at.tolist(), places.tolist()) == ([3, 3, 7], [4, 5, 2], [1, 1, 2])
    assert len(run.of_identities(np.array([2], np.uint32))[1]) == 0


def test_who_did_it_between_two_moments(tmp_path: Path) -> None:
    run = Run.of(rows((3, 5), (1, 9), (3, 4), (7, 2)), tmp_path)
    assert sorted(run.who_between(4, 9).tolist()) == [3, 3]
    assert run.who_between(9, 4).tolist() == []


def test_large_runs_lie_in_files_that_nobody_finds(tmp_path: Path) -> None:
    many = 200_000
    growing = Growing(tmp_path, with_value=False)
    for first in (0, many):
        who = np.arange(first, first + many, dtype=np.uint32)
        growing.add(Rows(who, who.astype(np.int64), None))
    run = growing.close()
    assert isinstance(run.rows.at, np.memmap)
    assert run.rows.who.tolist() == list(range(2 * many)) == run.rows.at.tolist()
    assert list(tmp_path.iterdir()) == []


def test_runs_are_few_and_nothing_is_lost(tmp_path: Path) -> None:
    runs: tuple[Run, ...] = ()
    for number in range(200):
        runs = levelled([*runs, Run.of(rows((number % 7 + 1, number)), tmp_path)], tmp_path)
    assert len(runs) <= 8
    assert sorted(at for run in runs for at in run.rows.at.tolist()) == list(range(200))
