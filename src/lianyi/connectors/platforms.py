"""The platforms there are: an open set. A new one is a folder beside this file and a line here."""

from lianyi.connectors import wechat
from lianyi.connectors.port.platforms import Platform
from lianyi.kernel.errors import Refused

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (wechat.PLATFORM,)}


def platform_named(name: str) -> Platform:
    """The platform. Refuses an unknown one."""
    of = PLATFORMS.get(name)
    if of is None:
        known = sorted(PLATFORMS)
        raise Refused(
            "account.platform", "There is no platform {name!r}.", "Name one of {known}.", name=name, known=known
        )
    return of
