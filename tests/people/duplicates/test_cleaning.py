"""What values look like once they are cleaned."""

from typing import Any

import pytest

from lianyi.people.duplicates import cleaning
from lianyi.people.duplicates.schemas import Record
from lianyi.people.duplicates.scoring import engine

CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"given_name": " Mr. José  ", "surname": "O'Brien-Smith"}, {"given": "jose", "surname": "obriensmith"}),
    ({"full_name": "Maria del Carmen López"}, {"given": "maria", "surname": "lopez", "whole": None}),
    ({"full_name": "Smith, John"}, {"given": "john", "surname": "smith"}),
    ({"given_name": "John Smith"}, {"given": "john", "surname": "smith"}),
    ({"surname": "de Groot"}, {"given": None, "surname": "degroot"}),
    ({"full_name": "Cher"}, {"given": "cher", "surname": None}),
    ({"given_name": "Ann", "surname": "Lee", "full_name": "The Lees"}, {"given": "ann", "surname": "lee"}),
    ({"full_name": "王小明先生"}, {"whole": "王小明", "given": None, "surname": None}),
    ({"given_name": "小明", "surname": "王"}, {"whole": "王小明"}),
    ({"full_name": "さとう はなこ"}, {"whole": "さとうはなこ"}),
    ({"birth_date": "1990-1-2"}, {"birth": "19900102", "birth_day": 69397}),
    ({"birth_date": "1990-01-02T00:00:00Z"}, {"birth": "19900102"}),
    ({"birth_date": "31/01/1990"}, {"birth": "19900131"}),
    ({"birth_date": "31011990"}, {"birth": "19900131"}),
    ({"birth_date": "1990年1月31日"}, {"birth": "19900131"}),
    ({"birth_date": "19160017"}, {"birth": "19160017", "birth_day": None}),
    ({"birth_date": "1900-01-01"}, {"birth": None}),
    ({"birth_date": "yesterday"}, {"birth": None}),
    ({"phone": "+44 (0)7911 123456"}, {"phone": "447911123456"}),
    ({"phone": "0138-1234-5678"}, {"phone": "13812345678"}),
    ({"phone": "138****5678"}, {"phone": None}),
    ({"phone": "11111111111"}, {"phone": None}),
    ({"phone": "12345678901"}, {"phone": None}),
    ({"phone": "911"}, {"phone": None}),
    ({"email": " Ann+news@Mail.TEST"}, {"email": "ann+news@mail.test", "mailbox": "ann"}),
    ({"email": "ann at mail"}, {"email": None, "mailbox": None}),
    ({"street": "12a Harbour St."}, {"street": "harbourstreet", "house": "12a"}),
    ({"street": "12 Harbour Street", "house_number": "7"}, {"street": "harbourstreet", "house": "7"}),
    ({"street": "中山路 12号3单元"}, {"street": "中山路12号3单元", "house": "12"}),
    ({"city": "上海市", "region": "广东省"}, {"city": "上海", "region": "广东"}),
    ({"city": "UNKNOWN", "postcode": "ＳＷ１Ａ　１ＡＡ"}, {"city": None, "postcode": "sw1a1aa"}),
    ({"ids": ("b", "a", "b")}, {"ids": ["a", "b"]}),
    ({"ids": ()}, {"ids": None}),
]


@pytest.fixture(scope="module")
def cleaned() -> list[dict[str, Any]]:
    records = [Record(number, **told) for number, (told, _) in enumerate(CASES)]
    with engine() as con:
        assert cleaning.load(con, cleaning.arrow_of(reversed(records))) == len(CASES)
        rows = con.sql("SELECT * FROM person ORDER BY id").to_arrow_table().to_pylist()
    assert [row["n"] for row in rows] == list(range(1, len(CASES) + 1))
    return list(rows)


@pytest.mark.parametrize("case", range(len(CASES)))
def test_values(cleaned: list[dict[str, Any]], case: int) -> None:
    expected = CASES[case][1]
    assert {name: cleaned[case][name] for name in expected} == expected


def test_rare_words_weigh_more_than_common_ones_and_few_people_prove_little() -> None:
    names = ["Smith"] * 6 + ["Zyx"]
    with engine() as con:
        cleaning.load(con, cleaning.arrow_of([Record(i, "Ann", name) for i, name in enumerate(names)]))
        rows = con.execute("SELECT DISTINCT surname, tf_surname FROM person ORDER BY 1").fetchall()
    # Seven people counted with a thousand believed ones, of whom five have the name.
    assert rows == [("smith", pytest.approx(11 / 1007)), ("zyx", pytest.approx(6 / 1007))]


def test_columns_nobody_has_and_that_all_have_alike_are_left_out() -> None:
    with engine() as con:
        records = [Record(i, f"Ann{i % 7}", city="Bath", phone="0113496" if i == 3 else None) for i in range(1000)]
        people = cleaning.load(con, cleaning.arrow_of(records))
        assert cleaning.known_fields(con, people) == ["given_name"]
