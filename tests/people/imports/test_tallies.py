"""Tallies: how often something came before."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lianyi.kernel.ids import digest
from lianyi.people.imports.tallies import Tally, keys_of


def test_equal_keys_are_numbered() -> None:
    tally = Tally()
    assert tally.count(np.array([5, 5, 7, 5], np.uint64)).tolist() == [0, 1, 0, 2]
    assert tally.count(np.array([7, 5, 2**64 - 1, 0], np.uint64)).tolist() == [1, 3, 0, 0]
    assert tally.count(np.array([], np.uint64)).tolist() == []


def test_keys_are_the_first_half_of_a_digest() -> None:
    assert keys_of([digest("a"), digest("b")]).tolist() == [
        int.from_bytes(digest("a")[:8], "little"),
        int.from_bytes(digest("b")[:8], "little"),
    ]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), max_size=40), max_size=12))
def test_a_tally_counts_like_a_dictionary(calls: list[list[int]]) -> None:
    tally, expected = Tally(), Counter[int]()
    for keys in calls:
        found = tally.count(np.array(keys, np.uint64)).tolist()
        for key, before in zip(keys, found, strict=True):
            assert before == expected[key]
            expected[key] += 1


def test_a_million_keys_stay_few_runs() -> None:
    tally = Tally()
    keys = np.random.default_rng(7).integers(0, 2**63, 1_000_000, dtype=np.uint64)
    for start in range(0, len(keys), 10_000):
        tally.count(keys[start : start + 10_000])
    assert len(tally._runs) < 12
    assert tally.count(keys[:1000]).tolist() == [1] * 1000
