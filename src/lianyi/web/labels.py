"""Words for the closed sets that pages show."""

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
HANDOVERS: dict[str, tuple[str, Promise]] = {
    "offered": ("warn", pgettext_lazy("state of a hand-over", "Offered")),
    "accepted": ("info", pgettext_lazy("state of a hand-over", "Accepted")),
    "rejected": ("plain", pgettext_lazy("state of a hand-over", "Rejected")),
    "won": ("good", pgettext_lazy("state of a hand-over", "Won")),
    "lost": ("plain", pgettext_lazy("state of a hand-over", "Lost")),
    "merged": ("plain", pgettext_lazy("state of a hand-over", "Merged")),
}
REJECTIONS: dict[str, Promise] = {
    "no_contact": _("cannot be reached"),
    "no_interest": _("has no interest"),
    "unfit": _("does not fit"),
    "known": _("is a customer already"),
    "elsewhere": _("belongs to another region or team"),
    "other": pgettext_lazy("reason", "something else"),
}
LOSSES: dict[str, Promise] = {
    "price": pgettext_lazy("reason", "the price"),
    "competitor": _("bought from a competitor"),
    "no_need": _("needs it no more"),
    "no_answer": _("does not answer any more"),
    "timing": _("not now, perhaps later"),
    "other": pgettext_lazy("reason", "something else"),
}
WAYS: dict[str, Promise] = {
    "turns": _("In turn among members"),
    "member": _("Always to one member"),
    "table": _("By the value of a trait"),
    "owner": _("To whoever sold to them before"),
}
OUTCOMES: dict[str, Promise] = {
    "accepted": pgettext_lazy("outcome of an offer", "Accepted"),
    "rejected": pgettext_lazy("state of a hand-over", "Rejected"),
    "expired": _("Ran out"),
    "passed": _("Passed on"),
    "merged": pgettext_lazy("state of a hand-over", "Merged"),
}
ORDER_STATES: dict[str, Promise] = {
    "placed": _("Placed"),
    "returned": _("Returned"),
    "cancelled": _("Cancelled"),
    "adjustment": _("Adjustment"),
}
