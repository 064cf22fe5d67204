"""Periods that pages offer: whole days of the workspace's zone, today included."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianyi.kernel.clock import day_bounds

ALL = "all"
DEFAULT = "30"
PERIODS: dict[str, Promise] = {
    "7": _("7 days"),
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("1 year"),
    ALL: _("All time"),
}


class Period(NamedTuple):
    """[start, end), in the zone that is active; null: from the very beginning, and to the end of time."""

    name: str
    start: datetime | None
    end: datetime | None

    @property
    def key(self) -> str:
        """Tells it from others, also from the same one of yesterday."""
        return f"{self.start and self.start.isoformat()}/{self.end and self.end.isoformat()}"


def period_of(name: str) -> Period:
    """The period of this name; of any other the default one."""
    if name == ALL:
        return Period(ALL, None, None)
    days = int(name) if name in PERIODS else int(DEFAULT)
    today = timezone.localdate()
    zone = timezone.get_current_timezone()
    start, end = day_bounds(today - timedelta(days - 1), today, zone)
    return Period(str(days), start, end)
