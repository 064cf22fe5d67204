"""What the channels of sources are called; a channel that has no word is called as it is."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHANNELS: dict[str, Promise] = {
    "direct": _("Direct"),
    "search": _("Search engine"),
    "organic": _("Organic search"),
    "paid_search": _("Paid search"),
    "social": _("Social networks"),
    "email": _("E-mail"),
    "referral": _("Other website"),
    "wechat": _("WeChat"),
    "weibo": _("Weibo"),
    "xiaohongshu": _("Xiaohongshu"),
    "douyin": _("Douyin"),
    "zhihu": _("Zhihu"),
    "bilibili": _("Bilibili"),
    "baidu": _("Baidu"),
    "newsletter": _("Newsletter"),
    "sms": _("Text message"),
    "offline": _("Offline"),
    "": _("Unknown"),
    "unknown": _("Unknown"),
    "other": _("Other"),
}
