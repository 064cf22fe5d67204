"""A gathering as a calendar file, by which a phone reminds people. No Django here.

Its UID stays the same for ever and its SEQUENCE grows with each version and when it is called off, so that a second
file changes the entry of the first, or takes it away. Times are in the gathering's own zone, whose rules come along.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from lianyi.growth.gatherings.schemas import Definition
from lianyi.kernel.clock import from_micros
from lianyi.kernel.ids import digest

MEDIA_TYPE = "text/calendar; charset=utf-8"


def calendar_file(
    workspace: int, gathering: int, version: int, published_at: int, definition: Definition, language: str,
    address: str, *, seated: bool, called_off: bool = False,
) -> bytes:  # fmt: skip
    """The file; `address` is that of the page or of the ticket. Only who is seated learns where it is joined. One that
    is called off takes its entry back.
    """
    import icalendar

    zone = ZoneInfo(definition.zone)
    entry = icalendar.Event()
    entry.add("uid", f"{digest('gathering', str(workspace), str(gathering)).hex()}@lianyi")
    entry.add("sequence", version if called_off else version - 1)
    entry.add("dtstamp", from_micros(published_at))
    entry.add("dtstart", datetime.fromisoformat(definition.starts).replace(tzinfo=zone))
    entry.add("dtend", datetime.fromisoformat(definition.ends).replace(tzinfo=zone))
    entry.add("summary", definition.title.told(language))
    entry.add("status", "CANCELLED" if called_off else "CONFIRMED")
    place = definition.place.told(language).replace("\n", ", ")
    online = definition.online if seated else ""
    if place or online:
        entry.add("location", place or online)
    said = [definition.about.told(language), online, address]
    entry.add("description", "\n\n".join(one for one in said if one))
    entry.add("url", online or address)
    found = icalendar.Calendar()
    found.add("prodid", "-//Lianyi//Gatherings//EN")
    found.add("version", "2.0")
    found.add("method", "CANCEL" if called_off else "PUBLISH")
    found.add_component(entry)
    found.add_missing_timezones()
    return bytes(found.to_ical())
