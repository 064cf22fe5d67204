"""What becomes an identity, in which form, and what does not."""

import csv

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import public_data

from lianyi.events.schemas import Claim
from lianyi.people.identity import normalise as room
from lianyi.people.identity.normalise import KINDS, normalise, normalise_value


def _phone(value: str, region: str = "CN") -> str | None:
    return normalise_value("phone", value, region)


@pytest.mark.parametrize(
    "written",
    [
        "13912345670",
        "139 1234 5670",
        "139-1234-5670",
        "+8613912345670",
        "+86 139 1234 5670",
        "86 13912345670",
        "0086 13912345670",
        "008613912345670",
        "(+86)139-1234-5670",
        "（＋８６）１３９　１２３４　５６７０",
        "１３９１２３４５６７０",
        " 139\u200b12345670\n",
        "tel:+86-139-1234-5670",
    ],
)
def test_a_mobile_number_has_one_form(written: str) -> None:
    assert _phone(written) == "+8613912345670"


@pytest.mark.parametrize(
    "written",
    [
        "138****8888",
        "138xxxx8888",
        "无",
        "-",
        "",
        "0",
        "12345678901",
        "11111111111",
        "00000000000",
        "13000000000",
        "13888888888",
        "1391234567",
        "139123456701",
        "13912345670/13912345671",
        "13912345670,13912345671",
        "13912345670转5",
        "010-65529988 ext. 12",
        "tel:010-65529988;ext=12",
        "abc13912345670",
        "110",
        "9" * 2_000,
    ],
)
def test_what_is_no_phone_number(written: str) -> None:
    assert _phone(written) is None


def test_a_run_of_digits_is_no_phone_number_where_it_would_be_valid() -> None:
    number = phonenumbers.parse("12345678901", "US")
    assert phonenumbers.is_valid_number(number)
    assert _phone("12345678901", "US") is None
    assert _phone("+1 234 567 8901", "CN") is None


def test_the_region_reads_a_national_number() -> None:
    assert _phone("(010) 6552 9988", "CN") == "+861065529988"
    assert _phone("020 7946 0018", "GB") == "+442079460018"
    assert _phone("0121 234 5678", "GB") == "+441212345678"
    assert _phone("0121 234 5678", "CN") is None


def _published() -> list[dict[str, str]]:
    """The example numbers of every region, from the public file, or the library that it came from."""
    path = public_data.phone_numbers()
    if path is not None:
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    formats = phonenumbers.PhoneNumberFormat
    rows = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                row = {"region": region}
                for name in ("E164", "INTERNATIONAL", "NATIONAL", "RFC3966"):
                    row[name.lower()] = phonenumbers.format_number(example, getattr(formats, name))
                rows.append(row)
    return rows


def test_the_published_numbers_of_every_region_keep_their_form() -> None:
    rows = _published()
    assert len(rows) > 480
    wrong = [
        (row["region"], written)
        for row in rows
        for written in (row["e164"], row["international"], row["national"], row["rfc3966"])
        if _phone(written, row["region"]) != row["e164"]
    ]
    assert wrong == []


@given(
    region=st.sampled_from(["CN", "HK", "TW", "JP", "DE", "FR", "SG", "BR", "IN", "US", "GB", "AU", "MX", "BY", "XX"]),
    front=st.sampled_from(["", "+", "+86", "86", "0086", "+852", "+49", "+91", "0", "00", "010"]),
    digits=st.one_of(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text("0123456789", min_size=5, max_size=12)),
)
def test_the_short_cut_for_mobile_numbers_says_what_the_full_parse_says(region: str, front: str, digits: str) -> None:
    quick = room._plain_mobile(front + digits, region)
    if quick is not None:
        number = phonenumbers.parse(front + digits, region)
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == quick


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_short_cut_holds_for_the_example_of_every_region(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return
    national = phonenumbers.national_significant_number(example)
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert room._plain_mobile(national, region) in (e164, None)
    assert room._plain_mobile(e164, region) in (e164, None)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        (" ann+news@example.com ", "ann+news@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ann@example.com"),
        ("O'Hara@Example.ie", "o'hara@example.ie"),
        ("用户@例子.公司", "用户@例子.公司"),
        ("test@example.com", "test@example.com"),
        ("12345@qq.com", "12345@qq.com"),
    ],
)
def test_an_address_has_one_form(written: str, stored: str) -> None:
    assert normalise_value("email", written, "CN") == stored


@pytest.mark.parametrize(
    "written",
    [
        "无@无",
        "n/a",
        "test@test",
        "test@test.com",
        "none@none.com",
        "a@a.cn",
        "123@123.com",
        "ann@localhost",
        "ann@shop.test",
        "ann@",
        "@example.com",
        "ann@exa mple.com",
        "ann@@example.com",
        "ann.@example.com",
        "ann@-example.com",
        "ann@example..com",
        "ann@example.com, bob@example.com",
        "",
        "null",
    ],
)
def test_what_is_no_address(written: str) -> None:
    assert normalise_value("email", written, "CN") is None


@given(
    local=st.text("abz09._+-", min_size=1, max_size=70),
    domain=st.text("ab0-.", min_size=1, max_size=40),
    ending=st.sampled_from([".com", ".cn", ".co.uk", ".test", ".local", "com", ".com.cn"]),
)
def test_the_short_cut_for_addresses_says_what_the_full_check_says(local: str, domain: str, ending: str) -> None:
    from email_validator import EmailNotValidError, validate_email

    written = f"{local}@{domain}{ending}"
    try:
        full = validate_email(written, check_deliverability=False).normalized
    except EmailNotValidError:
        full = None
    assert normalise_value("email", written, "CN") in (full, None)
    if full is not None and local not in room._EMAIL_FILLERS:
        assert normalise_value("email", written, "CN") == full


@pytest.mark.parametrize("kind", ["user_id", "crm_id", "member", "cookie", "device"])
@pytest.mark.parametrize(
    "written",
    [
        "null",
        "NULL",
        "undefined",
        "None",
        "nan",
        "0",
        "000",
        "-",
        "--",
        "anonymous",
        "unknown",
        "00000000-0000-0000-0000-000000000000",
        "",
        "  ",
        "无",
        "not set",
        "[object Object]",
        "\u200b",
        "x" * 257,
        "\ud800x",
    ],
)
def test_placeholders_are_no_identities(kind: str, written: str) -> None:
    assert normalise_value(kind, written, "CN") is None


@pytest.mark.parametrize("kind", ["user_id", "crm_id", "member", "cookie", "device"])
def test_an_id_is_trimmed_and_keeps_its_case(kind: str) -> None:
    assert normalise_value(kind, "  Ab-１2 \n", "CN") == "Ab-12"
    assert normalise_value(kind, "x" * 256, "CN") == "x" * 256
    assert normalise_value(kind, "7", "CN") == "7"
    assert normalise_value(kind, "张三", "CN") == "张三"


def test_wechat_ids() -> None:
    assert normalise_value("wechat_id", " WeiXin_88 ", "CN") == "weixin_88"
    for written in ("short", "8weixin", "wei xin", "微信号码是这个", "a" * 21, "undefined", "anonymous"):
        assert normalise_value("wechat_id", written, "CN") is None


@pytest.mark.parametrize("kind", ["openid", "unionid"])
def test_open_ids(kind: str) -> None:
    assert normalise_value(kind, " oLVPpjqs9BhvzwPj5A-vTYAX3GLc ", "CN") == "oLVPpjqs9BhvzwPj5A-vTYAX3GLc"
    for written in ("", "o LVP", "null", "o/1", "x" * 129):
        assert normalise_value(kind, written, "CN") is None


def test_a_claim_keeps_only_the_strength_and_the_scope_that_its_kind_can_have() -> None:
    assert normalise(Claim("cookie", " shop ", "c1", True), "CN") == Claim("cookie", "shop", "c1", False)
    assert normalise(Claim("wechat_id", "", "weixin_88", True), "CN") == Claim("wechat_id", "", "weixin_88", False)
    assert normalise(Claim("phone", "shop", "13912345670", True), "CN") == Claim("phone", "", "+8613912345670", True)
    assert normalise(Claim("user_id", "shop", "7", False), "CN") == Claim("user_id", "shop", "7", False)
    assert normalise(Claim("user_id", "s" * 257, "7", False), "CN") is None
    assert normalise(Claim("horoscope", "", "lion", True), "CN") is None


@given(
    kind=st.sampled_from(sorted(KINDS)),
    scope=st.text(max_size=8),
    value=st.one_of(st.text(max_size=40), st.from_regex(r"\+?[0-9 ()-]{7,16}", fullmatch=True), st.emails()),
    region=st.sampled_from(["CN", "US", "DE"]),
)
def test_normalising_twice_is_normalising_once(kind: str, scope: str, value: str, region: str) -> None:
    once = normalise(Claim(kind, scope, value, True), region)
    if once is not None:
        assert normalise(once, region) == once
        assert normalise(once, "JP") == once, "a stored value no longer depends on the region"
        assert "\x00" not in once.value + once.scope
        once.value.encode()
        assert 1 <= len(once.value) <= 256
