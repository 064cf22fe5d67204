"""What kinds, holders, devices and systems of links are called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: dict[str, Promise] = {
    "link": _("Short link"),
    "code": _("Channel code"),
    "wechat": _("WeChat official account code"),
}
HOLDERS: dict[str, Promise] = {
    "staff": pgettext_lazy("holder of a code", "Staff"),
    "partner": pgettext_lazy("holder of a code", "Partner"),
    "creator": pgettext_lazy("holder of a code", "Creator"),
    "stand": pgettext_lazy("holder of a code", "Stand"),
    "shop": pgettext_lazy("holder of a code", "Shop"),
}
DEVICES: dict[str, Promise] = {
    "phone": pgettext_lazy("device", "Phone"),
    "tablet": _("Tablet"),
    "desktop": _("Desktop"),
    "other": pgettext_lazy("device", "Other"),
}
SYSTEMS: dict[str, str | Promise] = {
    "ios": "iOS",
    "android": "Android",
    "harmony": _("HarmonyOS"),
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
    "other": pgettext_lazy("system", "Other"),
}
