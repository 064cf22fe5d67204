"""Learning from counts of patterns that were drawn from a known model."""

import numpy as np
import pytest

from lianyi.people.duplicates.fields import FIELDS
from lianyi.people.duplicates.training import BY_NAME, Patterns, learn, prior_model

NAMES = ["given_name", "surname", "birth_date", "city", "street"]
PEOPLE = 2_000
PAIRS = PEOPLE * (PEOPLE - 1) // 2


def drawn(shares: dict[str, list[float]], size: int, seed: int) -> np.ndarray:
    """`size` pairs whose fields are at their levels independently."""
    random = np.random.default_rng(seed)
    columns = [random.choice(len(share), size, p=np.array(share) / sum(share)) for share in shares.values()]
    return np.stack(columns, axis=1).astype(np.int8)


def counted(*pairs: np.ndarray) -> Patterns:
    levels, counts = np.unique(np.concatenate(pairs), axis=0, return_counts=True)
    return Patterns(levels.astype(np.int8), counts.astype(np.float64))


def shares(attribute: str, **changed: list[float]) -> dict[str, list[float]]:
    usual = {name: [getattr(level, attribute) for level in BY_NAME[name].levels] for name in NAMES}
    return {name: changed.get(name, share) for name, share in usual.items()}


def test_what_was_planted_is_found() -> None:
    typists = [0.5, 0.05, 0.3, 0.05, 0.05, 0.01, 0.04]
    same = drawn(shares("m", given_name=typists), 600, seed=1)
    candidates = counted(same, drawn(shares("u"), 20_000, seed=2))
    model = learn(NAMES, PEOPLE, candidates, counted(drawn(shares("u"), 200_000, seed=3)), 1.0)
    assert model.match * PAIRS * 1.2 == pytest.approx(600 + 0.2 * 100, rel=0.05)
    assert model.m[0] == pytest.approx(np.array(typists), abs=0.05)
    assert model.u[0][0] == pytest.approx(0.005, rel=0.1)
    assert model.household * PAIRS < 30


def test_relatives_are_not_taken_for_one_person() -> None:
    """Half as many pairs of relatives as of one person: all but the given name and the birth date agree."""
    agreeing = [0.9, 0.01, 0.02, 0.01, 0.01, 0.01, 0.04]
    relatives = shares("u", surname=agreeing, city=[0.9, 0.04, 0.02, 0.04], street=[0.9, 0.02, 0.04, 0.04])
    candidates = counted(
        drawn(shares("m"), 400, seed=1), drawn(relatives, 200, seed=2), drawn(shares("u"), 20_000, seed=3)
    )
    model = learn(NAMES, PEOPLE, candidates, counted(drawn(shares("u"), 200_000, seed=4)), 1.0)
    assert model.match * PAIRS * 1.2 == pytest.approx(400 + 0.2 * 100, rel=0.1)
    assert model.household * PAIRS > 50
    relative = np.array([[6, 0, 6, 0, 0]], dtype=np.int8)
    assert model.classes(relative)[0].argmax() != 0


def test_one_city_for_all_says_nothing() -> None:
    one_city = shares("u", city=[1.0, 0.0, 0.0, 0.0])
    model = learn(NAMES, PEOPLE, counted(drawn(one_city, 5_000, seed=1)), counted(drawn(one_city, 50_000, seed=2)), 1.0)
    assert model.neighbour <= 0.5
    assert abs(np.log2(model.m[3][0] / model.u[3][0])) < 0.5
    assert model.match * PAIRS < 25


def test_without_any_pair_beliefs_stand() -> None:
    nothing = Patterns(np.zeros((0, 5), dtype=np.int8), np.zeros(0))
    model, prior = learn(NAMES, 2, nothing, nothing, 1.0), prior_model(NAMES, 2)
    for learnt, believed in zip(model.m + model.u, prior.m + prior.u, strict=True):
        assert learnt == pytest.approx(believed)


def test_the_same_counts_give_the_same_model() -> None:
    candidates = counted(drawn(shares("m"), 300, seed=1), drawn(shares("u"), 3_000, seed=2))
    strangers = counted(drawn(shares("u"), 30_000, seed=3))
    first, second = (learn(NAMES, PEOPLE, candidates, strangers, 2.0) for _ in range(2))
    assert [part.tolist() for part in first.m + first.u] == [part.tolist() for part in second.m + second.u]
    assert (first.match, first.household, first.neighbour) == (second.match, second.household, second.neighbour)


def test_what_names_one_person_is_rarer_the_more_people_there_are() -> None:
    few, many = (prior_model(["email"], people).u[0][0] for people in (1_000, 1_000_000))
    assert few / many == pytest.approx(1_000, rel=0.01)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_beliefs_are_sound(field: object) -> None:
    """Every level is possible, the last one speaks against, the first one for."""
    model = prior_model([field.name], 1_000)  # type: ignore[attr-defined]
    m, u = model.m[0], model.u[0]
    assert m.sum() == pytest.approx(1)
    assert u.sum() == pytest.approx(1)
    assert (m > 0).all()
    assert (u > 0).all()
    assert m[0] > u[0]
    assert m[-1] < u[-1]
