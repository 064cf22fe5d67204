"""When a gathering is, in words. No Django here."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_gmt, get_timezone_name

from lianyi.growth.gatherings.schemas import Definition
from lianyi.kernel.clock import from_micros

_DAY = {"zh": "y年M月d日 EEEE", "en": "EEEE, d MMMM y"}
_SHORT = {"zh": "M月d日 HH:mm", "en": "d MMM, HH:mm"}
_LOCALE = {"zh": "zh_Hans_CN", "en": "en_GB"}


def when(definition: Definition, language: str) -> str:
    """From when until when, with the zone: nobody who reads it elsewhere comes at another hour."""
    zone = ZoneInfo(definition.zone)
    starts, ends = (datetime.fromisoformat(one).replace(tzinfo=zone) for one in (definition.starts, definition.ends))
    locale = _LOCALE[_plain(language)]
    day = _DAY[_plain(language)]
    until = "HH:mm" if starts.date() == ends.date() else f"{day} HH:mm"
    name, offset = get_timezone_name(starts, locale=locale), get_timezone_gmt(starts, "long", locale="en")
    name = offset if name == offset else f"{name}，{offset}" if _plain(language) == "zh" else f"{name}, {offset}"
    bracket = f"（{name}）" if _plain(language) == "zh" else f" ({name})"
    return (
        f"{format_datetime(starts, f'{day} HH:mm', locale=locale)} – "
        f"{format_datetime(ends, until, locale=locale)}{bracket}"
    )


def moment(at: int, definition: Definition, language: str) -> str:
    """A moment (µs) in the gathering's zone."""
    local = from_micros(at).astimezone(ZoneInfo(definition.zone))
    return format_datetime(local, _SHORT[_plain(language)], locale=_LOCALE[_plain(language)])


def _plain(language: str) -> str:
    return "zh" if language.lower().startswith("zh") else "en"
