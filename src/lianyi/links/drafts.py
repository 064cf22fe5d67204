"""What a link is to be, as a member, a program or a file says it, and how a link is listed. No Django."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.links.checking import LONGEST, Ours, checked_app, checked_part, checked_slug, checked_target
from lianyi.links.scenes import checked_account, checked_picture, checked_scene
from lianyi.links.schemas import DEVICES, HOLDERS, KINDS, SYSTEMS, Link, Route

MOST_ROUTES = 20
HEAVIEST = 1_000
_MOST_VALUES = 50  # of one condition
_NOWHERE: dict[str, Any] = {
    **dict.fromkeys(("target", "slug", "domain", "term", "content", "ios", "android", "expired_target"), ""),
    "routes": (),
    "expires_at": None,
    "password": None,
}


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Empty parts are left to Lianyi: a slug is made, and the code is the slug. A domain is named by its host, a
    campaign by its key. Of a password None keeps what there is, and "" takes it away. A WeChat code has an account, a
    scene and a picture in the place of an address and a target, and its code is the scene.
    """

    target: str = ""
    kind: str = "link"
    name: str = ""
    domain: str = ""
    slug: str = ""
    code: str = ""
    channel: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    routes: tuple[Route, ...] = ()
    ios: str = ""
    android: str = ""
    expires_at: int | None = None
    expired_target: str = ""
    password: str | None = None
    holder_kind: str = ""
    holder: str = ""
    member: int | None = None
    account: str = ""
    scene: str = ""
    picture: str = ""

    def check(self, ours: Ours) -> "Draft":
        """The same, cleaned. Refuses what a link may not be; whether domain, campaign and slug are free is the
        store's to say.
        """
        if self.kind not in KINDS:
            raise Refused("link.kind", "{kind!r} is none of {known}.", "Write one of them.",
                          kind=self.kind[:40], known=list(KINDS))  # fmt: skip
        if self.holder_kind not in HOLDERS:
            raise Refused(
                "link.holder_kind", "{kind!r} is no kind of holder.", "Write one of: {known}.",
                kind=self.holder_kind[:40], known=[one for one in HOLDERS if one],
            )  # fmt: skip
        said = {name: checked_part(getattr(self, name)) for name in ("name", "code", "term", "content", "holder")}
        source = {name: checked_part(getattr(self, name)).lower() for name in ("channel", "medium", "campaign")}
        plain = msgspec.structs.replace(self, **said, **source)  # small letters, as a source is read off an address
        return plain._of_wechat(ours) if self.kind == "wechat" else plain._leading(ours)

    def _leading(self, ours: Ours) -> "Draft":
        """Of a link that leads to a target."""
        if self.account.strip() or self.scene.strip() or self.picture.strip():
            raise Refused(
                "link.no_scene", "Only a WeChat code has an account, a scene and a picture.", "Leave them out.",
            )  # fmt: skip
        return msgspec.structs.replace(
            self,
            slug=checked_slug(self.slug) if self.slug.strip() else "",
            domain=self.domain.strip().lower(),
            target=checked_target(self.target, ours),
            routes=tuple(_route(number, one, ours) for number, one in enumerate(_few(self.routes), 1)),
            ios=checked_app(self.ios, ours),
            android=checked_app(self.android, ours),
            expired_target=checked_target(self.expired_target, ours) if self.expired_target.strip() else "",
        )

    def _of_wechat(self, ours: Ours) -> "Draft":
        """Of a code that leads into WeChat: whatever is about an address is dropped."""
        scene = checked_scene(self.scene)
        return msgspec.structs.replace(
            self,
            account=checked_account(self.account, ours.accounts),
            scene=scene,
            picture=checked_picture(self.picture),
            code=self.code or scene,
            channel=self.channel or "wechat",
            **_NOWHERE,
        )


class LinkFile(NamedTuple):
    """What a file says of links: the rows as it numbers them, the draft of each, and those that could not be read."""

    rows: Sequence[int]
    drafts: Sequence[Draft]
    faults: Sequence[tuple[int, Refused]]


class LinkLine(NamedTuple):
    """A link as members see it. Moments are microseconds."""

    link: Link
    name: str
    created_at: int
    member: int | None
    campaign_name: str

    @property
    def id(self) -> int:
        """Its number."""
        return self.link.number

    @property
    def path(self) -> str:
        """Its address behind the host."""
        return f"/{self.link.slug}" if self.link.domain else f"/l/{self.link.slug}"

    def address(self, installation: str) -> str:
        """Its address, which its code says; `installation` is that of the installation. Of a WeChat code it is what the
        picture says, "" while that is not known.
        """
        if self.link.kind == "wechat":
            return self.link.picture
        return (f"https://{self.link.domain}" if self.link.domain else installation.rstrip("/")) + self.path


class Template(NamedTuple):
    """A named set of what a link says of its source."""

    id: int
    name: str
    channel: str
    medium: str
    campaign: str
    term: str
    content: str


def _few(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    if len(routes) > MOST_ROUTES:
        raise Refused("link.routes", "A link has {most} routes at most.", "Leave some out.", most=MOST_ROUTES)
    return routes


def _route(number: int, route: Route, ours: Ours) -> Route:
    try:
        target = checked_target(route.target, ours)
    except Refused as refused:
        raise _wrong(number, refused.code, refused.sentence, refused.next_step) from None
    if not 0 <= route.weight <= HEAVIEST:
        raise _wrong(number, "link.route", Sentence("a weight is from 0 to {most}.", most=HEAVIEST))
    for values, known in ((route.devices, DEVICES), (route.systems, SYSTEMS)):
        strange = [one for one in values if one not in known]
        if strange:
            raise _wrong(number, "link.route", Sentence("{strange} is none of {known}.", strange=strange[:5],
                                                        known=list(known)))  # fmt: skip
    if any(len(one) != 2 or not one.isalpha() for one in route.countries):
        raise _wrong(number, "link.route", Sentence("a country is two letters, such as CN."))
    if any(len(values) > _MOST_VALUES or any(not 0 < len(one) <= LONGEST for one in values) for values in route.when):
        raise _wrong(number, "link.route", Sentence("its conditions are too many or too long."))
    return msgspec.structs.replace(route, target=target, countries=tuple(one.upper() for one in route.countries))


def _wrong(number: int, code: str, reason: Sentence, step: Sentence | str = "") -> Refused:
    return Refused(code, Sentence("Route {number}: {reason}", number=number, reason=reason), step)
