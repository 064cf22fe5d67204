"""What is suggested and what is not, on people small enough to think about."""

import random

import pyarrow as pa
import pytest
from tests.people.duplicates.crowd import crowd

from lianyi.kernel.errors import Refused
from lianyi.people.duplicates.schemas import Record, Suggestions
from lianyi.people.duplicates.suggesting import suggest

ANN = Record(
    1,
    given_name="Annika",
    surname="Lindqvist",
    birth_date="1984-03-12",
    street="12 Harbour Street",
    city="Bath",
    phone="07700 900123",
    email="annika.lindqvist@mail.test",
)

# Pairs of records that are told to the same crowd together, and how their fields compare; None: no suggestion.
CASES: dict[str, tuple[Record, Record, dict[str, str] | None]] = {
    "slips of typing": (
        Record(0, "Benedikt", "Rasmussen", birth_date="1971-05-23", city="Truro", postcode="TR1 2AB"),
        Record(0, "Benedict", "Rasmusen", birth_date="1971-05-32", city="truro ", postcode="TR12BA"),
        {"given_name": "typo", "surname": "typo", "birth_date": "transposed", "city": "same", "postcode": "typo"},
    ),
    "names in each other's place": (
        Record(0, "Matteo", "Castellano", birth_date="1963-11-02"),
        Record(0, "Castellano", "Matteo", birth_date="1963-11-02"),
        {"given_name": "swapped", "birth_date": "same"},
    ),
    "names in each other's place and mistyped": (
        Record(0, "Leopold", "Huysmans", birth_date="1958-07-19"),
        Record(0, "Huysmanns", "Leopolt", birth_date="1958-07-19"),
        {"given_name": "swapped_typo", "birth_date": "same"},
    ),
    "a full name beside its parts": (
        Record(0, full_name="Dr. Sigrún Jónsdóttir", birth_date="19770430"),
        Record(0, "SIGRUN", "Jonsdottir", birth_date="30/4/1977"),
        {"given_name": "same", "surname": "same", "birth_date": "same"},
    ),
    "day and month in each other's place": (
        Record(0, "Wilhelmina", "Oosterbeek", birth_date="1984-03-12"),
        Record(0, "Wilhelmina", "Oosterbeek", birth_date="1984-12-03"),
        {"given_name": "same", "surname": "same", "birth_date": "transposed"},
    ),
    "a Chinese name whole and in parts": (
        Record(0, full_name="欧阳晓明", birth_date="1990年1月31日", phone="138 1234 5678", city="上海市"),
        Record(0, "晓明", "欧阳", birth_date="1990-01-31", phone="+86 13812345678", city="上海"),
        {"full_name": "same", "birth_date": "same", "phone": "same", "city": "same"},
    ),
    "a Chinese name the other way round": (
        Record(0, full_name="司马青云", birth_date="1988-08-08"),
        Record(0, full_name="青云司马 先生", birth_date="1988/8/8"),
        {"full_name": "swapped", "birth_date": "same"},
    ),
    "full-width digits and letters": (
        Record(0, "ｙｕｋｉ", "ＴＡＮＡＫＡ", phone="０９０－１２３４－５６７８"),
        Record(0, "Yuki", "Tanaka", phone="090 1234 5678"),
        {"given_name": "same", "surname": "same", "phone": "same"},
    ),
    "two Chinese people with a surname in common": (
        Record(0, full_name="王伟", birth_date="1990-02-11", city="York"),
        Record(0, full_name="王芳", birth_date="1990-07-30", city="York"),
        None,
    ),
    "two people who were born on one day": (
        Record(0, "Ottokar", "Weidmann", birth_date="1969-09-09", city="Leeds"),
        Record(0, "Philippa", "Drummond", birth_date="1969-09-09", city="Leeds"),
        None,
    ),
    "two of the same name who live and were born apart": (
        Record(0, "Tobias", "Falkner", birth_date="1951-02-17", city="Leeds", email="tobias51@mail1.test"),
        Record(0, "Tobias", "Falkner", birth_date="1993-10-06", city="Derby", email="tobias93@mail2.test"),
        None,
    ),
    "something known of one is unknown of the other": (
        Record(0, "Quentin", "Ashdown", birth_date="1945-12-24", street="3 Mill Lane", email="q@ashdown.test"),
        Record(0, "Quentin", email="q@ashdown.test", city="Derby"),
        {"given_name": "same", "email": "same"},
    ),
    "an id of another system": (
        Record(0, "Xanthe", ids=("member:77", "wechat_id:xanthe")),
        Record(0, "Xanthe", ids=("member:77",)),
        {"given_name": "same", "ids": "same"},
    ),
    "what is written where nothing is known": (
        Record(0, "无", "-", birth_date="1970-01-01", phone="138****8888", email="n/a", city="unknown"),
        Record(0, "无", "-", birth_date="1970-01-01", phone="138****8888", email="n/a", city="unknown"),
        None,
    ),
}


def pairs(found: Suggestions) -> list[tuple[int, int]]:
    return sorted((one.a, one.b) for one in found.pairs)


def levels(found: Suggestions, a: int, b: int) -> dict[str, str] | None:
    for one in found.pairs:
        if (one.a, one.b) == (a, b):
            return {reason.field: reason.level for reason in one.reasons}
    return None


@pytest.fixture(scope="module")
def told_together() -> Suggestions:
    records = crowd()
    for place, (first, second, _) in enumerate(CASES.values()):
        records += [first._replace(id=2 * place), second._replace(id=2 * place + 1)]
    return suggest(records)


@pytest.mark.parametrize("case", CASES)
def test_case(told_together: Suggestions, case: str) -> None:
    place = list(CASES).index(case)
    found = levels(told_together, 2 * place, 2 * place + 1)
    if found is not None:
        found.pop("household", None)
    assert found == CASES[case][2]


def test_nobody_else_is_suggested(told_together: Suggestions) -> None:
    expected = [(2 * place, 2 * place + 1) for place, case in enumerate(CASES.values()) if case[2] is not None]
    assert pairs(told_together) == expected


def test_reasons_come_by_weight_and_add_up(told_together: Suggestions) -> None:
    for one in told_together.pairs:
        assert list(one.reasons) == sorted(one.reasons, key=lambda reason: (-abs(reason.bits), reason.field))
        odds = told_together.prior_bits + sum(reason.bits for reason in one.reasons)
        assert one.probability == pytest.approx(1 / (1 + 2 ** -min(odds, 10)), abs=0.02)


def test_nobody_and_one_person_have_no_duplicates() -> None:
    assert suggest([]) == Suggestions((), 0, 0, 0.0, ())
    assert suggest([ANN]) == Suggestions((), 1, 0, 0.0, ())


def test_two_alone_are_judged_by_what_is_believed_beforehand() -> None:
    found = suggest([ANN, ANN._replace(id=2)])
    assert pairs(found) == [(1, 2)]
    assert found.pairs[0].probability > 0.99
    assert set((levels(found, 1, 2) or {}).values()) == {"same", "shared"}
    other = Record(2, given_name="Bruno", surname="Collins", birth_date="1991-07-30", city="Bath")
    assert pairs(suggest([ANN, other])) == []


def test_records_without_anything_are_nobody_s_duplicates() -> None:
    empty = [Record(number, "", "-", "  ", "n/a", phone="138****8888", email="无") for number in range(1, 10)]
    assert suggest(empty) == Suggestions((), 9, 0, 0.0, ())


def test_all_equal_records_are_one_person() -> None:
    found = suggest([ANN._replace(id=number) for number in range(1, 31)])
    assert len(found.pairs) == 30 * 29 // 2


def test_more_copies_than_a_block_holds_are_chained() -> None:
    found = suggest([ANN._replace(id=number) for number in range(1, 301)])
    assert pairs(found) == [(number, number + 1) for number in range(1, 300)]
    assert {skipped.rule for skipped in found.skipped} >= {"e-mail", "phone", "both names"}
    assert {(skipped.limit, skipped.largest) for skipped in found.skipped} == {(100, 300)}


def test_what_goes_together_by_chance_makes_nobody_the_same() -> None:
    """A first name that is always of one city must not become the pattern of a match."""
    cities = {person.given_name: person.city for person in crowd()}
    assert pairs(suggest([person._replace(city=cities[person.given_name]) for person in crowd()])) == []


def test_families_and_offices_are_not_one_person() -> None:
    people = crowd()
    relatives = [
        person._replace(
            id=number,
            given_name=["Kasper", "Ludwig", "Margit"][number % 3],
            birth_date=f"{1955 + number}-11-{number % 28 + 1:02}",
            email=None,
        )
        for number, person in enumerate(people[:30])
    ]
    office = [person._replace(phone="020 7946 0000") for person in people[60:80]]
    assert pairs(suggest([*people[:60], *office, *people[80:], *relatives])) == []


def test_three_records_of_one_person_are_pairwise_suggested() -> None:
    """The second and the third say little about each other; each is close to the first."""
    second = ANN._replace(id=2, street=None, phone=None, birth_date="1984-03-13")
    third = Record(3, given_name="Annika", surname="Lindqvist", phone="07700 900123", street="12 harbour st")
    found = suggest([*crowd(), ANN, second, third])
    assert pairs(found) == [(1, 2), (1, 3), (2, 3)]
    assert (levels(found, 2, 3) or {})["group"] == "together"


HOSTILE = [
    "'; DROP TABLE person; --",
    '"quoted" \\ back',
    "nul\x00in the middle",
    "\ud800 half a character",
    "<script>alert(1)</script>",
    "%s {0} $1 ? :name",
    "长" * 5_000,
    "x" * 100_000,
    "\u202egnitirw desrever",
    "🙂👨‍👩‍👧",
    "𠮷野家",
]


def test_hostile_values_are_only_values() -> None:
    records = [Record(number, *[text] * 12, ids=(text,)) for number, text in enumerate(HOSTILE, 1)]
    copies = [record._replace(id=record.id + 100) for record in records]
    found = suggest([*records, *copies])
    assert pairs(found) == [(number, number + 100) for number in range(1, len(HOSTILE) + 1)]


def test_the_same_people_give_the_same_suggestions_in_any_order() -> None:
    records = [*crowd(), *[person._replace(id=person.id - 900, phone=None) for person in crowd()[:9]]]
    shuffled = records.copy()
    random.Random(1).shuffle(shuffled)
    first = suggest(records)
    assert pairs(first) == [(number, number + 900) for number in range(100, 109)]
    assert suggest(shuffled) == first


def test_a_table_with_some_columns_is_enough() -> None:
    table = pa.table({"id": [7, 3], "email": ["ann@mail.test"] * 2, "full_name": ["Ann Lee", "Lee, Ann"]})
    found = suggest(table)
    assert pairs(found) == [(3, 7)]
    assert (levels(found, 3, 7) or {}).keys() >= {"given_name", "surname", "email"}


def test_a_number_given_twice_is_refused() -> None:
    with pytest.raises(Refused, match="Person 1 is given twice"):
        suggest([ANN, ANN])


@pytest.mark.parametrize("threshold", [0.0, 0.04, 1.0, float("nan")])
def test_a_threshold_out_of_range_is_refused(threshold: float) -> None:
    with pytest.raises(Refused, match="is no threshold"):
        suggest([ANN], threshold)
