"""Share packs: what the holders of a campaign's links get, and where they stand."""

from typing import Annotated

from django.conf import settings
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.link_shapes import HolderKind
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, RowId
from lianyi.campaigns.campaigns.queries import campaign_of
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.results.queries import standings
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.links.checking import LONGEST
from lianyi.links.packs import actions, queries
from lianyi.links.packs.opening import PATH, token_of
from lianyi.links.packs.schemas import LONGEST_TEXT, MOST_TEXTS, Holder, HolderLine, Pack

_section = Section("Share packs", "What staff, partners and creators get to bring a campaign among people.")
_PACK = {"texts": ["春季新品试用，名额有限：{link}"], "ranking": True}
_STANDING = {
    "holder_kind": "staff", "holder": "店员一", "clicks": 412, "people": 300, "registrations": 40, "orders": 12,
}  # fmt: skip
_ADDRESS = {
    "holder_kind": "staff", "holder": "店员一", "address": "https://lianyi.example.com/share/eyJ…", "hidden": False,
}  # fmt: skip


class PackTold(Body):
    """The pack of a campaign. In a text, {link} stands for the address of the holder's first link."""

    texts: list[Annotated[str, Field(max_length=LONGEST_TEXT)]] = Field(max_length=MOST_TEXTS)
    ranking: bool = Field(True, description="Whether holders see where they stand among one another.")


class PackShown(BaseModel):
    """The pack of a campaign."""

    texts: list[str]
    ranking: bool


class HolderTold(Body):
    """Whose address."""

    holder_kind: HolderKind = ""
    holder: str = Field("", max_length=LONGEST)


class HolderStanding(BaseModel):
    """What the codes of a holder brought. Registrations are people; clicks and orders are times."""

    holder_kind: str
    holder: str
    clicks: int
    people: int
    registrations: int
    orders: int


class Ranking(BaseModel):
    """The holders, those whose codes were scanned most often first."""

    items: list[HolderStanding]
    left_out: int = Field(description="How many more there are than were asked for.")


class HolderAddress(BaseModel):
    """The page of a holder: whoever has the address sees it."""

    holder_kind: str
    holder: str
    address: str
    hidden: bool = Field(description="They do not wish to be named to the others.")


class Addresses(BaseModel):
    """The pages of the holders."""

    items: list[HolderAddress]
    left_out: int = Field(description="How many more there are than were asked for.")


class MostHolders(BaseModel):
    """How many holders."""

    limit: int = Field(100, ge=1, le=10_000)


@_section.get("/campaigns/{campaign}/pack", Ability.SEE_REPORTS, answers=PackShown, example=_PACK)
def get_share_pack(request: Request, campaign: RowId) -> PackShown:
    """Shows the share pack of a campaign. Before the first was made it is empty."""
    workspace = workspace_of(request)
    campaign_of(workspace, campaign)
    pack = queries.pack_of(workspace, campaign)
    return _shown(pack) if pack else PackShown(texts=[], ranking=True)


@_section.put("/campaigns/{campaign}/pack", Ability.EDIT_CAMPAIGNS, answers=PackShown, example=_PACK, body=_PACK)
def put_share_pack(request: Request, campaign: RowId, body: PackTold) -> PackShown:
    """Makes the share pack of a campaign, or changes it. With it the holders have their pages."""
    return _shown(actions.save_pack(workspace_of(request), campaign, body.texts, system_clock(), ranking=body.ranking))


@_section.get("/campaigns/{campaign}/holders", Ability.SEE_REPORTS, answers=Ranking,
              example={"items": [_STANDING], "left_out": 0})  # fmt: skip
def list_campaign_holders(request: Request, campaign: RowId, asked: Query[MostHolders]) -> Ranking:
    """Ranks the holders of a campaign's links: by clicks and scans, then by people, registrations and orders."""
    workspace = workspace_of(request)
    found = standings(workspace, campaign_of(workspace, campaign).key, queries.holders(workspace, campaign))
    items = [
        HolderStanding(
            holder_kind=one.holder.kind, holder=one.holder.name, clicks=one.scans, people=one.people,
            registrations=one.registrations, orders=one.orders,
        )
        for one in found[: asked.limit]
    ]  # fmt: skip
    return Ranking(items=items, left_out=max(0, len(found) - asked.limit))


@_section.get("/campaigns/{campaign}/addresses", Ability.EDIT_CAMPAIGNS, answers=Addresses,
              example={"items": [_ADDRESS], "left_out": 0})  # fmt: skip
def list_share_addresses(request: Request, campaign: RowId, asked: Query[MostHolders]) -> Addresses:
    """Lists the page of each holder. Before the share pack was made there are none."""
    workspace = workspace_of(request)
    campaign_of(workspace, campaign)
    pack = queries.pack_of(workspace, campaign)
    lines = queries.holders(workspace, campaign) if pack else []
    items = [_address(pack, line) for line in lines[: asked.limit] if pack]
    return Addresses(items=items, left_out=max(0, len(lines) - asked.limit))


@_section.post("/campaigns/{campaign}/addresses/renew", Ability.EDIT_CAMPAIGNS, answers=HolderAddress,
               example=_ADDRESS, body={"holder_kind": "staff", "holder": "店员一"})  # fmt: skip
def renew_share_address(request: Request, campaign: RowId, body: HolderTold) -> HolderAddress:
    """Makes the address of a holder anew. The one before leads nowhere."""
    workspace = workspace_of(request)
    campaign_of(workspace, campaign)
    pack = queries.pack_of(workspace, campaign)
    if pack is None:
        raise Refused("pack.none", "This campaign has no share pack.", "Make it first.")
    return _address(pack, actions.renew_address(workspace, campaign, Holder(body.holder_kind, body.holder)))


def _shown(pack: Pack) -> PackShown:
    return PackShown(texts=list(pack.texts), ranking=pack.ranking)


def _address(pack: Pack, line: HolderLine) -> HolderAddress:
    address = f"{settings.ENVIRONMENT.url.rstrip('/')}{PATH}{token_of(settings.SECRET_KEY.encode(), pack, line)}"
    return HolderAddress(holder_kind=line.holder.kind, holder=line.holder.name, address=address, hidden=line.hidden)
