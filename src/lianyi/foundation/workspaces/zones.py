"""The time zones that there are. Python finds them by walking a folder of files, so it is asked once."""

from functools import cache
from zoneinfo import available_timezones

from lianyi.kernel.errors import Refused


@cache
def zone_names() -> frozenset[str]:
    """The IANA name of every zone."""
    return frozenset(available_timezones())


def check_zone(zone: str) -> None:
    """Refuses what is no time zone."""
    if zone not in zone_names():
        raise Refused(
            "workspace.zone", "{zone!r} is no time zone.", "Write an IANA name such as Asia/Shanghai.", zone=zone
        )
