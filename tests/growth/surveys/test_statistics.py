"""What counts say, against numbers from textbooks and SciPy."""

import pytest
from scipy import stats

from lianyi.growth.surveys.statistics import compared, mean, nps, share


def test_shares_have_wilsons_interval() -> None:
    found = share(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)  # Newcombe 1998, table I
    assert share(0, 0) == (0, 0, 0)
    assert share(0, 20).low == 0
    assert share(20, 20).high == 1


def test_means_and_scores_have_a_bootstrap_interval() -> None:
    found = mean([1, 2, 3, 4, 5], [10, 20, 40, 20, 10])
    assert found is not None
    assert found.value == 3
    assert (found.low, found.high) == (pytest.approx(2.785, abs=0.03), pytest.approx(3.215, abs=0.03))
    score = nps([0, 0, 0, 0, 0, 0, 20, 10, 20, 30, 20])
    assert score is not None
    assert (score.value, score.low < 30 < score.high) == (30, True)
    assert mean([1, 2], [0, 0]) is None


def test_a_table_is_tested_as_scipy_tests_it() -> None:
    table = [[30, 10], [10, 30]]
    found = compared(table, [40, 40], [40, 40], 80, exclusive=True)
    expected = stats.chi2_contingency(table, correction=False)
    assert (found.chi_square, found.p, found.freedom, found.small) == (expected[0], expected[1], 1, False)
    assert [[cell.mark for cell in row] for row in found.cells] == [[1, -1], [-1, 1]]
    assert found.cells[0][0].residual == pytest.approx(20**0.5)
    assert found.cells[0][0].share == 0.75


def test_chance_is_not_marked_and_many_cells_ask_for_more() -> None:
    calm = compared([[20, 22], [21, 19]], [42, 40], [41, 41], 82, exclusive=True)
    assert {cell.mark for row in calm.cells for cell in row} == {0}
    rows = [[65, 50, 50, 50, 50], [35, 50, 50, 50, 50]]
    once = compared([[65, 200], [35, 200]], [265, 235], [100, 400], 500, exclusive=True)
    many = compared(rows, [265, 235], [100] * 5, 500, exclusive=True)
    assert (once.cells[0][0].mark, many.cells[0][0].mark) == (1, 0)


def test_small_counts_are_said_and_not_marked() -> None:
    found = compared([[3, 0], [0, 3]], [3, 3], [3, 3], 6, exclusive=True)
    assert (found.small, {cell.mark for row in found.cells for cell in row}) == (True, {0})
    empty = compared([[0, 0]], [0], [0, 0], 0, exclusive=True)
    assert (empty.p, empty.small) == (None, True)


def test_groups_that_overlap_have_marks_but_no_common_test() -> None:
    found = compared([[40, 10], [35, 30]], [50, 65], [50, 50], 100, exclusive=False)
    assert (found.p, found.cells[0][0].mark) == (None, 1)
