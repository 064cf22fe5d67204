"""The search itself: clean, find pairs, learn, score, group, and give the reasons."""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lianyi.kernel.errors import Refused
from lianyi.people.duplicates import blocking, cleaning, grouping
from lianyi.people.duplicates.schemas import Reason, Record, Suggestion, Suggestions
from lianyi.people.duplicates.scoring import Comparer, Scored, engine
from lianyi.people.duplicates.training import BY_NAME, Model, learn

THRESHOLD = 0.5
HOPELESS = 0.05  # a pair below this connects nobody
HIGHEST = 0.99
SAMPLE = 200_000  # candidate pairs to learn from
RANDOM_PAIRS = 300_000  # to learn what strangers look like
SEED = 8620
NOTICEABLE = 0.5  # bits; smaller effects of household and group are no reason of their own
STEPS = 4  # of a search: load, find pairs, learn, score

Pair = tuple[int, int]


def suggest(
    records: Iterable[Record] | Any, threshold: float = THRESHOLD, progress: Callable[[int], None] = lambda _steps: None
) -> Suggestions:
    """Pairs of `records` (an Arrow table with Record's columns, or Records) that are one person with a probability of
    at least `threshold`, which is from 0.05 to 0.99. `progress` is called with 1 after each of the STEPS.
    """
    if not HOPELESS <= threshold <= HIGHEST:
        raise Refused(
            "duplicates.threshold",
            "{threshold} is no threshold.",
            "Choose one from {hopeless} to {highest}.",
            threshold=threshold,
            hopeless=HOPELESS,
            highest=HIGHEST,
        )
    with engine() as con:
        table = records if hasattr(records, "column_names") else cleaning.arrow_of(records)
        people = cleaning.load(con, table)
        progress(1)
        compared, skipped = blocking.find_pairs(con, people)
        progress(1)
        if not compared:
            return Suggestions((), people, 0, 0.0, tuple(skipped))
        comparer = Comparer(con, cleaning.known_fields(con, people), people)
        model = _train(con, comparer, people, compared)
        progress(1)
        pairs = sorted(_found(con, comparer, model, threshold), key=lambda each: (-each.probability, each.a, each.b))
        progress(1)
        return Suggestions(tuple(pairs), people, compared, model.prior_bits, tuple(skipped))


def _train(con: Any, comparer: Comparer, people: int, compared: int) -> Model:
    """Learns from a sample of the candidates and from random pairs."""
    con.execute(
        f"CREATE TABLE sample AS SELECT a, b FROM candidate WHERE hash(a, b, {SEED}) % {max(compared // SAMPLE, 1)} = 0"
    )
    taken = con.execute("SELECT count(*) FROM sample").fetchall()[0][0]
    _register_pairs(con, "stranger", _random_pairs(con, people))
    candidates, strangers = comparer.patterns(["sample", "stranger"])
    return learn(comparer.fields, people, candidates, strangers, compared / max(taken, 1))


def _random_pairs(con: Any, people: int) -> NDArray[np.int64]:
    """Each person, or some, with the next ones in a fixed shuffle: two rows, the smaller numbers and the larger."""
    shuffled = con.execute(f"SELECT n FROM person ORDER BY hash(n, {SEED}), n").fetchnumpy()["n"].astype(np.int64)
    steps = max(1, min(people // 2, RANDOM_PAIRS // people))
    pairs = np.concatenate([np.stack([shuffled, np.roll(shuffled, -far)]) for far in range(1, steps + 1)], axis=1)
    return np.unique(np.sort(pairs[:, :RANDOM_PAIRS], axis=0), axis=1)


def _register_pairs(con: Any, name: str, pairs: NDArray[np.int64]) -> None:
    import pyarrow as pa

    con.register(name, pa.table([pa.array(side.astype(np.int32)) for side in pairs], names=["a", "b"]))


def _found(con: Any, comparer: Comparer, model: Model, threshold: float) -> Iterator[Suggestion]:
    scores = comparer.scorer(model)
    scored = scores("candidate", HOPELESS)
    own = _odds(model, scored)
    groups = grouping.bounded_groups(own, _log_odds(HOPELESS))
    _register_pairs(con, "missing", _missing_pairs(groups, own))
    rest = scores("missing", 0.0)
    own |= _odds(model, rest)
    final = dict(own)
    for group in groups:
        final |= grouping.met_at(group, lambda a, b: own[a, b])
    ids = [row[0] for row in con.execute("SELECT id FROM person ORDER BY n").fetchall()]
    least = _log_odds(threshold)
    for part in (scored, rest):
        for row, pair in enumerate(zip(part.a.tolist(), part.b.tolist(), strict=True)):
            if final[pair] >= least:
                probability = 1.0 / (1.0 + 2.0 ** -grouping.capped(final[pair]))
                reasons = _reasons(model, part, row, own[pair], final[pair])
                yield Suggestion(ids[pair[0] - 1], ids[pair[1] - 1], round(probability, 4), reasons)


def _missing_pairs(groups: list[list[int]], known: dict[Pair, float]) -> NDArray[np.int64]:
    """The pairs inside `groups` that no block had brought together, or that Splink had dropped as hopeless."""
    missing = [pair for group in groups for pair in combinations(group, 2) if pair not in known]
    return np.array(missing, dtype=np.int64).reshape(-1, 2).T


def _odds(model: Model, scored: Scored) -> dict[Pair, float]:
    pairs = zip(scored.a.tolist(), scored.b.tolist(), strict=True)
    return dict(zip(pairs, model.log_odds(scored.bits).tolist(), strict=True))


def _log_odds(probability: float) -> float:
    return math.log2(probability / (1.0 - probability))


def _reasons(model: Model, scored: Scored, row: int, own: float, final: float) -> tuple[Reason, ...]:
    """One reason per field known of both, then what a household or the other members of the group change."""
    reasons = []
    for place, name in enumerate(model.fields):
        level = int(scored.levels[row, place])
        if level >= 0:
            bits = round(float(scored.bits[row, place]), 1)
            reasons.append(Reason(name, BY_NAME[name].levels[level].name, bits))
    household = own - model.prior_bits - float(np.sum(scored.bits[row]))
    if household <= -NOTICEABLE:
        reasons.append(Reason("household", "shared", round(household, 1)))
    group = final - grouping.capped(own)
    if abs(group) >= NOTICEABLE:
        reasons.append(Reason("group", "together" if group > 0 else "apart", round(group, 1)))
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.bits), reason.field)))
