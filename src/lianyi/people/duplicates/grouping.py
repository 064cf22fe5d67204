"""From pairs to groups: three records that are one person are so pairwise, whatever each pair alone looks like.

Inside each set of people connected by pairs that are not hopeless, average linkage (Sokal and Michener 1958) joins the
two groups whose members speak most for each other, on average over all pairs between them, again and again; a pair's
final odds are those at which its two groups met. So one wrong pair does not chain two families together, and a record
that says little is placed by all that it is close to.

Promises the same result for the same scores. Sets larger than LARGEST_GROUP are first cut at higher odds; what stays
larger keeps the odds of its own pairs.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

LARGEST_GROUP = 100
CERTAIN = 10.0  # bits; a pair says no more than that for or against in an average

Pair = tuple[int, int]


def connected(edges: Iterable[Pair]) -> list[list[int]]:
    """The sets of numbers that `edges` connect, each sorted, by their smallest number."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while (above := parent.setdefault(number, number)) != number:
            parent[number] = number = parent[above]
        return number

    for a, b in edges:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    groups: dict[int, list[int]] = {}
    for number in sorted(parent):
        groups.setdefault(root(number), []).append(number)
    return [groups[number] for number in sorted(groups)]


def bounded_groups(odds: Mapping[Pair, float], least: float) -> list[list[int]]:
    """Connected sets over pairs of at least `least` bits, none larger than LARGEST_GROUP."""
    found, waiting = [], [(least, [pair for pair, bits in odds.items() if bits >= least])]
    while waiting:
        level, edges = waiting.pop()
        large = set()
        for group in connected(edges):
            if len(group) <= LARGEST_GROUP:
                found.append(group)
            else:
                large.update(group)
        higher = level + 2.0
        rest = [pair for pair in edges if pair[0] in large and odds[pair] >= higher]
        if rest:
            waiting.append((higher, rest))
    return sorted(found)


def met_at(group: list[int], odds: Callable[[int, int], float]) -> dict[Pair, float]:
    """For each pair of the sorted `group`, the average log2 odds at which average linkage joined its two sides."""
    size = len(group)
    if size == 2:
        return {(group[0], group[1]): capped(odds(group[0], group[1]))}
    table = np.full((size, size), -np.inf)
    for i in range(size):
        for j in range(i + 1, size):
            table[i, j] = table[j, i] = capped(odds(group[i], group[j]))
    sides: list[list[int]] = [[number] for number in group]
    met: dict[Pair, float] = {}
    for _ in range(size - 1):
        i, j = sorted(divmod(int(np.argmax(table)), size))
        height = float(table[i, j])
        met.update({(min(a, b), max(a, b)): height for a in sides[i] for b in sides[j]})
        weight_i, weight_j = len(sides[i]), len(sides[j])
        others = np.isfinite(table[i]) & np.isfinite(table[j])
        joined = (weight_i * table[i] + weight_j * table[j]) / (weight_i + weight_j)
        table[i, others] = table[others, i] = joined[others]
        table[j, :] = table[:, j] = -np.inf
        table[i, j] = table[i, i] = -np.inf
        sides[i] += sides[j]
    return met


def capped(bits: float) -> float:
    """`bits`, at most CERTAIN either way."""
    return max(-CERTAIN, min(CERTAIN, bits))
