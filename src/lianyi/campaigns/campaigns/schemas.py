"""A campaign, in and out."""

import re
from datetime import date
from typing import NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.text import clean

LONGEST = 200  # characters of a name
LONGEST_NOTE = 2_000
LONGEST_KEY = 64
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?")


class Draft(NamedTuple):
    """What a campaign is to be. Its last day belongs to it; without days it has no beginning, or no end."""

    name: str
    key: str
    begins_on: date | None = None
    ends_on: date | None = None
    note: str = ""

    def check(self) -> "Draft":
        """The same, cleaned. Refuses what means nothing."""
        name, key, note = clean(self.name), self.key.strip().lower(), self.note.strip()
        if not 0 < len(name) <= LONGEST:
            raise Refused("campaign.name", "A campaign has a name of 1 to {most} characters.", most=LONGEST)
        if not _KEY.fullmatch(key):
            raise Refused(
                "campaign.key",
                "{key!r} is no key of a campaign.",
                "Use up to {most} letters a to z, digits, -, _ and dots, as in spring-2026.",
                key=self.key[:100],
                most=LONGEST_KEY,
            )
        if self.begins_on and self.ends_on and self.ends_on < self.begins_on:
            raise Refused("campaign.days", "The campaign ends before it begins.", "Swap the two days.")
        if len(note) > LONGEST_NOTE or "\x00" in note:
            raise Refused("campaign.note", "The note has more than {most:,} characters.", "Shorten it.",
                          most=LONGEST_NOTE)  # fmt: skip
        return Draft(name, key, self.begins_on, self.ends_on, note)


class CampaignLine(NamedTuple):
    """A campaign as it is kept. Moments are microseconds."""

    id: int
    key: str
    name: str
    begins_on: date | None
    ends_on: date | None
    note: str
    created_at: int
    archived_at: int | None
