"""Numbers and amounts as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianyi.people.imports.cells import Bad, as_text, plain, tidy
from lianyi.people.imports.numbers import MarkEvidence, amount, decimal, number, quantity


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("2.55", ".", "2.55"),
        ("2.550", ".", "2.55"),
        ("-11062.06", ".", "-11062.06"),
        ("0", ".", "0"),
        ("-0.00", ".", "0"),
        (" 1,234,567.5 ", ".", "1234567.5"),
        ("1.234.567,5", ",", "1234567.5"),
        ("12,5", ",", "12.5"),
        ("1 234,56", ",", "1234.56"),
        ("1'234.56", ".", "1234.56"),
        ("¥1,234.50", ".", "1234.5"),
        ("￥12.5", ".", "12.5"),
        ("12.50元", ".", "12.5"),
        ("EUR 12,50", ",", "12.5"),
        ("12,50 €", ",", "12.5"),
        ("-$5.00", ".", "-5"),
        ("(12.50)", ".", "-12.5"),
        ("１２．５", ".", "12.5"),
        ("1e3", ".", "1000"),
        (2.55, ".", "2.55"),
        (0.1 + 0.2, ".", "0.3"),
        (7, ",", "7"),
        (Decimal("2.500"), ".", "2.5"),
    ],
)
def test_amounts(cell: object, mark: str, value: str) -> None:
    assert amount(cell, mark) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "mark", "code"),
    [
        ("twelve", ".", "number.unreadable"),
        ("1,23", ".", "number.unreadable"),
        ("1.5", ",", "number.unreadable"),
        ("1,2,3", ".", "number.unreadable"),
        ("NaN", ".", "number.unreadable"),
        ("Infinity", ".", "number.unreadable"),
        ("1e999", ".", "number.unreadable"),
        ("--5", ".", "number.unreadable"),
        (float("nan"), ".", "number.unreadable"),
        (True, ".", "number.unreadable"),
        ("1.2345678", ".", "money.precision"),
        ("1000000000000", ".", "money.range"),
        ("1e99", ".", "money.range"),
    ],
)
def test_what_is_no_amount(cell: object, mark: str, code: str) -> None:
    found = amount(cell, mark)  # type: ignore[arg-type]
    assert isinstance(found, Bad)
    assert found.code == code


def test_blank_cells_are_no_numbers() -> None:
    for cell in ("", "  ", None):
        assert amount(cell, ".") is None
        assert quantity(cell, ".") is None
        assert number(cell, ".") is None


def test_quantities_are_whole_where_they_are() -> None:
    assert quantity("6", ".") == 6
    assert quantity("-80995", ".") == -80995
    assert quantity("6.0", ".") == 6
    assert quantity("0,5", ",") == "0.5"


def test_numbers_of_traits() -> None:
    assert number("42", ".") == 42
    assert number("4.25", ".") == 4.25
    assert isinstance(number("1e3", "."), int)


def _evidence(*cells: object) -> MarkEvidence:
    found = MarkEvidence()
    found.add(cells)
    return found


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (("2.55", "3.39"), "."),
        (("12,5", "3"), ","),
        (("1.234,56", "5"), ","),
        (("1,234.56", "5"), "."),
        (("1,234", "2.5"), "."),
        (("1,234", "2,5"), ","),
        (("12,500",), "open"),
        (("1,234,567",), "."),
        (("1.234.567",), ","),
        (("0,125",), ","),
        (("5", "7"), "."),
        (("1.234",), "open"),
        (("1.234", "0.125"), "."),
        ((2.5, 7), "."),
    ],
)
def test_the_decimal_mark_of_a_column(cells: tuple[object, ...], mark: str) -> None:
    found = _evidence(*cells)
    assert ("open" if found.is_open else found.mark()) == mark


@settings(deadline=None)
@given(st.decimals(-(10**11), 10**11, places=6))
def test_every_amount_comes_back(value: Decimal) -> None:
    for mark in (".", ","):
        assert amount(plain(value).replace(".", mark), mark) == plain(value)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.decimals(-(10**11), 10**11, places=2))
def test_grouped_amounts_come_back(value: Decimal) -> None:
    assert decimal(f"{value:,}", ".") == value
    swapped = f"{value:,}".translate(str.maketrans(",.", ".,"))
    assert decimal(swapped, ",") == value


@settings(deadline=None)
@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    for mark in (".", ","):
        assert decimal(text, mark) is None or isinstance(decimal(text, mark), Decimal | Bad)  # type: ignore[arg-type]
    MarkEvidence().add([text])


def test_one_spelling_for_each_type() -> None:
    assert as_text(17850.0) == "17850"
    assert as_text(2.55) == "2.55"
    assert as_text(True) == "true"
    assert as_text(Decimal("2.50")) == "2.5"
    assert as_text(None) == ""
    assert as_text(1e300) == "1e+300"
    assert as_text([1, "a"]) == '[1, "a"]'


def test_what_no_store_can_hold() -> None:
    assert tidy("  a\tb ") == "a\tb"
    assert tidy("a\x07b") == "ab"
    assert tidy("\u3000 ") is None
    for cell, code in (("a\x00b", "cell.nul"), ("caf\udce9", "cell.encoding"), ("x" * 16_001, "cell.long")):
        found = tidy(cell)
        assert isinstance(found, Bad)
        assert found.code == code
    assert "\\xe9" in str(tidy("caf\udce9").reason)  # type: ignore[union-attr]
