"""Words for the closed sets that pages show, and for the event names that everybody has; any other name stays."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STEPS: dict[str, Promise] = {
    "attention": _("Attention"),
    "interest": _("Interest"),
    "search": pgettext_lazy("step of AISAS", "Search"),
    "action": _("Action"),
    "share": _("Share"),
}
STAGES: dict[str, Promise] = {
    "prospect": _("Prospect"),
    "intent": _("Intent"),
    "first_purchase": _("First purchase"),
    "repeat": _("Repeat"),
    "dormant": _("Dormant"),
    "won_back": _("Won back"),
}
REASONS: dict[str, Promise] = {
    "signal": _("showed interest"),
    "order": _("placed an order"),
    "silence": _("was silent"),
}
KINDS: dict[str, Promise] = {
    "unionid": _("WeChat unionid"),
    "openid": _("WeChat openid"),
    "user_id": _("User id"),
    "crm_id": _("CRM id"),
    "member": _("Membership number"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "wechat_id": _("WeChat id"),
    "device": _("Device"),
    "cookie": _("Browser"),
}
DIMENSIONS: dict[str, Promise] = {
    "attribute": _("Attribute"),
    "behaviour": _("Behaviour"),
    "state": _("State"),
    "preference": _("Preference"),
}
TRAIT_TYPES: dict[str, Promise] = {
    "text": pgettext_lazy("type of a trait", "Text"),
    "number": pgettext_lazy("type of a trait", "Number"),
    "boolean": pgettext_lazy("type of a trait", "Yes or no"),
    "date": pgettext_lazy("type of a trait", "Date"),
    "moment": pgettext_lazy("type of a trait", "Moment"),
    "list": pgettext_lazy("type of a trait", "List"),
}
JSON_TYPES: dict[str, Promise] = {
    "text": pgettext_lazy("type of a property", "Text"),
    "number": pgettext_lazy("type of a property", "Number"),
    "truth": pgettext_lazy("type of a property", "Yes or no"),
    "null": pgettext_lazy("type of a property", "Empty"),
    "list": pgettext_lazy("type of a property", "List"),
    "object": pgettext_lazy("type of a property", "Object"),
}
SENDERS: dict[tuple[str, str], Promise] = {
    ("segment", "browser"): _("A website or an app, by Segment's protocol"),
    ("segment", "server"): _("A server, by Segment's protocol"),
    ("sensors", "browser"): _("A website or an app, by the protocol of Sensors Data"),
    ("sensors", "server"): _("A server, by the protocol of Sensors Data"),
    ("own", "system"): _("Lianyi itself"),
    ("own", "member"): _("A member"),
    ("own", "token"): _("The API"),
    ("own", "cli"): _("The command line"),
    ("own", "import"): _("An import"),
}
ORIGINS: dict[str, Promise] = {
    "browser": _("A website or an app"),
    "server": _("A server"),
}
LETTERS: dict[str, Promise] = {
    "event.invalid": _("It cannot be read as an event."),
    "event.undecodable": _("It cannot be read as an event."),
    "event.too_large": _("It is larger than an event may be."),
    "event.too_deep": _("It nests deeper than an event may."),
    "type.unknown": _("Its type is none that is taken."),
    "name.invalid": _("Its name is missing, too long, or holds a character that cannot be stored."),
    "name.reserved": _("Its name has a dot, as only Lianyi's own names have."),
    "who.missing": _("It does not say whom it is about."),
    "who.invalid": _("An id is too long, or holds a character that cannot be stored."),
    "time.range": _("Its time lies before 1970 or outside the calendar."),
    "time.future": _("Its time lies more than an hour ahead."),
}
STRATEGIES: dict[str, Promise] = {
    "latest": _("What was said last"),
    "first": _("What was said first"),
    "most_trusted": _("What the most trusted origin says"),
}
ANSWERS: dict[str, tuple[str, Promise]] = {
    "open": ("warn", pgettext_lazy("state of a pair", "Open")),
    "later": ("plain", pgettext_lazy("state of a pair", "Later")),
    "same": ("good", pgettext_lazy("state of a pair", "Merged")),
    "not_same": ("info", pgettext_lazy("state of a pair", "Not the same")),
    "different": ("info", pgettext_lazy("state of a pair", "Kept apart")),
}
SEARCH_STEPS: tuple[Promise, ...] = (
    _("Reading everybody"),
    _("Bringing values into one form"),
    _("Looking for pairs worth comparing"),
    _("Learning what tells people apart"),
    _("Comparing pairs"),
    _("Writing down what was found"),
)
DELIVERIES: dict[str, Promise] = {
    "queued": _("Waits"),
    "sending": _("Is being sent"),
    "sent": _("Arrived"),
    "failed": _("Given up"),
    "unsettled": _("Open"),
}
CALL_ERRORS: dict[str, Promise] = {
    "address": _("address inside a network"),
    "timeout": _("no answer in time"),
    "tls": _("no sound certificate"),
    "connect": _("no connection"),
    "resolve": _("unknown host"),
    "broken": _("connection broken off"),
    "secret": _("the vault does not open"),
}
ORDER_STATES: dict[str, Promise] = {
    "placed": _("Placed"),
    "returned": _("Returned"),
    "cancelled": _("Cancelled"),
    "adjustment": _("Adjustment"),
}
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
EVENTS: dict[str, Promise] = {
    "page.viewed": _("Viewed a page"),
    "screen.viewed": _("Viewed a screen"),
    "person.identified": _("Was identified"),
    "person.grouped": _("Joined a group"),
    "person.aliased": _("Got another id"),
    "person.merged": _("Was merged"),
    "person.unmerged": _("Was split"),
    "person.kept_apart": _("Was kept apart"),
    "person.reopened": _("A decision was taken back"),
    "person.erased": _("Was erased"),
    "tag.added": _("Got a tag"),
    "tag.removed": _("Lost a tag"),
    "consent.given": _("Gave consent"),
    "consent.withdrawn": _("Withdrew consent"),
    "order.line": _("Bought a product"),
    "order.placed": _("Placed an order"),
    "order.refunded": _("Got money back"),
    "stage.changed": _("Changed stage"),
    "Product Viewed": _("Viewed a product"),
    "Product List Viewed": _("Viewed a list of products"),
    "Products Searched": _("Searched products"),
    "Product Added": _("Put a product into the cart"),
    "Product Removed": _("Took a product out of the cart"),
    "Cart Viewed": _("Viewed the cart"),
    "Checkout Started": _("Started the checkout"),
    "Order Completed": _("Placed an order"),
    "Product Shared": _("Shared a product"),
    "Product Reviewed": _("Reviewed a product"),
    "Link Clicked": _("Clicked a link"),
    "Signed Up": _("Signed up"),
    "$pageview": _("Viewed a page"),
    "$WebClick": _("Clicked"),
    "$AppStart": _("Opened the app"),
    "$AppEnd": _("Left the app"),
    "$SignUp": _("Signed up"),
}
