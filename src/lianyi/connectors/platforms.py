"""The platforms there are: an open set. A new one is a folder beside this file and a line here."""

from lianyi.connectors import wechat
from lianyi.connectors.port.platforms import Platform

PLATFORMS: dict[str, Platform] = {platform.name: platform for platform in (wechat.PLATFORM,)}
