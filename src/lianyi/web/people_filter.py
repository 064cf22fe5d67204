"""What a list of people asks for: read from the address, and told as words above the list.

An address that says nonsense asks for less, never for more: a part that cannot be read is left out.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.people.profiles.schemas import Wanted
from lianyi.people.profiles.tags.facts import Dimension
from lianyi.web.asked import day_in
from lianyi.web.labels import KINDS, STAGES
from lianyi.web.segments.builder_words import STATES

COLUMNS: dict[str, Promise] = {
    "stage": _("Stage"),
    "score": _("Score"),
    "first_source": _("First source"),
    "last_source": _("Last source"),
    "tags": _("Tags"),
    "orders": _("Orders"),
    "spent": _("Spent"),
    "first_seen": _("First seen"),
    "last_seen": _("Last seen"),
}
USUAL = ("stage", "first_source", "last_source", "tags", "orders", "spent", "last_seen")
ORDERS: dict[str, Promise] = {"newest": _("Newest first"), "spent": _("Highest spending first")}
_MORE = (
    "state",
    "first",
    "last",
    "tag",
    "kind",
    "seen_from",
    "seen_to",
    "orders_from",
    "orders_to",
    "spent_from",
    "spent_to",
)
_FIELDS = ("q", "stage", *_MORE, "order")
_DAY_ZERO = date(1970, 1, 1)


class Filter(NamedTuple):
    """The filter, the words it was given in, and how many of the rarer fields are in use."""

    wanted: Wanted
    given: dict[str, str]

    @property
    def more(self) -> int:
        """How many of the fields beneath "more filters" are set."""
        return sum(1 for name in _MORE if self.given.get(name))

    @property
    def any(self) -> bool:
        """Whether it leaves anybody out."""
        return any(self.given.get(name) for name in (*_MORE, "q", "stage"))

    @property
    def query(self) -> str:
        """The filter as an address says it."""
        return urlencode({name: value for name, value in self.given.items() if value})


def filter_of(said: Mapping[str, str]) -> Filter:
    """The filter that an address or a form says."""
    given = {name: said.get(name, "").replace("\x00", "").strip()[:200] for name in _FIELDS}
    given["stage"] = given["stage"] if given["stage"] in STAGES else ""
    given["state"] = given["state"] if given["state"] in STATES else ""
    given["kind"] = given["kind"] if given["kind"] in KINDS else ""
    given["order"] = given["order"] if given["order"] in ORDERS else ""
    wanted = Wanted(
        text=given["q"],
        stage=given["stage"],
        first_source=given["first"],
        last_source=given["last"],
        tag=_tag(given["tag"]),
        kind=given["kind"],
        seen_from=_day(given["seen_from"]),
        seen_to=_day(given["seen_to"]),
        orders_from=_count(given["orders_from"]),
        orders_to=_count(given["orders_to"]),
        spent_from=_amount(given["spent_from"]),
        spent_to=_amount(given["spent_to"]),
        order=given["order"] or "newest",
        state=given["state"],
    )
    return Filter(wanted, given)


def _tag(text: str) -> tuple[str, str] | None:
    dimension, _colon, name = text.partition(":")
    return (dimension, name) if dimension in {one.value for one in Dimension} and name else None


def _day(text: str) -> int | None:
    day = day_in(text)
    return None if day is None else (day - _DAY_ZERO).days


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < 10**12 else None
