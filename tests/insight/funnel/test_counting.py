"""Sets of steps on arrays give what counting person by person gives."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lianyi.insight.funnel.counting import by_source, of_people, united
from lianyi.insight.funnel.schemas import TOTAL, FunnelRow, Step

NAMES = ["unknown", "other", "wechat", "search", "wechat"]
PEOPLE = 12

sightings = st.lists(st.tuples(st.integers(1, PEOPLE), st.sampled_from(list(Step))), max_size=40)


def arrays(seen: list[tuple[int, Step]]) -> tuple:
    return (
        np.array([number for number, _ in seen], dtype=np.int64),
        np.array([step.bit for _, step in seen], dtype=np.uint8),
    )


def once(seen: list[tuple[int, Step]]) -> tuple:
    """As the lake answers: each identity once, with the union of its steps."""
    bits: dict[int, int] = defaultdict(int)
    for number, step in seen:
        bits[number] |= step.bit
    return np.array(list(bits), dtype=np.int64), np.array(list(bits.values()), dtype=np.uint8)


def naive(of_source: dict[str, list[set[Step]]]) -> list[FunnelRow]:
    rows = []
    for source, people in of_source.items():
        counts = tuple(sum(step in steps for steps in people) for step in Step)
        both = tuple(sum({Step(s), Step(s + 1)} <= steps for steps in people) for s in range(4))
        rows.append((-len(people), FunnelRow(source, counts, both)))
    return [row for _, row in sorted(rows, key=lambda row: (row[0], row[1].source))]


@given(
    sightings,
    sightings,
    st.dictionaries(st.integers(1, PEOPLE + 3), st.integers(0, PEOPLE)),
    st.dictionaries(st.integers(1, PEOPLE + 3), st.integers(0, len(NAMES) - 1)),
)
def test_counts_are_those_of_counting_by_hand(
    lake: list[tuple[int, Step]],
    tail: list[tuple[int, Step]],
    moved: dict[int, int],
    came_from: dict[int, int],
) -> None:
    moved = {number: person for number, person in moved.items() if person < number and person not in moved}
    steps: dict[int, set[Step]] = defaultdict(set)
    for number, step in lake + tail:
        person = moved.get(number, number)
        if person:
            steps[person].add(step)
    of_source: dict[str, list[set[Step]]] = defaultdict(list)
    for person, some in steps.items():
        of_source[NAMES[came_from.get(person, 0)]].append(some)

    bits = united(PEOPLE + 1, once(lake), arrays(tail))
    numbers = np.array(sorted(moved), dtype=np.int64)
    moves = (numbers, np.array([moved[number] for number in sorted(moved)], dtype=np.int64))
    persons = np.array(sorted(came_from), dtype=np.int64)
    sources = np.array([came_from[person] for person in sorted(came_from)], dtype=np.int64)
    found = by_source(of_people(bits, moves), persons, sources, NAMES)

    assert found.rows == naive(of_source)
    assert found.total == (naive({TOTAL: list(steps.values())}) or [None])[0]


def test_a_rate_is_of_the_people_in_the_step_before() -> None:
    row = FunnelRow("wechat", (4, 3, 0, 2, 1), (2, 0, 0, 1))
    assert row.rates == (0.5, 0.0, None, 0.5)
    assert row.as_dict() == {
        "source": "wechat",
        "attention": 4,
        "interest": 3,
        "search": 0,
        "action": 2,
        "share": 1,
        "interest_rate": 0.5,
        "search_rate": 0.0,
        "action_rate": None,
        "share_rate": 0.5,
    }
