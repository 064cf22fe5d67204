"""Names of traits that mean the same in every vocabulary, and what they are called here.

Segment's reserved traits, 神策's `$` properties and the usual columns of a CRM export all become ours; any other name
is kept as it is. Nested objects become one trait per part, joined by a dot, and an address its parts.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from lianyi.people.profiles.traits.values import TraitType

NAME_CHARACTERS = 100
PARTS = 3  # how deep objects are taken apart


class Standard(NamedTuple):
    """How a trait of ours is registered at its first value."""

    kind: TraitType
    label_zh: str
    label_en: str
    sensitive: bool = False


_T = TraitType

STANDARD: dict[str, Standard] = {
    "name": Standard(_T.TEXT, "姓名", "Name", True),
    "first_name": Standard(_T.TEXT, "名", "First name", True),
    "last_name": Standard(_T.TEXT, "姓", "Last name", True),
    "email": Standard(_T.TEXT, "邮箱", "E-mail", True),
    "phone": Standard(_T.TEXT, "手机号", "Phone", True),
    "gender": Standard(_T.TEXT, "性别", "Gender"),
    "birthday": Standard(_T.DATE, "生日", "Birthday", True),
    "age": Standard(_T.NUMBER, "年龄", "Age"),
    "country": Standard(_T.TEXT, "国家", "Country"),
    "province": Standard(_T.TEXT, "省份", "Province"),
    "city": Standard(_T.TEXT, "城市", "City"),
    "district": Standard(_T.TEXT, "区县", "District"),
    "street": Standard(_T.TEXT, "街道地址", "Street", True),
    "address": Standard(_T.TEXT, "地址", "Address", True),
    "postal_code": Standard(_T.TEXT, "邮编", "Postal code", True),
    "company": Standard(_T.TEXT, "公司", "Company"),
    "industry": Standard(_T.TEXT, "行业", "Industry"),
    "title": Standard(_T.TEXT, "职位", "Job title"),
    "department": Standard(_T.TEXT, "部门", "Department"),
    "avatar": Standard(_T.TEXT, "头像", "Avatar"),
    "nickname": Standard(_T.TEXT, "昵称", "Nickname"),
    "website": Standard(_T.TEXT, "网站", "Website"),
    "description": Standard(_T.TEXT, "简介", "About"),
    "language": Standard(_T.TEXT, "语言", "Language"),
    "group_id": Standard(_T.TEXT, "所属群组", "Group"),
    "created_at": Standard(_T.MOMENT, "注册时间", "Signed up"),
    "username": Standard(_T.TEXT, "用户名", "User name", True),
    "wechat_id": Standard(_T.TEXT, "微信号", "WeChat id", True),
    "id_number": Standard(_T.TEXT, "证件号", "Identity card", True),
}

_OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("$name", "full_name", "fullname", "姓名", "客户姓名"),
    "first_name": ("firstname", "given_name", "givenname", "$first_name", "forename"),
    "last_name": ("lastname", "surname", "family_name", "familyname", "$last_name"),
    "email": ("$email", "e-mail", "mail", "email_address", "邮箱", "电子邮箱"),
    "phone": ("$mobile", "$phone", "mobile", "phone_number", "phonenumber", "telephone", "手机", "手机号", "电话"),
    "gender": ("$gender", "sex", "性别"),
    "birthday": ("birth_date", "birthdate", "date_of_birth", "dateofbirth", "dob", "$birthday", "生日", "出生日期"),
    "age": ("$age", "年龄"),
    "country": ("$country", "address.country", "国家"),
    "province": ("$province", "state", "region", "address.state", "address.province", "address.region", "省份", "省"),
    "city": ("$city", "address.city", "城市"),
    "district": ("suburb", "address.district", "区县"),
    "street": ("address.street", "street_address", "address.line1"),
    "address": ("地址", "address_1", "详细地址"),
    "postal_code": ("postcode", "postalcode", "zip", "zip_code", "address.postalcode", "address.postal_code", "邮编"),
    "company": ("company.name", "organization", "organisation", "公司", "公司名称"),
    "industry": ("company.industry", "行业"),
    "title": ("job_title", "jobtitle", "position", "职位"),
    "department": ("部门",),
    "avatar": ("$avatar", "photo", "headimgurl"),
    "nickname": ("nick_name", "昵称", "$nickname"),
    "website": ("url", "网站"),
    "description": ("bio", "about", "简介"),
    "language": ("locale", "$language"),
    "group_id": ("groupid",),
    "created_at": ("createdat", "$signup_time", "signup_date", "registered_at", "注册时间"),
    "username": ("user_name", "$username", "用户名"),
    "wechat_id": ("wechat", "微信", "微信号"),
    "id_number": ("soc_sec_id", "身份证号", "证件号"),
}

_OURS = {other: ours for ours, others in _OTHER_NAMES.items() for other in others} | {name: name for name in STANDARD}


def our_name(name: str) -> str:
    """What the trait `name` is called here; the name itself, cleaned, when it is no standard one."""
    tidy = name.replace("\x00", "").strip()
    return _OURS.get(tidy.lower(), tidy)


def stated(traits: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Our names and the values of what an event states. Blank texts say nothing; null removes."""
    for name, value in _flat(traits, "", PARTS):
        if not (isinstance(value, str) and not value.strip()):
            yield our_name(name), value


def _flat(traits: dict[str, Any], before: str, parts: int) -> Iterator[tuple[str, Any]]:
    for name, value in traits.items():
        whole = f"{before}{name}"
        if isinstance(value, dict) and parts > 1:
            yield from _flat(value, f"{whole}.", parts - 1)
        else:
            yield whole, value
