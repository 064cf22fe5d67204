"""Which events of a person's timeline are asked for: by a part of the name, by kind, and from one day to another."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.events.catalogue.words import EVENTS
from lianyi.kernel.clock import to_micros
from lianyi.people.timeline.schemas import Moment, Place

WHAT: dict[str, Promise] = {
    "visits": _("Visits"),
    "orders": _("Orders"),
    "profile": _("Changes of the profile"),
    "other": _("Everything else"),
}
_BEGINNINGS = {
    "visits": ("page.", "screen.", "$pageview", "$AppStart", "$AppEnd", "Product Viewed", "Product List Viewed"),
    "orders": ("order.", "Order "),
    "profile": ("person.", "tag.", "consent.", "stage."),
}


class Asked(NamedTuple):
    """A filter of a timeline; moments in µs. `until` is the first moment that is too late."""

    name: str
    what: str
    since: int | None
    until: int | None
    said: str  # as an address says it

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Asked":
        """What an address asks for; what cannot be read is left out."""
        given = {field: said.get(field, "").strip()[:100] for field in ("name", "what", "since", "until")}
        given["what"] = given["what"] if given["what"] in WHAT else ""
        until = _start(given["until"], days=1)
        query = urlencode({field: value for field, value in given.items() if value})
        return cls(given["name"].casefold(), given["what"], _start(given["since"]), until, query)

    @property
    def any(self) -> bool:
        """Whether it leaves anything out that is not simply later."""
        return bool(self.name or self.what or self.since is not None)

    @property
    def beginning(self) -> Place | None:
        """Where the timeline begins: behind all that is too late."""
        return Place(self.until, 0, 0) if self.until is not None else None

    def fits(self, one: Moment) -> bool:
        """Whether the event is asked for."""
        if self.since is not None and one.occurred_at < self.since:
            return False
        if self.what and self.what != _what(one.name):
            return False
        words = str(EVENTS.get(one.name, "")).casefold()
        return not self.name or self.name in one.name.casefold() or self.name in words


def _what(name: str) -> str:
    return next((what for what, beginnings in _BEGINNINGS.items() if name.startswith(beginnings)), "other")


def _start(text: str, *, days: int = 0) -> int | None:
    try:
        day = date.fromisoformat(text) + timedelta(days)
        return to_micros(datetime.combine(day, time(), timezone.get_current_timezone()))
    except (ValueError, OverflowError):
        return None
