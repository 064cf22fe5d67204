"""What a redirect needs of a link. No Django: the edge reads it, too.

Words of conditions: a country is ISO 3166 in capitals (CN), a region as the table of places calls it, a device phone,
tablet, desktop or other, a system one of SYSTEMS, a language BCP 47 (zh, zh-Hant).
"""

from typing import Literal, NamedTuple

import msgspec

Kind = Literal["link", "code", "wechat"]  # the last: a parametric QR of a WeChat official account
Device = Literal["phone", "tablet", "desktop", "other"]
KINDS: tuple[Kind, ...] = ("link", "code", "wechat")
DEVICES: tuple[Device, ...] = ("phone", "tablet", "desktop", "other")
SYSTEMS = ("ios", "android", "harmony", "windows", "macos", "linux", "other")
HOLDERS = ("", "staff", "partner", "creator", "stand", "shop")
EVENTS: dict[str, str] = {"link": "link.clicked", "code": "code.scanned", "wechat": "code.scanned"}
ANYWHERE = "code"  # the channel of a source of which a link says nothing but its code


class Conditions(NamedTuple):
    """To whom a route is open; an empty part asks for nothing."""

    countries: tuple[str, ...]
    regions: tuple[str, ...]
    devices: tuple[str, ...]
    systems: tuple[str, ...]
    languages: tuple[str, ...]


class Route(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A way to another target than the link's own. Among routes of the same conditions the weights decide."""

    target: str
    weight: int = 1
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def when(self) -> Conditions:
        """Its conditions, comparable with those of another."""
        return Conditions(self.countries, self.regions, self.devices, self.systems, self.languages)


class Link(msgspec.Struct, frozen=True):
    """A link, as far as whoever follows it is concerned. Moments are microseconds."""

    number: int
    workspace: int
    domain: str | None  # its host; None for the installation's own address
    slug: str
    kind: Kind
    target: str
    code: str
    channel: str
    medium: str
    campaign: str  # its key
    term: str
    content: str
    routes: tuple[Route, ...]
    ios: str  # an app's address, or ""
    android: str
    expires_at: int | None
    expired_target: str
    password: str  # its hash, or "": see `passwords`
    holder_kind: str
    holder: str
    archived_at: int | None
    account: str = ""  # of a WeChat code: the AppID of the account,
    scene: str = ""  # what WeChat tells it when the code is scanned,
    picture: str = ""  # and what its picture says, or "" while that is not known

    @property
    def source(self) -> tuple[str, str, str, str]:
        """Channel, medium, campaign, code: the source of an event. The channel is never empty."""
        return (self.channel or ANYWHERE, self.medium, self.campaign, self.code)

    @property
    def facts(self) -> dict[str, object]:
        """What events say of the link; what is unknown is left out."""
        said = {"link": self.number, "slug": self.slug, "holder_kind": self.holder_kind, "holder": self.holder}
        return {name: fact for name, fact in said.items() if fact}

    @property
    def event(self) -> str:
        """What following it is called."""
        return EVENTS[self.kind]

    def over(self, now: int) -> bool:
        """Whether it leads nowhere any more, or to `expired_target` where that is set: archived, or expired."""
        return self.archived_at is not None or (self.expires_at is not None and self.expires_at <= now)
