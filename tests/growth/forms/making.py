"""Definitions of forms: builders that name only what matters."""

from typing import Any

from lianyi.growth.forms.definitions import read_object
from lianyi.growth.forms.schemas import Definition

NAME = {"kind": "text", "key": "name", "label": {"zh": "姓名", "en": "Name"}, "required": True, "maps_to": "trait:name"}
PHONE = {"kind": "phone", "key": "phone", "label": {"zh": "手机号", "en": "Phone"}, "maps_to": "phone"}
EMAIL = {"kind": "email", "key": "email", "label": {"zh": "邮箱", "en": "E-mail"}, "maps_to": "email"}
CITY = {
    "kind": "choice",
    "key": "city",
    "label": {"zh": "城市", "en": "City"},
    "options": [{"value": "上海"}, {"value": "杭州"}, {"value": "other"}],
    "maps_to": "trait:city",
}
WORDING = {"zh": "我同意接收活动邮件。", "en": "I agree to receive e-mails about events."}
CONSENT = {
    "kind": "consent",
    "key": "agree",
    "wording": WORDING,
    "channel": "email",
    "purposes": ["marketing"],
}


def object_of(*fields: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The JSON of a definition."""
    return {"title": {"zh": "预约试用", "en": "Book a trial"}, "fields": list(fields), **parts}


def definition_of(*fields: dict[str, Any], **parts: Any) -> Definition:
    """A definition."""
    return read_object(object_of(*fields, **parts))
