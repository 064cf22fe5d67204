"""What sources cost, line by line or by file, and what that brought."""

from datetime import date
from typing import Annotated, Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import OCTETS, Request, Section, workspace_of
from lianyi.api.problems import Unserved
from lianyi.api.shapes import Body, Day, DaysAsked, Page, Paging, RowId
from lianyi.campaigns.spend import actions
from lianyi.campaigns.spend.queries import cost_by_source, every_line, spend_line, spend_lines
from lianyi.campaigns.spend.reading import as_file
from lianyi.campaigns.spend.schemas import LONGEST, LONGEST_NOTE, Recorded, Spend, SpendLine
from lianyi.events.schemas import Source
from lianyi.foundation.access.schemas import Ability
from lianyi.insight.newcomers.queries import came_by_source
from lianyi.insight.returns.queries import Return, returns
from lianyi.kernel.clock import day_bounds
from lianyi.kernel.errors import Refused
from lianyi.kernel.money import parse_amount, plain

_section = Section("Spend", "What sources cost, line by line or by file, and the people whom that brought.")
_MOST_RETURNS = 1_000
_LINE = {
    "channel": "wechat",
    "medium": "social",
    "campaign": "spring",
    "code": "",
    "first_on": "2026-01-01",
    "last_on": "2026-01-31",
    "amount": "310.5",
    "currency": "CNY",
    "note": "",
}
_KEPT = {"id": 4, **_LINE}
_COUNTED = {"new": 1, "same": 0}
_RETURN = {
    "source": {"channel": "wechat", "medium": "", "campaign": "", "code": ""},
    "costs": [{"amount": "310.5", "currency": "CNY"}],
    "people": 12,
    "orders": 4,
    "spent": "980",
}
Part = Annotated[str, Field(max_length=LONGEST)]


class SpendShown(BaseModel):
    """What a source cost from one day to another, both included."""

    id: int
    channel: str
    medium: str
    campaign: str
    code: str
    first_on: date
    last_on: date
    amount: str
    currency: str
    note: str


class SpendTold(Body):
    """A line of spend. Without `last_on` it is about one day, without `currency` in the workspace's."""

    channel: str = Field(min_length=1, max_length=LONGEST)
    medium: Part = ""
    campaign: Part = ""
    code: Part = ""
    first_on: Day
    last_on: Day | None = None
    amount: str = Field(min_length=1, max_length=40, description="With a decimal point: 1234.5")
    currency: str = Field("", max_length=3, description="ISO 4217.")
    note: str = Field("", max_length=LONGEST_NOTE)


class LinesTold(Body):
    """Lines to keep: all of them or, when one is refused, none."""

    lines: list[SpendTold] = Field(min_length=1, max_length=1_000)


class Counted(BaseModel):
    """How many lines were new, and how many were there already."""

    new: int
    same: int


class SourceOf(BaseModel):
    """A source, as far as a line of spend names it."""

    channel: str
    medium: str
    campaign: str
    code: str


class Cost(BaseModel):
    """An amount in one currency."""

    amount: str
    currency: str


class ReturnShown(BaseModel):
    """What a source cost, the new people who came by it, and what they bought since, in the workspace's currency."""

    source: SourceOf | None = Field(description="null: of people whose source nobody knows.")
    costs: list[Cost]
    people: int
    orders: int
    spent: str


class Returns(BaseModel):
    """The sources that cost something, the dearest first, then the others, those with most people first."""

    items: list[ReturnShown]


class SpendFileName(BaseModel):
    """What the file is called; its ending may say what it is."""

    name: str = Field("spend.csv", min_length=1, max_length=255)


@_section.get("/spend", Ability.SEE_REPORTS, answers=Page[SpendShown], example={"items": [_KEPT], "next": None})
def list_spend(request: Request, paging: Query[Paging]) -> Page[SpendShown]:
    """Lists the lines of spend. The newest come first."""
    place = place_in(request, paging.cursor)
    rows = spend_lines(workspace_of(request), paging.limit + 1, place[0] if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.id], _shown)


@_section.post("/spend", Ability.EDIT_SPEND, answers=Counted, example=_COUNTED, body={"lines": [_LINE]}, status=201)
def record_spend(request: Request, body: LinesTold) -> Counted:
    """Keeps lines of spend. One that is there already stays as it is."""
    lines = [_line(request, one) for one in body.lines]
    return _counted(actions.record_spend(workspace_of(request), lines))


@_section.get("/spend/returns", Ability.SEE_REPORTS, answers=Returns, example={"items": [_RETURN]})
def list_returns(request: Request, days: Query[DaysAsked]) -> Returns:
    """Shows what each source cost in a period beside the people who came by it. Both days belong to it."""
    if days.last < days.first:
        raise Refused("spend.period", "The period ends before it starts.", "Swap the two dates.")
    if not 1970 <= days.first.year <= days.last.year <= 2200:
        raise Refused("spend.days", "The period is longer than ten years, or out of all time.", "Write two dates.")
    zone, workspace = timezone.get_current_timezone(), workspace_of(request)
    start, end = day_bounds(days.first, days.last, zone)
    found = returns(cost_by_source(workspace, days.first, days.last), came_by_source(workspace, start, end))
    return Returns(items=[_return(one) for one in found[:_MOST_RETURNS]])


@_section.get(
    "/spend/export",
    Ability.SEE_REPORTS,
    gives="text/csv",
    example="channel,medium,campaign,code,from,to,amount,currency,note\nwechat,,,,2026-01-01,2026-01-31,310.5,CNY,\n",
)
def export_spend(request: Request) -> StreamingHttpResponse:
    """Hands over all lines of spend as CSV. Cells that a spreadsheet would compute are defused."""
    return StreamingHttpResponse(as_file(every_line(workspace_of(request))), content_type="text/csv; charset=utf-8")


@_section.post(
    "/spend/file",
    Ability.EDIT_SPEND,
    answers=Counted,
    example=_COUNTED,
    body="channel,from,to,amount\nwechat,2026-01-01,2026-01-31,310.5\n",
    status=201,
    takes=OCTETS,
    most=actions.LARGEST_FILE,
)
def record_spend_file(request: Request, called: Query[SpendFileName]) -> Counted:
    """Keeps the lines of a file: CSV, XLSX, NDJSON or Parquet. All of them or, when one is refused, none."""
    content = request.told.path.read_bytes()
    return _counted(actions.record_spend_file(request.bearer.workspace, called.name, content))


@_section.get("/spend/{line}", Ability.SEE_REPORTS, answers=SpendShown, example=_KEPT)
def get_spend(request: Request, line: RowId) -> SpendShown:
    """Shows a line of spend."""
    found = spend_line(workspace_of(request), line)
    if found is None:
        raise Unserved(404, "spend.unknown", "There is no line {line} of spend.", line=line)
    return _shown(found)


@_section.put("/spend/{line}", Ability.EDIT_SPEND, answers=SpendShown, example=_KEPT, body=_LINE, conflicts=True)
def change_spend(request: Request, line: RowId, body: SpendTold) -> SpendShown:
    """Puts another line into the place of one."""
    actions.change_spend(workspace_of(request), line, _line(request, body))
    return get_spend(request, line)


@_section.delete("/spend/{line}", Ability.EDIT_SPEND, status=204)
def delete_spend(request: Request, line: RowId) -> None:
    """Forgets a line of spend."""
    actions.delete_spend(workspace_of(request), line)


def _line(request: Request, told: SpendTold) -> Spend:
    return Spend(
        Source(told.channel, told.medium, told.campaign, told.code),
        told.first_on,
        told.last_on or told.first_on,
        parse_amount(told.amount),
        told.currency or request.bearer.workspace.currency,
        told.note,
    )


def _shown(one: SpendLine) -> SpendShown:
    said: dict[str, Any] = {**one.spend.source._asdict(), **one.spend._asdict(), "id": one.id}
    return SpendShown.model_validate({**said, "amount": plain(one.spend.amount)})


def _return(one: Return) -> ReturnShown:
    return ReturnShown(
        source=None if one.source is None else SourceOf.model_validate(one.source._asdict()),
        costs=[Cost(amount=plain(amount), currency=currency) for amount, currency in one.costs],
        people=one.people,
        orders=one.orders,
        spent=plain(one.spent),
    )


def _counted(recorded: Recorded) -> Counted:
    return Counted(new=recorded.new, same=recorded.same)
