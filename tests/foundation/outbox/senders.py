"""Senders for tests: what they sent is a line in a file, which outlives the process."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from lianyi.foundation.outbox.schemas import Parcel

Happening = Callable[[Parcel], None]


class Folder:
    """Appends the key of each parcel to a file; before and after that it does as told."""

    kind = "note"

    def __init__(
        self, place: Path, *, safe: bool = False, before: Happening | None = None, after: Happening | None = None
    ) -> None:
        self.place = place
        self.repeat_is_safe = safe
        self._before, self._after = before, after

    def send(self, parcel: Parcel, now: datetime) -> str:
        if self._before:
            self._before(parcel)
        with self.place.open("a") as file:
            file.write(f"{parcel.key}\n")
        if self._after:
            self._after(parcel)
        return f"receipt {parcel.key}"

    @property
    def sent(self) -> list[str]:
        return self.place.read_text().splitlines() if self.place.exists() else []


class Searchable(Folder):
    """One that can tell afterwards."""

    def find(self, parcel: Parcel, now: datetime) -> str | None:
        return f"found {parcel.key}" if parcel.key in self.sent else None
