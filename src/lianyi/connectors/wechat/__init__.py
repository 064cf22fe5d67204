"""The WeChat official account 微信公众号: so far what its server pushes to us. README.md has the documented facts."""

from lianyi.connectors.wechat.platform import PLATFORM

__all__ = ["PLATFORM"]
