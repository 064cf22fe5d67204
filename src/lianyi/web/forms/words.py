"""Words of forms: kinds of fields, where an answer may go, states."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Promise] = {
    "text": pgettext_lazy("kind of a field", "One line"),
    "long_text": pgettext_lazy("kind of a field", "Several lines"),
    "email": pgettext_lazy("kind of a field", "E-mail"),
    "phone": pgettext_lazy("kind of a field", "Phone"),
    "number": pgettext_lazy("kind of a field", "Number"),
    "date": pgettext_lazy("kind of a field", "Date"),
    "choice": pgettext_lazy("kind of a field", "One of several"),
    "choices": pgettext_lazy("kind of a field", "Any of several"),
    "consent": pgettext_lazy("kind of a field", "Line of consent"),
    "file": pgettext_lazy("kind of a field", "File"),
    "hidden": pgettext_lazy("kind of a field", "From the address, unseen"),
}
IDENTITIES = {"email": "email", "phone": "phone", "text": "wechat_id"}  # the one that a kind of field may be
STATES: dict[str, tuple[str, Promise]] = {
    "draft": ("plain", pgettext_lazy("state of a form", "Draft")),
    "published": ("good", pgettext_lazy("state of a form", "Published")),
    "offline": ("warn", pgettext_lazy("state of a form", "Offline")),
    "archived": ("plain", pgettext_lazy("state of a form", "Archived")),
}
LANGUAGES: dict[str, Promise] = {"zh": _("Chinese"), "en": _("English")}
CONSENT_CHANNELS = ("sms", "email", "wechat", "phone")
