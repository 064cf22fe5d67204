"""Shapes of links and of their templates."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from pydantic import BaseModel, Field

from lianyi.api.shapes import Body, Moment, Paging, Whole, moment
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.links.checking import LONGEST, LONGEST_SLUG, LONGEST_TARGET
from lianyi.links.drafts import HEAVIEST, MOST_ROUTES, Draft, LinkLine
from lianyi.links.passwords import LONGEST as LONGEST_PASSWORD
from lianyi.links.scenes import LONGEST_PICTURE, LONGEST_SCENE
from lianyi.links.schemas import Route

Part = Annotated[str, Field(max_length=LONGEST)]
Target = Annotated[str, Field(max_length=LONGEST_TARGET)]
KindOf = Literal["link", "code", "wechat"]
HolderKind = Literal["", "staff", "partner", "creator", "stand", "shop"]
_Values = Annotated[list[Annotated[str, Field(min_length=1, max_length=LONGEST)]], Field(max_length=50)]


class RouteOf(Body):
    """Another target, for whom all of its conditions hold; an empty one asks for nothing."""

    target: str = Field(min_length=1, max_length=LONGEST_TARGET)
    weight: Annotated[int, Field(ge=0, le=HEAVIEST), Whole] = 1
    countries: _Values = Field([], description="ISO 3166, such as CN.")
    regions: _Values = []
    devices: list[Literal["phone", "tablet", "desktop", "other"]] = Field([], max_length=4)
    systems: list[Literal["ios", "android", "harmony", "windows", "macos", "linux", "other"]] = Field([], max_length=7)
    languages: _Values = Field([], description="BCP 47; zh is spoken by zh-Hant, too.")


class LinkTold(Body):
    """What a link is to be. Of many parts a link needs none; a slug is made where none is given. A WeChat code has
    account, scene and picture in the place of an address and a target.
    """

    target: str = Field("", max_length=LONGEST_TARGET, description="Where it leads; of a WeChat code nowhere.")
    kind: KindOf = "link"
    name: Part = ""
    domain: str = Field("", max_length=253, description="The host of an own domain; empty for the installation's.")
    slug: str = Field("", max_length=LONGEST_SLUG)
    code: str = Field("", max_length=LONGEST, description="The code of the source; the slug where it is empty.")
    channel: Part = ""
    medium: Part = ""
    campaign: str = Field("", max_length=LONGEST, description="The key of a campaign.")
    term: Part = ""
    content: Part = ""
    routes: list[RouteOf] = Field([], max_length=MOST_ROUTES)
    ios: Target = Field("", description="An app's address on iOS.")
    android: Target = Field("", description="An app's address on Android and HarmonyOS.")
    expires_at: Moment | None = None
    expired_target: Target = ""
    password: str | None = Field(
        None, max_length=LONGEST_PASSWORD, description="null keeps what there is; an empty one takes it away."
    )
    holder_kind: HolderKind = ""
    holder: Part = ""
    account: str = Field("", max_length=64, description="Of a WeChat code: the AppID of a connected account.")
    scene: str = Field("", max_length=LONGEST_SCENE, description="Of a WeChat code: its scene.")
    picture: str = Field("", max_length=LONGEST_PICTURE, description="What WeChat gave as `url` with the ticket.")

    def draft(self) -> Draft:
        """The same as rooms know it."""
        said = self.model_dump()
        said["expires_at"] = None if self.expires_at is None else to_micros(self.expires_at)
        return Draft(**{**said, "routes": tuple(msgspec.convert(one, Route) for one in said["routes"])})


class LinkShown(BaseModel):
    """A link as it stands."""

    id: int
    address: str
    kind: KindOf
    name: str
    domain: str
    slug: str
    code: str
    target: str
    channel: str
    medium: str
    campaign: str
    term: str
    content: str
    routes: list[RouteOf]
    ios: str
    android: str
    expires_at: datetime | None
    expired_target: str
    password: bool = Field(description="Whether one is asked for.")
    holder_kind: str
    holder: str
    account: str
    scene: str
    picture: str
    created_at: datetime
    archived_at: datetime | None


class LinkFilter(Paging):
    """Which links."""

    words: Annotated[str, Field(max_length=200, description="In name, slug, code, holder or target.")] = ""
    kind: Literal["", "link", "code", "wechat"] = ""
    campaign: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    holder_kind: HolderKind = ""
    archived: Literal["no", "yes", "all"] = "no"


class Made(BaseModel):
    """How many links were made."""

    made: int


class TemplateTold(Body):
    """What links made by a template say of their source."""

    name: str = Field(min_length=1, max_length=LONGEST)
    channel: Part = ""
    medium: Part = ""
    campaign: Part = ""
    term: Part = ""
    content: Part = ""


class TemplateShown(TemplateTold):
    """A template."""

    id: int


class Templates(BaseModel):
    """The templates by name."""

    items: list[TemplateShown]


def shown(line: LinkLine) -> LinkShown:
    """The link as answers have it."""
    link = line.link
    said: dict[str, Any] = {name: getattr(link, name) for name in link.__struct_fields__}
    said |= {
        "id": link.number,
        "address": line.address(settings.ENVIRONMENT.url),
        "name": line.name,
        "domain": link.domain or "",
        "routes": [RouteOf.model_validate({**msgspec.structs.asdict(one), **_lists(one)}) for one in link.routes],
        "expires_at": moment(link.expires_at),
        "password": bool(link.password),
        "created_at": from_micros(line.created_at),
        "archived_at": moment(link.archived_at),
    }
    return LinkShown.model_validate(said)


def _lists(route: Route) -> dict[str, list[str]]:
    return {name: list(values) for name, values in route.when._asdict().items()}
