"""The window answers exactly, whichever layer holds an id."""

import os
import random

import numpy as np
import pytest

from lianyi.events.log import window as rooms
from lianyi.events.log.window import REACH, Window, as_ids

HOUR = 3_600_000_000


def ids(count: int, seed: int) -> rooms.Ids:
    return as_ids(random.Random(seed).randbytes(16 * count))


def test_what_was_added_is_known_and_nothing_else() -> None:
    window = Window()
    old, new = ids(5_000, 1), ids(5_000, 2)
    assert not window.known(old).any()
    window.add(old, HOUR)
    assert window.known(old).all()
    assert not window.known(new).any()
    assert len(window) == 5_000


def test_ids_that_end_in_zero_bytes_are_told_apart() -> None:
    window = Window()
    full, cut = bytes(range(16)), bytes(range(15)) + b"\x00"
    window.add(as_ids(cut), HOUR)
    assert window.known(as_ids(full + cut)).tolist() == [False, True]


def test_runs_on_disk_answer_as_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_RUN", 1_000)
    window = Window()
    kept = [ids(700, seed) for seed in range(10)]
    for part in kept:
        window.add(part, HOUR)
    assert len(window._runs) == 5
    for part in kept:
        assert window.known(part).all()
    assert not window.known(ids(20_000, 99)).any()


def test_ids_with_the_same_first_half_are_told_apart_in_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_RUN", 4)
    window = Window()
    halves = [bytes([n]) * 8 for n in range(9)]
    window.add(as_ids(b"".join(halves[0] + half for half in halves[:4]) + halves[5] + halves[6]), HOUR)
    assert len(window._runs) == 1
    asked = [*(halves[0] + half for half in halves), halves[5] + halves[6], halves[5] + halves[7], halves[8] * 2]
    assert window.known(as_ids(b"".join(asked))).tolist() == [True] * 4 + [False] * 5 + [True, False, False]


def test_runs_leave_after_their_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_RUN", 100)
    window = Window()
    old, new = ids(100, 1), ids(100, 2)
    window.add(old, HOUR)
    window.add(new, HOUR + REACH + 1)
    assert not window.known(old).any()
    assert window.known(new).all()


def test_even_a_full_filter_only_costs_look_ups() -> None:
    window = Window()
    window._filter[:] = 0xFF
    some = as_ids(os.urandom(160))
    assert not window.known(some).any()
    window.add(some[:4], HOUR)
    assert window.known(some).tolist() == [True] * 4 + [False] * 6
    assert isinstance(window.known(some[:0]), np.ndarray)
