"""Normalisation: what a sender wrote becomes the one form in which an identity is stored, or no identity at all.

Pure and idempotent. A value that many strangers share (a placeholder, a masked number, a switchboard's extension) is
no identity: missing one costs a duplicate that can be merged, believing it glues strangers together.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from lianyi.events.schemas import Claim
from lianyi.kernel.text import clean

LONGEST = 256  # characters of a value, and of a scope
MEMOISED = 50_000  # phones, and as many e-mail addresses


class Kind(NamedTuple):
    """What is known of a kind of identity: whether a sender can vouch for it, and what its scope names."""

    strong_possible: bool
    scoped_by: Literal["workspace", "group", "account", "system"]


# Closed: a kind that is not here is no identity. Nobody can prove a WeChat id: WeChat has no call for it.
KINDS = {
    "unionid": Kind(True, "workspace"),
    "openid": Kind(True, "account"),
    "user_id": Kind(True, "group"),
    "crm_id": Kind(True, "system"),
    "member": Kind(True, "system"),
    "phone": Kind(True, "workspace"),
    "email": Kind(True, "workspace"),
    "wechat_id": Kind(False, "workspace"),
    "device": Kind(False, "group"),
    "cookie": Kind(False, "group"),
}

_PLACEHOLDERS = frozenset(
    """null none nil nan n/a na no undefined undef unknown anonymous anon guest default empty missing void false true
    test (null) (none) <null> <none> not_set -1 匿名 未知 无 没有 空 暂无 不详 未填 未填写 保密 测试""".split()  # noqa: SIM905
) | {"not set", "(not set)", "not provided", "[object object]", "(erased)"}
# Words that stand on both sides of an @ only where somebody had to write something.
_EMAIL_FILLERS = frozenset(
    """test tests testing none null no na nil noemail nomail email mail unknown anonymous abc asdf qwerty
    a aa aaa b x xx xxx xyz 1 11 111 123 1234 12345 123456""".split()  # noqa: SIM905
)
_NOTHING = re.compile(r"[0\W_]*")  # zeros, dashes, dots: the empty UUID too
_RUNS = "01234567890123456789"
_LONG_RUN = re.compile(r"(\d)\1{7}")
_DIALLED = re.compile(r"(?:tel:)?[-+\d\s().·/~;=]+", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"(\+?)(\d{7,15})")
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,20})?\.)+(?:com|cn|net|org|edu|hk|tw|de|uk|fr)"
)
_WECHAT = re.compile(r"[a-z][a-z0-9_-]{5,19}")
_OPENID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def normalise(claim: Claim, region: str) -> Claim | None:
    """The identity that `claim` states, or None where it states none.

    `region` (ISO 3166, e.g. CN) is how a phone number without a country code is read. `strong` is dropped from kinds
    that nobody can vouch for, and the scope from kinds that are unique in the whole workspace.
    """
    kind = KINDS.get(claim.kind)
    if kind is None:
        return None
    value = normalise_value(claim.kind, claim.value, region)
    if value is None:
        return None
    scope = "" if kind.scoped_by == "workspace" else _scope(claim.scope)
    if scope is None:
        return None
    return Claim(claim.kind, scope, value, claim.strong and kind.strong_possible)


@lru_cache(1_000)
def _scope(scope: str) -> str | None:
    text = clean(scope)
    return text if len(text) <= LONGEST and _storable(text) else None


def normalise_value(kind: str, value: str, region: str) -> str | None:
    """The stored form of `value`, or None where it is no identity of this kind. KeyError for an unknown kind."""
    if len(value) > 4 * LONGEST:
        return None
    return _READERS[kind](value, region)


@lru_cache(MEMOISED)
def _phone(value: str, region: str) -> str | None:
    text = clean(value)
    if not _DIALLED.fullmatch(text):
        return None  # letters, stars, words: masked, two numbers, or not a number
    found = _plain_mobile(text, region)
    if found is None:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return None
        # An extension is left out of E.164, so everybody behind one switchboard would become one person.
        if number.extension or not phonenumbers.is_valid_number(number):
            return None
        found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    digits = found[1:]
    if _LONG_RUN.search(digits) or digits in _RUNS or digits in _RUNS[::-1] or text in _RUNS[1:]:
        return None
    return found


class _Plan(NamedTuple):
    code: str
    mobile: re.Pattern[str]
    stripped: re.Pattern[str]  # what parsing would take off the front: trunk prefix or international prefix


@lru_cache(None)
def _plan(region: str) -> _Plan | None:
    """How mobile numbers of `region` look, where no other region shares its country code."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.country_code is None:
        return None
    if len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[metadata.country_code]) != 1:
        return None
    if metadata.mobile is None or not metadata.mobile.national_number_pattern:
        return None
    fronts = [metadata.national_prefix_for_parsing, metadata.international_prefix]
    return _Plan(
        str(metadata.country_code),
        re.compile(metadata.mobile.national_number_pattern),
        re.compile("|".join(f"(?:{front})" for front in fronts if front) or r"(?!)"),
    )


def _plain_mobile(text: str, region: str) -> str | None:
    """A mobile number of `region` written as bare digits, as an export has millions of; a hundredth of the full parse.

    Where nothing would be taken off its front, a number that fits the region's mobile pattern is valid as it stands.
    """
    plan = _plan(region)
    match = _PLAIN_NUMBER.fullmatch(text)
    if plan is None or match is None:
        return None
    national = match[2]
    if match[1]:
        if not national.startswith(plan.code):
            return None
        national = national[len(plan.code) :]
    if plan.stripped.match(national) or not plan.mobile.fullmatch(national):
        return None
    return f"+{plan.code}{national}"


@lru_cache(MEMOISED)
def _email(value: str, region: str) -> str | None:  # noqa: ARG001 - one signature for all readers
    text = clean(value).removeprefix("mailto:")
    lowered = text.lower()
    if len(lowered) > 100 or not _PLAIN_EMAIL.fullmatch(lowered):
        try:
            checked = validate_email(text, check_deliverability=False)
        except EmailNotValidError:
            return None
        lowered = f"{checked.local_part.casefold()}@{checked.domain.casefold()}"
    local, _, domain = lowered.partition("@")
    if local in _EMAIL_FILLERS and domain.partition(".")[0] in _EMAIL_FILLERS:
        return None
    return lowered if len(lowered) <= LONGEST else None


def _wechat_id(value: str, region: str) -> str | None:  # noqa: ARG001
    text = clean(value).lower()
    return text if _WECHAT.fullmatch(text) and text not in _PLACEHOLDERS else None


def _open_id(value: str, region: str) -> str | None:
    text = _opaque(value, region)
    return text if text and _OPENID.fullmatch(text) else None


def _opaque(value: str, region: str) -> str | None:  # noqa: ARG001
    text = clean(value)
    if not text or len(text) > LONGEST or text.casefold() in _PLACEHOLDERS or _NOTHING.fullmatch(text):
        return None
    return text if _storable(text) else None


def _storable(text: str) -> bool:
    """Lone surrogates are no text that a database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_READERS: dict[str, Callable[[str, str], str | None]] = {
    "phone": _phone,
    "email": _email,
    "wechat_id": _wechat_id,
    "openid": _open_id,
    "unionid": _open_id,
    "user_id": _opaque,
    "crm_id": _opaque,
    "member": _opaque,
    "device": _opaque,
    "cookie": _opaque,
}
