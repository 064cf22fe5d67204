"""Campaigns, which group links, pages, forms and gatherings."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Day, Page, Paging, RowId, moment
from lianyi.campaigns.campaigns import actions, queries
from lianyi.campaigns.campaigns.schemas import LONGEST, LONGEST_KEY, LONGEST_NOTE, CampaignLine, Draft
from lianyi.foundation.access.schemas import Ability
from lianyi.kernel.clock import from_micros, system_clock

_section = Section("Campaigns", "What groups links, pages, forms and gatherings that want one thing.")
_BODY = {"key": "spring-2026", "name": "Spring", "begins_on": "2026-03-01", "ends_on": "2026-03-31", "note": ""}
_ONE = {"id": 3, **_BODY, "created_at": "2026-01-31T08:00:00Z", "archived_at": None}


class CampaignShown(BaseModel):
    """A campaign. Its last day belongs to it."""

    id: int
    key: str
    name: str
    begins_on: date | None
    ends_on: date | None
    note: str
    created_at: datetime
    archived_at: datetime | None


class CampaignTold(Body):
    """What a campaign is to be. The key becomes utm_campaign, and stays."""

    key: str = Field(min_length=1, max_length=LONGEST_KEY)
    name: str = Field(min_length=1, max_length=LONGEST)
    begins_on: Day | None = None
    ends_on: Day | None = None
    note: str = Field("", max_length=LONGEST_NOTE)


class CampaignFilter(Paging):
    """Which campaigns."""

    words: Annotated[str, Field(max_length=200, description="In its name or key.")] = ""
    archived: Literal["no", "yes", "all"] = "no"


@_section.get("/campaigns", Ability.SEE_REPORTS, answers=Page[CampaignShown], example={"items": [_ONE], "next": None})
def list_campaigns(request: Request, asked: Query[CampaignFilter]) -> Page[CampaignShown]:
    """Lists the campaigns. The newest come first."""
    place = place_in(request, asked.cursor)
    rows = queries.campaigns(
        workspace_of(request),
        asked.limit + 1,
        before=place[0] if place else None,
        words=asked.words.replace("\x00", ""),
        archived=asked.archived,
    )
    return page_of(request, rows, asked.limit, lambda one: [one.id], _shown)


@_section.post("/campaigns", Ability.EDIT_CAMPAIGNS, answers=CampaignShown, status=201, example=_ONE, body=_BODY,
               conflicts=True)  # fmt: skip
def make_campaign(request: Request, body: CampaignTold) -> CampaignShown:
    """Makes a campaign."""
    return _shown(actions.create_campaign(workspace_of(request), _draft(body), system_clock()))


@_section.get("/campaigns/{campaign}", Ability.SEE_REPORTS, answers=CampaignShown, example=_ONE)
def get_campaign(request: Request, campaign: RowId) -> CampaignShown:
    """Shows a campaign."""
    return _shown(queries.campaign_of(workspace_of(request), campaign))


@_section.put("/campaigns/{campaign}", Ability.EDIT_CAMPAIGNS, answers=CampaignShown, example=_ONE, body=_BODY,
              conflicts=True)  # fmt: skip
def put_campaign(request: Request, campaign: RowId, body: CampaignTold) -> CampaignShown:
    """Changes a campaign. Its key stays."""
    return _shown(actions.change_campaign(workspace_of(request), campaign, _draft(body)))


@_section.post("/campaigns/{campaign}/archive", Ability.EDIT_CAMPAIGNS, answers=CampaignShown,
               example={**_ONE, "archived_at": "2026-04-01T08:00:00Z"})  # fmt: skip
def archive_campaign(request: Request, campaign: RowId) -> CampaignShown:
    """Archives a campaign. Its links go on."""
    return _shown(actions.archive_campaign(workspace_of(request), campaign, system_clock()))


@_section.post("/campaigns/{campaign}/restore", Ability.EDIT_CAMPAIGNS, answers=CampaignShown, example=_ONE)
def restore_campaign(request: Request, campaign: RowId) -> CampaignShown:
    """Puts an archived campaign into use again."""
    return _shown(actions.restore_campaign(workspace_of(request), campaign))


def _draft(body: CampaignTold) -> Draft:
    return Draft(body.name, body.key, body.begins_on, body.ends_on, body.note)


def _shown(one: CampaignLine) -> CampaignShown:
    said = {**one._asdict(), "created_at": from_micros(one.created_at), "archived_at": moment(one.archived_at)}
    return CampaignShown.model_validate(said)
