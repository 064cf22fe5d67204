"""Mappings: read with errors at their lines, proposed by names, and written down."""

from pathlib import Path

import pytest
from tests.people.imports.builders import file, plan, table

from lianyi.kernel.errors import Refused
from lianyi.people.imports.headers import is_known, propose
from lianyi.people.imports.mapping import explicit, parse_mapping, read_mapping, write_mapping

WHOLE = """\
kind: people
system: crm
crm_id: 会员号
phone:
- {column: 手机, verified: true}
- 备用电话
email: 邮箱
identities:
- {kind: unionid, column: unionid}
- {kind: openid, column: 5, scope: wx1}
time: {column: 更新时间, form: D/M/Y, zone: Europe/London}
traits:
  name: 姓名
  birthday: {column: 生日, type: date, form: YYYYMMDD, otherwise: leave_out}
tags:
- {column: 标签, split: "、", dimension: preference}
consent:
- {column: 订阅, channel: email, purpose: news, how: CRM, given: [是, yes], withdrawn: [no]}
source:
  channel: 来源
  medium: {value: offline}
file: {encoding: gb18030, delimiter: ";", header: true}
"""


def _refused(text: str, kind: str = "people") -> Refused:
    with pytest.raises(Refused) as refused:
        parse_mapping(text, kind)
    return refused.value


def test_a_mapping_is_written_as_it_reads() -> None:
    mapping = parse_mapping(WHOLE, "people")
    assert parse_mapping(write_mapping(mapping), "people") == mapping
    settled = explicit(mapping)
    assert explicit(parse_mapping(write_mapping(settled), "people")) == settled


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("kind: people\nphon: x\n", "mapping.invalid", "mapping, line 2: `phon` means nothing here."),
        (
            "crm_id: a\ntraits:\n  a: b\n  c: {colum: 3}\n",
            "mapping.invalid",
            "mapping, line 4: `colum` means nothing here.",
        ),
        (
            "crm_id: a\ntags:\n- {column: b}\n- {column: c, dim: x}\n",
            "mapping.invalid",
            "mapping, line 4: `dim` means nothing here.",
        ),
        (
            "tags:\n- {column: 1}\n- {column: 2, dimension: x}\n",
            "mapping.invalid",
            "mapping, line 3: 'x' is none of the words that fit.",
        ),
        ("crm_id: true\n", "mapping.invalid", "mapping, line 1: `int | str | object | null` is expected, not `bool`."),
        ("a: &x 1\nb: *x\n", "mapping.alias", "mapping, line 2: aliases are not read."),
        ("phone: a\nphone: b\n", "mapping.twice", "mapping, line 2: 'phone' is written twice."),
        ("phone: [\n", "mapping.yaml", "mapping, line 2: a bracket or the indentation does not fit."),
        ("- a\n", "mapping.shape", "mapping is no mapping."),
        ("", "mapping.shape", "mapping is no mapping."),
        ("kind: orders\n", "mapping.kind", "mapping maps 'orders', not people."),
        ("x: !!python/object/apply:os.system [ls]\n", "mapping.yaml", None),
        ("x: " + "[" * 5_000, "mapping.yaml", None),
        ("x: " + "[" * 60 + "]" * 60, "mapping.yaml", None),  # of 50,000 the parser makes minutes
        ("#" * 300_000, "mapping.large", None),
    ],
)
def test_mistakes_are_named_with_their_line(text: str, code: str, sentence: str | None) -> None:
    refused = _refused(text)
    assert refused.code == code
    if sentence is not None:
        assert str(refused.sentence) == sentence


def test_an_order_has_a_price_or_a_total() -> None:
    for text in ("order: a\ntime: b\n", "order: a\ntime: b\nprice: c\ntotal: d\n"):
        assert "`price`" in str(_refused(text, "orders"))


def test_files_of_mappings(tmp_path: Path) -> None:
    assert read_mapping(file(tmp_path, "\ufeffcrm_id: a\n", "m.yaml"), "people").system == ""
    with pytest.raises(Refused) as refused:
        read_mapping(tmp_path / "none.yaml", "people")
    assert refused.value.code == "mapping.missing"
    with pytest.raises(Refused) as refused:
        read_mapping(file(tmp_path, "crm_id: 会员号".encode("gbk"), "m.yaml"), "people")
    assert refused.value.code == "mapping.encoding"


@pytest.mark.parametrize(
    ("kind", "columns", "expected"),
    [
        (
            "orders",
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            {
                "order": "InvoiceNo",
                "sku": "StockCode",
                "name": "Description",
                "quantity": "Quantity",
                "time": "InvoiceDate",
                "price": "UnitPrice",
                "crm_id": "CustomerID",
                "properties": {"Country": "Country"},
            },
        ),
        (
            "orders",
            "订单号,金额,下单时间,手机号",
            {"order": "订单号", "total": "金额", "time": "下单时间", "phone": "手机号"},
        ),
        (
            "orders",
            "订单编号,商品名称,数量,单价,实付金额,付款时间,会员号",
            {"order": "订单编号", "price": "单价", "quantity": "数量", "properties": {"total": "实付金额"}},
        ),
        (
            "people",
            "姓名,手机号,邮箱,微信号,会员等级,来源",
            {"phone": "手机号", "wechat_id": "微信号", "traits": {"name": "姓名", "会员等级": "会员等级"}},
        ),
        (
            "people",
            "rec_id,given_name,surname",
            {"crm_id": "rec_id", "traits": {"first_name": "given_name", "last_name": "surname"}},
        ),
        ("people", "First Name,E-Mail", {"email": "E-Mail", "traits": {"first_name": "First Name"}}),
        (
            "events",
            "user_id,event,timestamp,platform",
            {"user_id": "user_id", "event": "event", "time": "timestamp", "properties": {"platform": "platform"}},
        ),
        ("events", "anonymous_id,事件,时间", {"event": "事件", "time": "时间"}),
    ],
)  # fmt: skip
def test_columns_are_told_by_their_names(kind: str, columns: str, expected: dict[str, object]) -> None:
    mapping = propose(kind, columns.split(",")).mapping
    assert {name: getattr(mapping, name) for name in expected} == expected


def test_what_is_private_comes_in_by_name_only() -> None:
    proposal = propose("people", ["手机", "身份证号", "soc_sec_id", "", "城市", "城市"])
    assert [column for column, _ in proposal.left_out] == ["身份证号", "soc_sec_id", "4", "城市", "城市"]
    assert proposal.mapping.traits == {}


def test_names_must_say_enough() -> None:
    for kind, columns in (("people", "name,city"), ("orders", "order,price"), ("events", "event,timestamp")):
        with pytest.raises(Refused) as refused:
            propose(kind, columns.split(","))
        assert refused.value.code == "mapping.needed"


def test_names_that_headers_have() -> None:
    assert all(map(is_known, ("手机", "Invoice No", "E-mail", "身份证", "utm_source", "given name")))
    assert not any(map(is_known, ("张三", "13800138000", "", "red")))


def _plan_refused(folder: Path, content: str, mapping: str, kind: str = "people") -> Refused:
    with pytest.raises(Refused) as refused:
        plan(table(file(folder, content)), kind, mapping)
    return refused.value


def test_columns_that_are_not_there(tmp_path: Path) -> None:
    refused = _plan_refused(tmp_path, "name,phone\nA,1\n", "phone: mobile\n")
    assert (refused.code, str(refused.next_step)) == ("mapping.column", "The columns are: name, phone.")
    assert _plan_refused(tmp_path, "name,phone\nA,1\n", "phone: 3\n").code == "mapping.column"
    assert _plan_refused(tmp_path, "name,phone\nA,1\n", "phone: 0\n").code == "mapping.column"


def test_a_name_that_two_columns_have(tmp_path: Path) -> None:
    content = "phone,name,name\n13800138000,A,B\n"
    refused = _plan_refused(tmp_path, content, "phone: phone\ntraits: {name: name}\n")
    assert (refused.code, str(refused.sentence)) == ("header.twice", "Columns 2, 3 have the same name 'name'.")
    settled = plan(table(file(tmp_path, content)), "people", "phone: phone\ntraits: {name: 3}\n")
    assert settled.places[3] == 2


@pytest.mark.parametrize(
    ("mapping", "kind", "code"),
    [
        ("phone: phone\ntime: {column: name, zone: Mars/Olympus}\n", "people", "mapping.zone"),
        ("traits: {name: name}\n", "people", "mapping.needed"),
        ("event: name\nphone: phone\n", "events", "mapping.needed"),
        ("identities: [{column: phone}]\n", "people", "mapping.identity"),
        ("order: name\ntime: phone\nprice: phone\nproperties: {sku: name}\n", "orders", "mapping.property"),
        ("phone: phone\ntraits: {" + "x" * 101 + ": name}\n", "people", "mapping.name"),
    ],
)
def test_plans_that_make_no_sense(tmp_path: Path, mapping: str, kind: str, code: str) -> None:
    assert _plan_refused(tmp_path, "name,phone\nA,13800138000\n", mapping, kind).code == code


def test_a_column_of_days_is_looked_through_to_its_end(tmp_path: Path) -> None:
    start = "order,total,date\n" + "".join(f"{n},1,{n % 12 + 1:02}/{n % 11 + 1:02}/2010\n" for n in range(200_000))
    settled = plan(table(file(tmp_path, start + "x,1,31/01/2010\n")), "orders")
    assert settled.mapping.time.form == "D/M/Y"  # type: ignore[union-attr]
    settled = plan(table(file(tmp_path, start + "x,1,01/31/2010\n")), "orders")
    assert settled.mapping.time.form == "M/D/Y"  # type: ignore[union-attr]
    with pytest.raises(Refused) as refused:
        plan(table(file(tmp_path, start)), "orders")
    assert refused.value.code == "date.question"
    assert "'02/02/2010'" not in str(refused.value)  # it reads one way only
    with pytest.raises(Refused) as refused:
        plan(table(file(tmp_path, start + "x,1,01/31/2010\nx,1,31/01/2010\n")), "orders")
    assert refused.value.code == "date.mixed"
    said = "order: order\ntotal: total\ntime: {column: date, form: D/M/Y}\n"
    assert plan(table(file(tmp_path, start)), "orders", said).mapping.time.form == "D/M/Y"  # type: ignore[union-attr]


def test_a_decimal_mark_that_reads_two_ways_is_a_question(tmp_path: Path) -> None:
    content = "order;total;date\n1;1,234;2010-12-01\n2;5;2010-12-01\n"
    with pytest.raises(Refused) as refused:
        plan(table(file(tmp_path, content)), "orders")
    assert refused.value.code == "number.question"
    for mark in (",", "."):
        said = f'order: order\ntotal: total\ntime: date\nfile: {{decimal: "{mark}"}}\n'
        assert plan(table(file(tmp_path, content)), "orders", said).mapping.total.decimal == mark  # type: ignore[union-attr]
    settled = plan(table(file(tmp_path, content + "3;2,5;2010-12-01\n")), "orders")
    assert settled.mapping.total.decimal == ","  # type: ignore[union-attr]


def test_a_plan_leaves_nothing_to_be_detected(tmp_path: Path) -> None:
    opened = table(file(tmp_path, "订单号;金额;下单时间\n1;2,5;40513,5\n".encode("gbk")))
    settled = plan(opened, "orders").mapping
    assert write_mapping(settled) == (
        "kind: orders\nsystem: shop\norder: 订单号\n"
        "time:\n  column: 下单时间\n  form: written\n  zone: Asia/Shanghai\n"
        "total:\n  column: 金额\n  decimal: ','\n"
        "file:\n  encoding: gb18030\n  delimiter: ;\n  header: true\n"
    )
    again = plan(table(opened.seen.path, encoding="gb18030"), "orders", write_mapping(settled))
    assert again.mapping == settled
