"""Which properties of an event mean something, by its name: what projectors read, and what Lianyi's own events say.

An event may have any others; they are kept with it, shown, and mean nothing. The names of an order's properties are
those that its reader knows, in the order in which it looks for them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from lianyi.people.profiles.orders.reading import CURRENCY, NUMBER, TOTAL


class Property(NamedTuple):
    """Names that mean the same, the first that is there counts; the types of JSON it may have; and what it is."""

    names: tuple[str, ...]
    type: str
    meaning: str


class Group(NamedTuple):
    """Events with the same properties."""

    events: tuple[str, ...]
    properties: tuple[Property, ...]


def one(name: str, kind: str, meaning: str) -> Property:
    """A property of one name."""
    return Property((name,), kind, meaning)


_NUMBER = Property(NUMBER, "text number", _("the order's number; without one, each event is an order of its own"))
_CURRENCY = Property(CURRENCY, "text", _("three letters by ISO 4217; without it, the workspace's currency"))
_KIND = one("kind", "text", _("sale, return or adjustment; without it, what the signs say"))
_SORT = one("kind", "text", _("sale, return or adjustment; without it, a sale"))
_SIDES = (
    one("left", "list", _("numbers of identities, kept apart from those of `right`")),
    one("right", "list", _("the other side")),
)
GROUPS: tuple[Group, ...] = (
    Group(
        ("order.placed", "Order Completed", "Order Updated", "purchase", "$PayOrder", "PayOrder"),
        (
            _NUMBER,
            Property(TOTAL, "number text", _("what the whole order costs; without it, the sum of its products")),
            _CURRENCY,
            one("products", "list", _("its lines, each with `quantity` (1 where there is none) and `price`")),
            _SORT,
        ),
    ),
    Group(
        ("order.line",),
        (
            _NUMBER,
            one("quantity", "number text", _("how many, 1 where there is none; below zero: given back")),
            one("price", "number text", _("of one piece")),
            _CURRENCY,
            _KIND,
        ),
    ),
    Group(
        ("order.refunded", "Order Refunded"),
        (_NUMBER, Property(TOTAL, "number text", _("what was paid back; without it, the whole order")), _CURRENCY),
    ),
    Group(("Order Cancelled",), (_NUMBER, _CURRENCY)),
    Group(
        ("tag.added", "tag.removed"),
        (
            one("tag", "text", _("the tag")),
            one("dimension", "text", _("attribute, behaviour, state or preference; without it, attribute")),
            one("expires_at", "number", _("of tag.added: until when it is had, in µs since 1970")),
        ),
    ),
    Group(
        ("consent.given", "consent.withdrawn"),
        (
            one("channel", "text", _("over which channel: sms, email, wechat …")),
            one("purpose", "text", _("what for")),
            one("how", "text", _("how it was given")),
            one("proof", "text", _("where that can be seen")),
        ),
    ),
    Group(("person.grouped",), (one("group", "text", _("the company or team, kept as the trait `group_id`")),)),
    Group(
        ("person.merged",),
        (
            one("a", "list", _("an identity: kind, scope, value")),
            one("b", "list", _("the identity of the other person")),
            one("anchors", "list", _("numbers of identities that are joined with it")),
            one("lifts", "list", _("ids of the events that had kept them apart")),
        ),
    ),
    Group(
        ("person.unmerged",),
        (one("merges", "list", _("ids of the merges that are taken back")), *_SIDES),
    ),
    Group(("person.kept_apart",), _SIDES),
    Group(("person.reopened",), (one("decisions", "list", _("ids of the decisions that hold no more")),)),
    Group(
        ("arm.exposed",),
        (one("test", "number", _("the experiment")), one("arm", "text", _("the arm that was shown"))),
    ),
    Group(
        ("stage.changed",),
        (
            one("from", "text", _("the stage before")),
            one("to", "text", _("the stage now")),
            one("reason", "text", _("signal, order or silence")),
        ),
    ),
    Group(
        ("score.changed",),
        (
            one("from", "text", _("hot, nurture, watch or invalid, before")),
            one("to", "text", _("the same, now")),
            one("fit", "number", _("the fit, from 0 to 100")),
            one("engagement", "number", _("the engagement at that moment, from 0 to 100")),
            one("cause", "text", _("facts, time or handover")),
        ),
    ),
    Group(
        ("segment.entered", "segment.left"),
        (
            one("segment", "number", _("the number of the segment")),
            one("name", "text", _("what it was called then")),
            one("cause", "text", _("facts, time or member")),
        ),
    ),
    Group(
        ("handover.offered", "handover.accepted", "handover.rejected", "handover.won", "handover.lost"),
        (
            one("handover", "number", _("the number of the hand-over")),
            one("member", "number", _("the member who has it")),
            one("rule", "text", _("of handover.offered: the rule that assigned it")),
            one("due_at", "text", _("of handover.offered: until when it is to be accepted")),
            one("reason", "text", _("of handover.rejected and handover.lost: why")),
            one("amount", "text", _("of handover.won: what was won")),
            one("currency", "text", _("of handover.won: three letters by ISO 4217")),
        ),
    ),
    Group(
        ("survey.answered", "survey.completed", "survey.screened"),
        (
            one("survey", "number", _("the number of the survey")),
            one("version", "number", _("which version of it was answered")),
            one("response", "text", _("what stands for the response: the same in all events of it")),
            one("page", "number", _("the page that was sent, from 1")),
            one("answers", "object", _("all that was answered so far, by the keys of the questions")),
            one("quotas", "list", _("of survey.completed: the quotas that it counts for")),
            one("quota", "text", _("of survey.screened: the quota that was full")),
        ),
    ),
    Group(
        ("page.viewed",),
        (
            one("url", "text", _("the address of the page, by lianyi.js as all of these")),
            one("path", "text", _("its path")),
            one("title", "text", _("its title")),
            one("referrer", "text", _("the page that led here")),
            one("search", "text", _("what stands behind `?` in the address")),
        ),
    ),
    Group(("Page Dwelled",), (one("seconds", "number", _("how long the page was looked at, since it was last told")),)),
    Group(
        ("form.submitted",),
        (
            one("form", "number", _("the number of the form")),
            one("version", "number", _("which published version of it was filled in")),
            one("language", "text", _("in which language it was read")),
            one("answers", "object", _("the answers by the keys of their fields")),
            one("agreed", "object", _("the words that were agreed to, by the keys of their fields")),
            one("page", "text", _("where it was filled in, if not on its own page")),
            one("host", "text", _("the own domain that it was filled in at")),
            one("confirm", "text", _("the field with the address that is to be confirmed by mail")),
        ),
    ),
    Group(
        ("form.confirmed",),
        (
            one("form", "number", _("the number of the form")),
            one("version", "number", _("which published version of it was filled in")),
            one("submission", "text", _("the id of the event `form.submitted`")),
        ),
    ),
    Group(
        ("file.downloaded",),
        (
            one("form", "number", _("the number of the form")),
            one("file", "number", _("the number of the file among the media")),
            one("name", "text", _("its name")),
            one("submission", "text", _("the id of the event `form.submitted`")),
        ),
    ),
    Group(
        ("Form Submitted",),
        (
            one("form", "text", _("the name that the page gave the form")),
            one("fields", "object", _("the fields by their names")),
        ),
    ),
)


def rows() -> Iterator[tuple[str, Property]]:
    """Each group's events, before each of its properties."""
    for group in GROUPS:
        told = ", ".join(f"`{name}`" for name in group.events)
        for place, found in enumerate(group.properties):
            yield (told if place == 0 else ""), found
