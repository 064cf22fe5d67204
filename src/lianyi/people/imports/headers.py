"""Which columns mean what, told by their names in English and Chinese: the mapping of a file that comes without one.

A name that is not known becomes a trait of a person, or a property of an event or an order, under its own name. What
nobody should collect by accident (identity cards, cards, passwords) is left out, and said so.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.kernel.text import clean
from lianyi.people.identity.normalise import KINDS as NORMAL_KINDS
from lianyi.people.imports.mapping import KINDS, Mapping
from lianyi.people.imports.tables import REFUSAL_COLUMNS, first_of

_IDENTITIES = {
    "crm_id": (
        "crm_id customer_id customer_no customer_number customer_code cust_id client_id member_id "
        "member_no member_number "
        "contact_id rec_id record_id 客户编号 客户id 客户号 客户编码 会员号 会员编号 会员id 会员卡号 "
        "会员码 买家id 顾客编号"
    ),
    "user_id": "user_id uid user_no 用户id 用户编号 distinct_id login_id",
    "phone": (
        "phone mobile tel telephone cell cellphone cell_phone mobile_phone mobile_no mobile_number "
        "phone_number phone_no "
        "contact_phone 手机 手机号 手机号码 电话 电话号码 联系电话 联系手机 移动电话 联系方式 "
        "客户手机 会员手机 买家手机"
    ),
    "email": ("email e_mail mail email_address mail_address 邮箱 电子邮箱 邮箱地址 邮件 电子邮件 邮件地址"),
    "wechat_id": "wechat wechat_id weixin weixin_id wx_id 微信 微信号 微信id",
    "unionid": "unionid union_id",
    "cookie": "anonymous_id cookie cookie_id visitor_id",
    "device": "device_id 设备id 设备号",
}
_SOURCE = {
    "channel": ("source channel utm_source acquisition_channel source_channel 来源 渠道 来源渠道 获客渠道 客户来源"),
    "medium": "medium utm_medium 媒介",
    "campaign": "campaign utm_campaign 营销活动 推广活动 活动名称",
    "code": "channel_code 渠道码",
}
_TRAITS = {
    "name": "name full_name customer_name contact_name 姓名 名字 客户姓名 客户名称 会员姓名 联系人",
    "first_name": "given_name first_name forename 名",
    "last_name": "surname last_name family_name 姓 姓氏",
    "nickname": "nickname nick_name 昵称 微信昵称",
    "gender": "gender sex 性别",
    "birthday": "date_of_birth dob birthday birth_date birthdate 生日 出生日期 出生年月日",
    "country": "country 国家",
    "province": "province state region 省 省份",
    "city": "city town 城市 市 所在城市",
    "district": "district 区 区县",
    "address": "address street_address 地址 详细地址 联系地址",
    "postal_code": "postcode postal_code zip zip_code zipcode 邮编 邮政编码",
    "company": "company organisation organization 公司 公司名称 单位",
    "title": "title job_title position 职位 职务",
}
KNOWN_TRAITS = tuple(_TRAITS)
_DATES = {"birthday"}
_PEOPLE = {
    "time": ("updated_at updated update_time last_modified modified_at last_updated 更新时间 修改时间 最后更新时间"),
    "tags": "tag tags label labels 标签 客户标签 会员标签",
}
_EVENTS = {
    "event": "event event_name action 事件 事件名 事件名称 行为",
    "time": (
        "timestamp time event_time occurred_at created_at date datetime at 时间 日期 发生时间 事件时间 "
        "行为时间 创建时间"
    ),
}
_ORDERS = {
    "order": (
        "order order_id order_no order_number order_code orderid invoice invoice_no invoice_number "
        "invoice_id transaction_id "
        "订单号 订单编号 订单id 订单 主订单编号 单号 交易号 流水号 小票号"
    ),
    "time": (
        "order_date order_time ordered_at invoice_date paid_at payment_time purchase_date transaction_date created_at "
        "created date time datetime timestamp 下单时间 下单日期 订单时间 订单日期 订单创建时间 创建时间 "
        "付款时间 订单付款时间 支付时间 "
        "交易时间 消费时间 购买时间 日期 时间"
    ),
    "sku": (
        "sku stock_code product_id product_code item_id item_code article 商品编码 商品编号 商品id 货号 "
        "商家编码 规格编码"
    ),
    "name": (
        "description product product_name item item_name 商品 商品名称 商品名 品名 商品标题 宝贝标题 产品 产品名称"
    ),
    "quantity": "quantity qty units number_of_items 数量 购买数量 件数 商品数量 宝贝总数量",
    "price": "price unit_price item_price 单价 价格 商品单价 商品价格 成交单价",
    "total": (
        "total amount order_total total_amount grand_total order_amount revenue paid_amount dollar_value "
        "金额 总金额 订单金额 总价 "
        "实付金额 实付 实收金额 支付金额 付款金额 交易金额 消费金额 应付金额 买家实际支付金额"
    ),
    "currency": "currency currency_code 币种 货币",
}
_PRIVATE = (
    "ssn soc_sec_id social_security social_security_number national_id id_card id_number id_no "
    "passport passport_no password "
    "bank_card card_number credit_card iban 身份证 身份证号 身份证号码 证件号 证件号码 护照 护照号 "
    "银行卡 银行卡号 密码"
)


_LONG = Sentence("its name is longer than 100 characters")
_NAMELESS = Sentence("it has no name")
_LOOKS_PRIVATE = Sentence("it looks like something private; name it in a mapping if it must come in")
_SEVERAL = Sentence("several columns have this name; name it by its place in a mapping")


def _key(name: str) -> str:
    """`InvoiceNo`, `invoice no`, `INVOICE_NO` → invoiceno."""
    return re.sub(r"[\s_\-./:：()（）#*]+", "", clean(name)).casefold()


def _index(table: dict[str, str]) -> dict[str, str]:
    return {_key(name): field for field, names in table.items() for name in names.split()}


_FIELDS = {"people": _index(_PEOPLE), "events": _index(_EVENTS), "orders": _index(_ORDERS)}
_WHO, _WHERE, _ABOUT = _index(_IDENTITIES), _index(_SOURCE), _index(_TRAITS)
_KIND_NAMES = {_key(kind): kind for kind in NORMAL_KINDS}
_SECRET = {_key(name) for name in _PRIVATE.split()}
_SCOPED = {"cookie", "device", "unionid"}  # written as `identities`


def is_known(name: str) -> bool:
    """Whether headers have this name."""
    key = _key(name)
    tables = (*_FIELDS.values(), _WHO, _WHERE, _ABOUT)
    return any(key in table for table in tables) or key in _SECRET


def identity_named(name: str) -> str | None:
    """The kind of identity that a column of this name holds; the names of kinds are among them."""
    key = _key(name)
    return _WHO.get(key) or _KIND_NAMES.get(key)


class Proposal(NamedTuple):
    """A mapping told by names, and the columns that it leaves out, each with its reason."""

    mapping: Mapping
    left_out: list[tuple[str, Sentence]]


def propose(kind: str, columns: Sequence[str]) -> Proposal:
    """The mapping that the names of `columns` suggest. Refuses when what the kind needs is not there."""
    fields, left_out = guess(kind, columns)
    missing = ["/".join(choice) for choice in missing_of(kind, fields)]
    if missing:
        raise Refused(
            "mapping.needed",
            "No column is named like {missing}. The columns are: {names}.",
            "Say which is which in a mapping file: --map FILE.",
            missing=missing,
            names=first_of(columns),
        )
    return Proposal(msgspec.convert(fields, KINDS[kind]), left_out)


def guess(kind: str, columns: Sequence[str]) -> tuple[dict[str, Any], list[tuple[str, Sentence]]]:
    """The same as plain data, whether or not it is all that the kind needs."""
    fields: dict[str, Any] = {}
    named: dict[str, str | int] = {}
    source: dict[str, str | int] = {}
    left_out: list[tuple[str, Sentence]] = []
    again = tuple(columns[-len(REFUSAL_COLUMNS) :]) == REFUSAL_COLUMNS  # rows that were refused before, corrected
    for place, column in enumerate(columns[: -len(REFUSAL_COLUMNS)] if again else columns, 1):
        key = _key(column)
        field = _FIELDS[kind].get(key) or _WHO.get(key)
        spec: str | int = column if columns.count(column) == 1 and column else place
        if not column or len(column) > 100:
            left_out.append((str(place), _LONG if column else _NAMELESS))
        elif key in _SECRET:
            left_out.append((column, _LOOKS_PRIVATE))
        elif columns.count(column) > 1:
            left_out.append((column, _SEVERAL))
        elif field is not None and field not in fields and not (field in _SCOPED and _has(fields, field)):
            _take(fields, field, spec)
        elif key in _WHERE and _WHERE[key] not in source:
            source[_WHERE[key]] = spec
        else:
            name = _ABOUT.get(key, column) if kind == "people" else column
            named[name if name not in named else column] = spec
    return _finished(kind, fields, named, source), left_out


def _has(fields: dict[str, Any], kind: str) -> bool:
    return any(identity["kind"] == kind for identity in fields.get("identities", ()))


def _take(fields: dict[str, Any], field: str, spec: str | int) -> None:
    if field in _SCOPED:
        scope = "" if field == "unionid" else "default"
        fields.setdefault("identities", []).append({"kind": field, "column": spec, "scope": scope})
    elif field == "tags":
        fields["tags"] = [{"column": spec, "split": ",;，；、|"}]
    else:
        fields[field] = spec


def _finished(
    kind: str, fields: dict[str, Any], named: dict[str, str | int], source: dict[str, str | int]
) -> dict[str, Any]:
    if "channel" in source:
        fields["source"] = source
    else:
        named.update({f"utm_{part}": spec for part, spec in source.items()})
    if kind == "people":
        fields["traits"] = {
            name: {"column": spec, "type": "date", "otherwise": "leave_out"} if name in _DATES else spec
            for name, spec in named.items()
        }
    else:
        fields["properties"] = named
    if kind == "orders" and "price" in fields and "total" in fields:
        fields["properties"]["total"] = fields.pop("total")
    return fields


_WHO_IS_IT = ("crm_id", "user_id", "phone", "email", "wechat_id", "identities")
_NEEDS: dict[str, list[tuple[str, ...]]] = {
    "people": [_WHO_IS_IT],
    "events": [("event",), ("time",), _WHO_IS_IT],
    "orders": [("order",), ("time",), ("price", "total")],
}


def missing_of(kind: str, fields: dict[str, Any]) -> list[tuple[str, ...]]:
    """What the kind needs and `fields` have not: of each entry one field would do."""
    return [choice for choice in _NEEDS[kind] if not any(fields.get(field) for field in choice)]


def likely_kind(columns: Sequence[str]) -> str:
    """What a file is about, by the names of its columns."""
    for kind in ("orders", "events"):
        if not missing_of(kind, guess(kind, columns)[0]):
            return kind
    return "people"
