"""Sheets change how fast questions about properties are answered, and never the answer."""

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.lake.making import START, event, write

from lianyi.events.lake import queries, sheets
from lianyi.events.lake.actions import compact, erase
from lianyi.events.lake.place import place_of
from lianyi.events.lake.table import table_at
from lianyi.events.schemas import Batch
from lianyi.rules.engines import DUCKDB, DUCKDB_STATED
from lianyi.rules.nodes import NO_DOING

LONG = timedelta(minutes=5)
NAMES = ("page.viewed", "Order Completed", "it's", "stage.changed")
ASKED = ("price", "Price", "a/b~c", "it's", '"', "", "多", "never")

Rows = list[tuple[Any, ...]]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LEAST_ROWS", 1)
    monkeypatch.setattr(sheets, "_STEP_ROWS", 7)
    monkeypatch.setattr(sheets, "_ROWS_IN_GROUP", 5)


def written(root: str, said: Sequence[tuple[int, str, bool, str]]) -> None:
    """A batch of each of these: who, name, by a machine, and the event's JSON."""
    for number, (identity, name, machine, raw) in enumerate(said, start=1):
        one = event(0, str(number), at=START + number % 5, name=name, machine=machine)
        write(
            root, 1, [Batch(1, number, [msgspec.structs.replace(one, raw=raw.encode())], [identity])], epoch=1, fence=1
        )


def asked(root: str, properties: Sequence[str] = ASKED, *, plainly: bool = False) -> Rows:
    """What people did with what they stated, as questions about behaviour see it; `plainly` as the engine reads each
    event's JSON.
    """

    def ask(listed: queries.Listed, duckdb: Any) -> Rows:
        for statement in DUCKDB if plainly else DUCKDB_STATED:
            duckdb.execute(statement)
        values = "".join(
            f", stated_{kind}(property_stated(raw, '{named.replace(chr(39), chr(39) * 2)}'))"
            for named in properties
            for kind in ("text", "number", "truth")
        )
        done = listed.relation() if plainly else listed.done(listed.files, properties)
        rows = duckdb.execute(
            f"SELECT name, identity, occurred_at, batch{values} FROM {done} WHERE identity > 0 AND NOT machine"
        )
        return sorted(rows.fetchall(), key=repr)

    return queries.ask(root, 1, ask)


def anything(root: str, *, plainly: bool = False) -> Rows:
    """Who did anything, and when."""

    def ask(listed: queries.Listed, duckdb: Any) -> Rows:
        done = listed.relation() if plainly else listed.doing(listed.files)
        rows = duckdb.execute(
            f"SELECT identity, occurred_at, batch FROM {done} "
            "WHERE identity > 0 AND NOT machine AND name NOT IN $names",
            {"names": sorted(NO_DOING)},
        )
        return sorted(rows.fetchall())

    return queries.ask(root, 1, ask)


def sheet_files(root: str) -> list[Path]:
    return sorted(Path(root, "1", "events").glob("*.sheet*"))


values = st.one_of(
    st.text(max_size=6),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
    st.sampled_from(["", "ÄB", 'a"b', "a\\b", "\n", "null", "TRUE", "[1]", "{", "1e400"]),
)
jsons = st.one_of(
    st.dictionaries(st.sampled_from(ASKED[:-1]), values).map(lambda said: json.dumps({"properties": said})),
    st.sampled_from(
        [
            "{",
            "[]",
            "{}",
            '{"properties": [1]}',
            '{"properties": {"price": 1, "price": 2}}',
            '{"properties": {"price": 1e999}}',
            '{"properties": {"Price": "\\u0041\\ud83d\\ude00"}}',
        ]
    ),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(NAMES), st.booleans(), jsons), min_size=8, max_size=30))
def test_what_is_read_from_sheets_is_what_json_says(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, str, bool, str]]
) -> None:
    root = str(tmp_path_factory.mktemp("lake"))
    written(root, said)
    by_json = asked(root, plainly=True)
    assert asked(root) == by_json
    assert len(by_json) == sum(identity > 0 and not machine for identity, _, machine, _ in said)
    compact(root, 1, within=LONG)
    assert len(listed_sheets(root)) == len(table_at(place_of(root, 1)).snapshot().files)
    assert asked(root) == by_json
    assert anything(root) == anything(root, plainly=True)


def test_what_is_no_doing_is_known_without_its_name(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(n % 3, NAMES[n % 4], n % 5 == 0, "{}") for n in range(1, 41)]
    written(root, rows)
    plain = anything(root)
    assert plain == anything(root, plainly=True)
    assert len(plain) == sum(who > 0 and not machine and name != "stage.changed" for who, name, machine, _ in rows)
    compact(root, 1, within=LONG)
    assert {sheet.no_doing for sheet in listed_sheets(root)} == {True}
    assert anything(root) == plain
    monkeypatch.setattr(sheets, "NO_DOING", NO_DOING | {"of a later version"})
    sheets._read.cache_clear()
    assert {sheet.no_doing for sheet in listed_sheets(root)} == {None}  # the names are looked at
    assert anything(root) == plain


def test_a_file_of_doings_alone_is_read_itself(root: str) -> None:
    written(root, [(n, "page.viewed", n == 2, "{}") for n in range(9)])
    compact(root, 1, within=LONG)
    assert {sheet.no_doing for sheet in listed_sheets(root)} == {False}
    assert anything(root) == anything(root, plainly=True)
    assert len(anything(root)) == 7


def test_a_file_that_states_too_much_is_asked_by_its_json(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_PROPERTIES", 3)
    written(root, [(1, "page.viewed", False, json.dumps({"properties": {f"p{n}": n}})) for n in range(9)])
    compact(root, 1, within=LONG)
    assert [len(sheet.columns) for sheet in listed_sheets(root)] == [0] * len(sheet_files(root))
    assert {row[5] for row in asked(root, ["p7"])} == {None, 7.0}
    assert len(asked(root, [])) == 9  # names and times are read from it


def test_names_of_properties_without_end_hold_nobody_up(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that puts a number into the name of a property, so that each event has names of its own."""
    monkeypatch.setattr(sheets, "_STEP_ROWS", 16_384)
    many = 16_384
    base = event(0, "", at=START, name="page.viewed")
    events = [
        msgspec.structs.replace(
            base,
            position=number % (many // 8),
            id=number.to_bytes(16, "big"),
            raw=json.dumps({"properties": {f"item {number}": 1}}).encode(),
        )
        for number in range(many)
    ]
    for number in range(1, 9):
        some = events[(number - 1) * many // 8 : number * many // 8]
        write(root, 1, [Batch(1, number, some, [1] * len(some))], epoch=1, fence=1)
    assert compact(root, 1, within=LONG)
    assert [(len(sheet.columns), sheet.whole) for sheet in listed_sheets(root)] == [(0, False)]
    assert len(asked(root, [])) == many
    assert [row[5] for row in asked(root, ["item 7"]) if row[5] is not None] == [1.0]


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"PAR1" + b"x" * 200 + b"PAR1"])
def test_a_damaged_sheet_is_as_none(root: str, damage: bytes) -> None:
    written(root, [(n, "page.viewed", False, json.dumps({"properties": {"price": n}})) for n in range(1, 9)])
    compact(root, 1, within=LONG)
    whole, anybody = asked(root), anything(root)
    for path in sheet_files(root):
        path.write_bytes(damage)
    sheets._read.cache_clear()
    assert (asked(root), anything(root)) == (whole, anybody)


def test_a_sheet_goes_with_its_file(root: str) -> None:
    written(root, [(n, "page.viewed", False, '{"properties": {"price": "secret"}}') for n in range(1, 9)])
    compact(root, 1, within=LONG)
    before = sheet_files(root)
    erase(root, 1, [3])
    assert not set(before) & set(sheet_files(root))
    assert len(asked(root)) == 7
    assert compact(root, 1, within=LONG)  # what the erasure wrote gets sheets when there is nothing else to do
    assert len(sheet_files(root)) == len(table_at(place_of(root, 1)).snapshot().files)
    assert len(asked(root)) == 7


def test_without_a_sheet_json_is_read(root: str) -> None:
    written(root, [(n, "page.viewed", False, json.dumps({"properties": {"price": n}})) for n in range(1, 9)])
    compact(root, 1, within=LONG)
    whole = asked(root)
    for path in sheet_files(root):
        path.unlink()
    assert asked(root) == whole


def test_what_is_unfinished_goes(root: str) -> None:
    written(root, [(n, "page.viewed", False, "{}") for n in range(1, 9)])
    compact(root, 1, within=LONG)
    (whole,) = sheet_files(root)
    strays = [whole.with_name(f"{whole.name}.999999999"), whole.with_name("m-1-gone-00000.parquet.sheet")]
    mine = whole.with_name(f"{whole.name}.{os.getpid()}")
    for path in (*strays, mine):
        path.write_bytes(b"PAR1")
    place_of(root, 1).delete_strays()
    assert sheet_files(root) == [whole, mine]


def test_searches_for_what_was_erased_look_into_sheets(root: str) -> None:
    written(root, [(n, "page.viewed", False, '{"properties": {"price": "needle"}}') for n in range(1, 9)])
    before = queries.scan(root, 1, [b"needle"])[b"needle"]
    compact(root, 1, within=LONG)
    (data,) = (path for path in Path(root, "1", "events").glob("m-*.parquet"))
    in_both = queries.scan(root, 1, [b"needle"])[b"needle"]
    sheet_files(root)[0].unlink()
    assert queries.scan(root, 1, [b"needle"])[b"needle"] < in_both
    assert data.exists()
    assert before >= 8


def listed_sheets(root: str) -> list[sheets.Sheet]:
    place = place_of(root, 1)
    found = (sheets.sheet_of(place, file) for file in table_at(place).snapshot().files)
    return [sheet for sheet in found if sheet is not None]


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path)
