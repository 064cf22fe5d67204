"""The draw: which arm a seed and a digest give. Pure, and the same for one person and for a million.

A digest of 16 bytes is hashed by SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a Fast Short-Input PRF",
2012), keyed by the seed: two tests draw independently of each other, and nobody can choose an identity to get an arm.
The 64 bits are cut in proportion to the weights, exactly.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]

_AT_ONCE = 16_384  # digests: what is worked on stays in the processor's cache
_LENGTH = np.uint64(16 << 56)


def draw(seed: str, weights: Sequence[int], digests: npt.NDArray[np.void]) -> Places:
    """The place of the arm of each digest (16 bytes)."""
    total, sums = sum(weights), np.cumsum(weights, dtype=object)
    cuts = np.array([(int(one) << 64) // total for one in sums[:-1]], np.uint64)
    found = np.empty(len(digests), np.int64)
    key = blake2b(seed.encode(), digest_size=16, person=b"lianyi.arms").digest()
    words = np.frombuffer(digests.tobytes(), "<u8").reshape(-1, 2)
    for start in range(0, len(digests), _AT_ONCE):
        some = words[start : start + _AT_ONCE]
        found[start : start + _AT_ONCE] = np.searchsorted(cuts, siphash(key, some[:, 0], some[:, 1]), side="right")
    return found


def siphash(key: bytes, first: _Words, second: _Words) -> _Words:
    """SipHash-2-4 under a key of 16 bytes, of messages of two little-endian words."""
    k0, k1 = (np.uint64(int.from_bytes(half, "little")) for half in (key[:8], key[8:]))
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    v = [np.full(len(first), np.uint64(one) ^ half) for one, half in zip(start, (k0, k1, k0, k1), strict=True)]
    for word in (first, second, np.full(len(first), _LENGTH)):
        v[3] ^= word
        _rounds(v, 2)
        v[0] ^= word
    v[2] ^= np.uint64(0xFF)
    _rounds(v, 4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def _rounds(v: list[_Words], times: int) -> None:
    for _ in range(times):
        _half(v, 0, 1, 13)
        _half(v, 2, 3, 16)
        v[0] = _turned(v[0], 32)
        _half(v, 0, 3, 21)
        _half(v, 2, 1, 17)
        v[2] = _turned(v[2], 32)


def _half(v: list[_Words], a: int, b: int, by: int) -> None:
    v[a] += v[b]  # modulo 2**64
    v[b] = _turned(v[b], by) ^ v[a]


def _turned(words: _Words, by: int) -> _Words:
    return (words << np.uint64(by)) | (words >> np.uint64(64 - by))
