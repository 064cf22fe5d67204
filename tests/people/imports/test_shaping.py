"""From rows to events: what is stated, of whom, and which rows are refused for what."""

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from tests.people.imports.builders import NOW, file, reasons, shaped

from lianyi.events.schemas import Claim
from lianyi.kernel.ids import digest

PEOPLE = """\
crm_id: id
phone: 手机
email: {column: 邮箱, verified: true}
traits: {name: 姓名, city: 城市}
"""


def test_a_person(tmp_path: Path) -> None:
    content = "id,姓名,手机,邮箱,城市\n7,张三, 138 0013 8000,Zhang@Example.cn,\n8,李四,无,,北京\n"
    found = shaped(file(tmp_path, content), "people", PEOPLE)
    first, second = found.drafts
    assert first.name == "person.identified"
    assert first.at is None
    assert first.who == [
        Claim("crm_id", "crm", "7", True),
        Claim("email", "", "Zhang@Example.cn", True),
        Claim("phone", "", "138 0013 8000", False),
    ]
    assert first.traits == {"name": "张三"}  # a blank cell takes nothing away
    assert first.subject == [
        Claim("crm_id", "crm", "7", True),
        Claim("email", "", "zhang@example.cn", True),
        Claim("phone", "", "+8613800138000", False),
    ]
    assert second.subject == [Claim("crm_id", "crm", "8", True)]
    assert found.ignored == {"手机": 1}
    assert found.rows == 2


def test_rows_that_name_nobody(tmp_path: Path) -> None:
    content = "id,姓名,手机,邮箱,城市\n,张三,无,x,北京\n,李四,,,\n"
    found = shaped(file(tmp_path, content), "people", PEOPLE)
    assert found.drafts == []
    assert [(row.number, reasons(row)) for row in found.refused] == [
        (2, [("邮箱", "identity.invalid"), ("手机", "identity.invalid")]),
        (3, [("", "person.nobody")]),
    ]
    assert str(found.refused[1].problems[0].reason) == "The row names nobody: id, 邮箱, 手机 blank."


def test_each_bad_cell_of_a_row_has_its_reason(tmp_path: Path) -> None:
    content = "order,price,date,n\nA,x,yesterday,1\n,2,2010-12-01,\n,,,\nB,3,2010-12-01,2\n"
    found = shaped(file(tmp_path, content), "orders", "order: order\nprice: price\ntime: date\nquantity: n\n")
    assert [(row.number, sorted(reasons(row))) for row in found.refused] == [
        (2, [("date", "date.unreadable"), ("price", "number.unreadable")]),
        (3, [("n", "quantity.missing"), ("order", "order.missing")]),
    ]
    assert [draft.number for draft in found.drafts] == [5]
    assert found.rows == 3


def test_cells_that_no_store_can_hold(tmp_path: Path) -> None:
    content = b"id,name\n1,a\x00b\n2," + b"\xff\n3," + b"x" * 20_000 + b"\n4,fine\n" + "5,\u5f20\n".encode() * 3
    found = shaped(file(tmp_path, content), "people", "crm_id: id\ntraits: {name: name}\n")
    assert [reasons(row) for row in found.refused] == [
        [("name", "cell.nul")],
        [("name", "cell.encoding")],
        [("name", "cell.long")],
    ]
    assert len(found.drafts) == 4


def test_an_event_that_is_too_large(tmp_path: Path) -> None:
    cells = ",".join(letter * 12_000 for letter in "xyz")
    content = f"user_id,event,time,c1,c2,c3\nu,e,2010-12-01,{cells}\n"
    found = shaped(file(tmp_path, content), "events")
    assert [reasons(row) for row in found.refused] == [[("", "row.large")]]


def test_lines_of_orders(tmp_path: Path) -> None:
    content = (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
        "536365,85123A,WHITE HANGING HEART ,6,2010-12-01 08:26:00,2.550,17850\n"
        "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527\n"
        "A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,\n"
        "536589,21777,,-10,2010-12-01 16:50:00,0,\n"
    )
    mapping = (
        "system: retail\norder: InvoiceNo\ncrm_id: CustomerID\ntime: InvoiceDate\nsku: StockCode\nname: Description\n"
        "quantity: Quantity\nprice: UnitPrice\ncurrency: {value: GBP}\nnegative: sale\n"
        "means: [{prefix: C, means: return}, {prefix: A, means: adjustment}]\n"
    )
    found = shaped(file(tmp_path, content), "orders", mapping)
    assert found.refused == []
    assert [draft.name for draft in found.drafts] == ["order.line"] * 4
    assert [draft.properties.pop("currency") for draft in found.drafts] == ["GBP"] * 4
    names = ("kind", "order", "sku", "name", "quantity", "price")
    said = [[draft.properties.get(name) for name in names] for draft in found.drafts]
    assert said == [
        ["sale", "536365", "85123A", "WHITE HANGING HEART", 6, "2.55"],
        ["return", "C536379", "D", "Discount", -1, "27.5"],
        ["adjustment", "A563186", "B", "Adjust bad debt", 1, "-11062.06"],
        ["sale", "536589", "21777", None, -10, "0"],
    ]
    assert "name" not in found.drafts[3].properties
    assert [draft.who for draft in found.drafts[1:]] == [[Claim("crm_id", "retail", "14527", True)], [], []]
    assert [draft.subject for draft in found.drafts] == ["536365", "C536379", "A563186", "536589"]


def test_a_negative_quantity_is_a_return_unless_the_mapping_says_otherwise(tmp_path: Path) -> None:
    content = "order,price,date,quantity\nA,5,2010-12-01,-1\nA,5,2010-12-01,-0.5\nA,5,2010-12-01,2\n"
    found = shaped(file(tmp_path, content), "orders")
    assert [(draft.properties["kind"], draft.properties["quantity"]) for draft in found.drafts] == [
        ("return", -1),
        ("return", "-0.5"),
        ("sale", 2),
    ]


def test_whole_orders(tmp_path: Path) -> None:
    content = "订单号,商品名称,数量,金额,下单时间\nT1,杯子,2,¥25.00,2024年3月1日 10:00\nT2,,1,-5,2024年3月2日\n"
    found = shaped(file(tmp_path, content), "orders")
    assert [draft.name for draft in found.drafts] == ["order.placed", "order.placed"]
    assert [draft.properties for draft in found.drafts] == [
        {
            "currency": "CNY",
            "kind": "sale",
            "order": "T1",
            "products": [{"name": "杯子", "quantity": 2}],
            "total": "25",
        },
        {"currency": "CNY", "kind": "return", "order": "T2", "products": [{"quantity": 1}], "total": "-5"},
    ]
    assert [draft.at for draft in found.drafts] == [1709258400000000, 1709308800000000]


def test_currencies(tmp_path: Path) -> None:
    content = (
        "order,total,date,currency\nA,5,2010-12-01,usd\nB,5,2010-12-01,￥\nC,5,2010-12-01,bucks\nD,5,2010-12-01,\n"
    )
    found = shaped(file(tmp_path, content), "orders")
    assert [draft.properties["currency"] for draft in found.drafts] == ["USD", "CNY"]
    assert [reasons(row) for row in found.refused] == [
        [("currency", "currency.invalid")],
        [("currency", "currency.missing")],
    ]


def test_events(tmp_path: Path) -> None:
    content = (
        "user_id,anonymous_id,event,timestamp,channel,utm_medium,page\n"
        "u1,c1,home,2024-03-13 10:21:14,Email,Newsletter,/a\n"
        ",c2,home,2024-03-13 10:21:14,,,\n"
        "u3,,page.viewed,2024-03-13 10:21:14,,,\n"
        ",,home,2024-03-13 10:21:14,,,\n"
        "u5,,,,,,\n"
    )
    found = shaped(file(tmp_path, content), "events")
    first, second = found.drafts
    assert first.who == [Claim("user_id", "default", "u1", True), Claim("cookie", "default", "c1", False)]
    assert (first.name, first.at, first.traits) == ("home", 1710296474000000, None)
    assert first.properties == {"page": "/a"}
    assert first.source == ("email", "newsletter", "", "")
    assert second.source is None
    assert [reasons(row) for row in found.refused] == [
        [("event", "name.reserved")],
        [("", "person.nobody")],
        [("timestamp", "time.missing"), ("event", "event.missing")],
    ]


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("0001-01-01", "time.range"),
        ("1969-12-31 00:00:00", "time.range"),
        ("9999-12-31 23:59:59", "time.future"),
        ("2027-01-16 12:00:00", "time.future"),
    ],
)
def test_times_that_cannot_be(tmp_path: Path, at: str, code: str) -> None:
    assert NOW == 1_800_000_000_000_000
    found = shaped(file(tmp_path, f"user_id,event,time\nu,e,{at}\n"), "events")
    assert [reasons(row) for row in found.refused] == [[("time", code)]]


def test_tags_and_consents_are_events_of_their_own(tmp_path: Path) -> None:
    mapping = (
        "crm_id: id\ntags: [{column: tags, split: '、,', dimension: preference}]\n"
        "consent: [{column: news, channel: email, how: form}, {column: sms, channel: sms, purpose: service}]\n"
    )
    content = 'id,tags,news,sms\n1,"茶、 咖啡,茶",是,no\n2,,,\n3,x,maybe,\n'
    found = shaped(file(tmp_path, content), "people", mapping)
    assert found.drafts[0].more == [
        ("tag.added", {"tag": "茶", "dimension": "preference"}),
        ("tag.added", {"tag": "咖啡", "dimension": "preference"}),
        ("consent.given", {"channel": "email", "purpose": "marketing", "how": "form", "proof": ""}),
        ("consent.withdrawn", {"channel": "sms", "purpose": "service", "how": "import", "proof": ""}),
    ]
    assert found.drafts[1].more == []
    assert [reasons(row) for row in found.refused] == [[("news", "boolean.unreadable")]]


def test_traits_of_a_type(tmp_path: Path) -> None:
    mapping = (
        "crm_id: id\ntraits:\n  age: {column: age, type: number}\n  vip: {column: vip, type: boolean}\n"
        "  born: {column: born, type: date, otherwise: leave_out}\n"
        "  seen: {column: seen, type: date, otherwise: text}\n"
        "  likes: {column: likes, type: list, split: '/'}\n"
    )
    content = (
        "id,age,vip,born,seen,likes\n1,42,是,19900102,20240101,a/b\n2,x,,19371233,20241301,\n3,,,19371233,20241301,\n"
    )
    found = shaped(file(tmp_path, content), "people", mapping)
    assert [draft.traits for draft in found.drafts] == [
        {"age": 42, "born": "1990-01-02", "likes": ["a", "b"], "seen": "2024-01-01", "vip": True},
        {"seen": "20241301"},
    ]
    assert [reasons(row) for row in found.refused] == [[("age", "number.unreadable")]]
    assert [(row.number, reasons(row)) for row in found.lacking] == [(4, [("born", "date.unreadable")])]


def test_a_cell_that_is_too_long_is_left_out_where_its_text_was_to_be_kept(tmp_path: Path) -> None:
    mapping = "crm_id: id\ntraits: {seen: {column: seen, type: date, otherwise: text}}\n"
    found = shaped(file(tmp_path, f"id,seen\n1,{'x' * 16_001}\n2,soon\n"), "people", mapping)
    assert [draft.traits for draft in found.drafts] == [{}, {"seen": "soon"}]
    assert [(row.number, reasons(row)) for row in found.lacking] == [(2, [("seen", "cell.long")])]


def test_one_content_in_every_kind_of_file(tmp_path: Path) -> None:
    """The id of an event does not depend on what kind of file its row came in."""
    header, cells = ["InvoiceNo", "Quantity", "UnitPrice", "InvoiceDate", "CustomerID"], [
        ["536365", 6, 2.55, "2010-12-01 08:26:00", 17850],
        ["C536379", -1, 27.5, "2010-12-01 09:41:00", 14527],
    ]  # fmt: skip
    text = "\n".join(",".join(map(str, row)) for row in [header, *cells])
    book = Workbook()
    for row in [header, *cells]:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")
    columns = {name: [row[place] for row in cells] for place, name in enumerate(header)}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    ndjson = "".join(
        "{" + f'"InvoiceNo": "{a}", "Quantity": {b}, "UnitPrice": {c}, "InvoiceDate": "{d}", "CustomerID": {e}' + "}\n"
        for a, b, c, d, e in cells
    )
    found = [
        shaped(path, "orders")
        for path in (
            file(tmp_path, text, "a.csv"),
            file(tmp_path, text.replace(",", ";").replace(".", ","), "b.csv"),
            file(tmp_path, text.encode("utf-16"), "c.csv", packed=True),
            file(tmp_path, ndjson, "a.ndjson"),
            tmp_path / "a.xlsx",
            tmp_path / "a.parquet",
        )
    ]
    contents = [[draft.content for draft in one.drafts] for one in found]
    assert all(one == contents[0] for one in contents)
    assert contents[0][0] == (
        b'[1,"order.line",1291163160000000,[["crm_id","shop","17850",true]],"import:shop",null,'
        b'{"currency":"CNY","order":"536365","price":"2.55","quantity":6,"kind":"sale"},null,[]]'
    )


def test_the_content_never_changes() -> None:
    """Ids of what was imported once must stay what they are; this one was taken down."""
    content = b'[1,"order.line",1291163160000000,[["crm_id","shop","17850",true]],"import:shop",null,{},null,[]]'
    assert digest(content).hex() == "8da059667cd663f2aa8ad5f5a58cc9c0"


def test_typed_cells_keep_their_types(tmp_path: Path) -> None:
    content = (
        '{"id": 7, "vip": true, "n": 3, "x": 2.50, "tags": ["a", 1], '
        '"deep": [{"a": 1}], "big": 123456789012345678901}\n'
    )
    found = shaped(
        file(tmp_path, content),
        "people",
        "crm_id: id\ntraits: {vip: vip, n: n, x: x, tags: tags, deep: deep, big: big}\n",
    )
    assert found.drafts[0].traits == {
        "big": "123456789012345678901",
        "deep": '[{"a": 1}]',
        "n": 3,
        "tags": ["a", "1"],
        "vip": True,
        "x": 2.5,
    }


def test_a_formula_refuses_the_row_only_where_it_is_needed(tmp_path: Path) -> None:
    book = Workbook()
    for row in (["id", "name", "sum"], [1, "=A1", "=1+1"], [2, "Anna", "=1+1"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")
    found = shaped(tmp_path / "a.xlsx", "people", "crm_id: id\ntraits: {name: name}\n")
    assert [reasons(row) for row in found.refused] == [[("name", "cell.formula")]]
    assert [draft.traits for draft in found.drafts] == [{"name": "Anna"}]


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    hostile = [
        "'; DROP TABLE log; --",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "${jndi:ldap://x}",
        "\u202eabc",
    ]
    content = "id,name\n" + "".join(f'{n},"{text}"\n' for n, text in enumerate(hostile, 1))
    found = shaped(file(tmp_path, content), "people", "crm_id: id\ntraits: {name: name}\n")
    assert [draft.traits for draft in found.drafts] == [{"name": text} for text in hostile]


ROW = st.tuples(
    st.integers(1, 4).map(str),
    st.decimals(-99, 99, places=2).map(str),
    st.integers(-3, 3).map(str),
    st.sampled_from(["", "17850", "14527"]),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(ROW, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, ...]], random: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("orders")
    mixed = random.sample(cells, len(cells))
    contents: list[Counter[bytes]] = []
    sums: list[Any] = []
    for rows in (cells, mixed):
        text = "order,price,quantity,customer_id,date\n" + "".join(",".join(row) + ",2010-12-01\n" for row in rows)
        found = shaped(file(folder, text), "orders")
        assert len(found.drafts) == len(cells)
        contents.append(Counter(draft.content for draft in found.drafts))
        sums.append(sum(Decimal(d.properties["price"]) * d.properties["quantity"] for d in found.drafts))
    assert contents[0] == contents[1]
    assert sums[0] == sums[1] == sum(Decimal(price) * int(many) for _, price, many, _ in cells)
