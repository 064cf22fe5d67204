"""The draw: published vectors, fixed results, shares that are those of the weights."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from lianyi.audience.arms.drawing import draw, siphash
from lianyi.kernel.ids import digest

seeds = st.text(min_size=1, max_size=40).filter(str.isprintable)
weights = st.lists(st.integers(1, 10_000), min_size=2, max_size=20)


def digests(*values: str) -> np.ndarray:
    return np.array([digest("user_id", "shop", value) for value in values], "V16")


def plain_siphash(key: bytes, message: bytes) -> int:
    """As the paper has it, a word at a time."""
    mask = 2**64 - 1
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573

    def turned(word: int, by: int) -> int:
        return (word << by | word >> (64 - by)) & mask

    def mixed(times: int) -> None:
        nonlocal v0, v1, v2, v3
        for _ in range(times):
            v0, v2 = (v0 + v1) & mask, (v2 + v3) & mask
            v1, v3 = turned(v1, 13) ^ v0, turned(v3, 16) ^ v2
            v0 = turned(v0, 32)
            v2, v0 = (v2 + v1) & mask, (v0 + v3) & mask
            v1, v3 = turned(v1, 17) ^ v2, turned(v3, 21) ^ v0
            v2 = turned(v2, 32)

    last = message[len(message) // 8 * 8 :]
    tail = int.from_bytes(last, "little") | (len(message) % 256) << 56
    words = [int.from_bytes(message[at : at + 8], "little") for at in range(0, len(message) // 8 * 8, 8)]
    for word in [*words, tail]:
        v3 ^= word
        mixed(2)
        v0 ^= word
    v2 ^= 0xFF
    mixed(4)
    return v0 ^ v1 ^ v2 ^ v3


def test_it_is_siphash() -> None:
    key = bytes(range(16))
    assert plain_siphash(key, bytes(range(15))) == 0xA129CA6149BE45E5  # the example of the paper's appendix
    chance = random.Random(3)
    messages = [bytes(range(16)), *(chance.randbytes(16) for _ in range(500))]
    words = np.frombuffer(b"".join(messages), "<u8").reshape(-1, 2)
    for some in (key, bytes(16), b"\xff" * 16):
        expected = [plain_siphash(some, one) for one in messages]
        assert siphash(some, words[:, 0], words[:, 1]).tolist() == expected


def test_the_arms_of_some_people_are_these_for_ever() -> None:
    names = digests(*(f"u{number}" for number in range(12)))
    assert draw("spring", [1, 1], names).tolist() == [0, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 1]


@settings(deadline=None)
@given(seeds, weights, st.lists(st.text(max_size=20), max_size=40))
def test_one_and_many_are_drawn_alike_and_in_any_order(seed: str, weighed: list[int], names: list[str]) -> None:
    together = draw(seed, weighed, digests(*names))
    assert [draw(seed, weighed, digests(name))[0] for name in names] == together.tolist()
    assert draw(seed, weighed, digests(*reversed(names))).tolist() == together.tolist()[::-1]
    assert set(together.tolist()) <= set(range(len(weighed)))


@settings(deadline=None, derandomize=True, max_examples=40)
@given(seeds, weights)
def test_shares_are_those_of_the_weights(seed: str, weighed: list[int]) -> None:
    people = 20_000
    found = draw(seed, weighed, digests(*map(str, range(people))))
    shares = np.array(weighed) / sum(weighed) * people
    counted = np.bincount(found, minlength=len(weighed))
    large = shares >= 5  # what is smaller is put together
    groups = [*zip(counted[large], shares[large], strict=True)]
    if not large.all():
        groups.append((counted[~large].sum(), shares[~large].sum()))
    if len(groups) > 1:
        observed, expected = map(list, zip(*groups, strict=True))
        assert chisquare(observed, expected).pvalue > 1e-5


def test_two_seeds_draw_independently() -> None:
    names = digests(*map(str, range(40_000)))
    one, other = draw("a", [1, 1], names), draw("b", [1, 1], names)
    assert chisquare(np.bincount(one * 2 + other)).pvalue > 1e-3
    assert draw("a", [2, 2], names).tolist() == one.tolist()


def test_a_share_that_grows_takes_from_its_neighbour_only() -> None:
    names = digests(*map(str, range(10_000)))
    before, after = draw("a", [10, 90], names), draw("a", [30, 70], names)
    assert set(np.flatnonzero(before == 0)) < set(np.flatnonzero(after == 0))


@pytest.mark.parametrize("count", [0, 1, 16_384, 16_385])
def test_any_number_of_people(count: int) -> None:
    names = digests(*map(str, range(count)))
    assert len(draw("a", [1, 2], names)) == count
