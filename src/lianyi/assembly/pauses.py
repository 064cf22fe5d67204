"""Telling the owners that intake is paused for want of room on the disk: once for each pause."""

import shutil

from django.conf import settings

from lianyi.foundation.notices.actions import ended, tell_owners_once
from lianyi.foundation.notices.schemas import Notice
from lianyi.kernel.clock import Clock

_MEGABYTE = 1_000_000


class Pauses:
    """What the worker saw last; the database knows whether it was told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paused: bool | None = None

    def see(self, *, room: bool) -> None:
        """Tells the owners when a pause begins, and notes when it ends."""
        if self._paused == (not room):
            return
        if room:
            ended(Notice.INTAKE_PAUSED, self._clock())
        else:
            place = settings.ENVIRONMENT
            values = {
                "free": shutil.disk_usage(place.home).free // _MEGABYTE,
                "least": place.min_free // _MEGABYTE,
            }
            tell_owners_once(Notice.INTAKE_PAUSED, values, self._clock())
        self._paused = not room
