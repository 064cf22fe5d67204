"""Groups: who is connected, and at which odds two sides met."""

from lianyi.people.duplicates.grouping import CERTAIN, LARGEST_GROUP, bounded_groups, connected, met_at


def test_connected_numbers_stand_together_sorted() -> None:
    assert connected([(5, 9), (1, 2), (9, 3)]) == [[1, 2], [3, 5, 9]]
    assert connected([]) == []


def test_a_pair_meets_at_its_own_odds_as_far_as_they_count() -> None:
    assert met_at([4, 7], lambda a, b: 3.5) == {(4, 7): 3.5}
    assert met_at([4, 7], lambda a, b: 40.0) == {(4, 7): CERTAIN}
    assert met_at([4, 7], lambda a, b: -40.0) == {(4, 7): -CERTAIN}


def test_two_sides_meet_at_the_average_of_the_pairs_between_them() -> None:
    odds = {(1, 2): 8.0, (3, 4): 6.0, (1, 3): 4.0, (1, 4): -2.0, (2, 3): 1.0, (2, 4): -1.0}
    assert met_at([1, 2, 3, 4], lambda a, b: odds[a, b]) == {
        (1, 2): 8.0,
        (3, 4): 6.0,
        **dict.fromkeys([(1, 3), (1, 4), (2, 3), (2, 4)], 0.5),
    }


def test_one_wrong_pair_does_not_chain_two_groups() -> None:
    odds = dict.fromkeys([(1, 3), (1, 4), (2, 4)], -9.0) | {(1, 2): 9.0, (3, 4): 9.0, (2, 3): 5.0}
    met = met_at([1, 2, 3, 4], lambda a, b: odds[a, b])
    assert met[2, 3] == (5.0 - 27.0) / 4


def test_large_sets_are_cut_at_higher_odds() -> None:
    chain = {(number, number + 1): 5.0 for number in range(1, LARGEST_GROUP + 1)}
    sides = {(1, 2): 9.0, (50, 51): 9.0}
    groups = bounded_groups(chain | sides, 0.0)
    assert groups == [[1, 2], [50, 51]]


def test_sets_that_fit_are_left_whole() -> None:
    chain = {(number, number + 1): 0.1 for number in range(1, LARGEST_GROUP)}
    assert bounded_groups(chain, 0.0) == [list(range(1, LARGEST_GROUP + 1))]
    assert bounded_groups(chain, 0.2) == []
