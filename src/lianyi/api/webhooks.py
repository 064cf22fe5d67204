"""Webhooks out: who is told of which events, and what became of each call."""

from datetime import datetime
from typing import Annotated, Literal

from django.conf import settings
from ninja import Query
from pydantic import BaseModel, Field

from lianyi.api.cursors import page_of, place_in
from lianyi.api.operations import Request, Section, workspace_of
from lianyi.api.shapes import Body, Page, Paging, RowId
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.webhooks import actions, queries
from lianyi.foundation.webhooks.schemas import AttemptLine, DeliveryLine, EndpointLine
from lianyi.kernel.clock import system_clock

_section = Section("Webhooks", "Addresses that are told of events, and what became of each call.")
_TOLD = {"url": "https://shop.example.com/hooks/lianyi", "events": ["Order Completed", "person.*"], "label": "ERP"}
_HOOK = {
    "id": 2,
    **_TOLD,
    "state": "on",
    "why": "",
    "waiting": 0,
    "failing_since": None,
    "former_secret_until": None,
    "created_at": "2026-01-31T08:00:00Z",
}
_MADE = {"id": 2, "secret": "whsec_…"}
_ATTEMPT = {"at": "2026-02-03T10:00:01Z", "took_ms": 84, "status": 200, "error": "", "answer": "ok"}
_DELIVERY = {
    "id": 31,
    "event": "Order Completed",
    "message": "evt_5f2b7c1e",
    "state": "sent",
    "attempts": 1,
    "created_at": "2026-02-03T10:00:00Z",
    "due_at": None,
    "status": 200,
    "error": "",
}


class WebhookShown(BaseModel):
    """A webhook, without its secret."""

    id: int
    url: str
    events: list[str]
    label: str
    state: Literal["on", "off", "disabled"] = Field(description="disabled: by us; `why` says what for.")
    why: Literal["", "gone", "failing"]
    waiting: int = Field(description="Deliveries that wait, 1,000 at the most.")
    failing_since: datetime | None
    former_secret_until: datetime | None = Field(description="Until then calls are signed with the former secret too.")
    created_at: datetime


class WebhookTold(Body):
    """Who is told, and of what."""

    url: str = Field(min_length=1, max_length=2_000, description="An https address of a public host.")
    events: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        min_length=1, max_length=50, description="Names of events; `*` stands for any characters."
    )
    label: str = Field("", max_length=100)


class WebhookMade(BaseModel):
    """The webhook's secret. It is shown here and never again."""

    id: int
    secret: str


class Queued(BaseModel):
    """What was put on its way; the log of deliveries says what became of it."""

    delivery: int


class DeliveryShown(BaseModel):
    """One delivery; `status` and `error` are those of its last call."""

    id: int
    event: str
    message: str = Field(description="The header webhook-id.")
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime | None
    status: int | None
    error: str


class AttemptShown(BaseModel):
    """One call, with the beginning of what was answered."""

    at: datetime
    took_ms: int
    status: int | None
    error: str
    answer: str


class DeliveryWhole(DeliveryShown):
    """A delivery with its newest calls."""

    calls: list[AttemptShown]


@_section.get("/webhooks", Ability.EDIT_KEYS, answers=Page[WebhookShown], example={"items": [_HOOK], "next": None})
def list_webhooks(request: Request, paging: Query[Paging]) -> Page[WebhookShown]:
    """Lists the webhooks, the oldest first. There are twenty at the most."""
    place = place_in(request, paging.cursor)
    rows = [one for one in queries.endpoints(workspace_of(request)) if place is None or one.id > place[0]]
    return page_of(request, rows, paging.limit, lambda one: [one.id], _hook)


@_section.post("/webhooks", Ability.EDIT_KEYS, answers=WebhookMade, status=201, example=_MADE, body=_TOLD)
def make_webhook(request: Request, body: WebhookTold) -> WebhookMade:
    """Makes a webhook. Its secret is in the answer and cannot be shown again."""
    reach = settings.ENVIRONMENT.webhooks
    number, secret = actions.create_endpoint(
        workspace_of(request), body.url, body.events, system_clock(), reach, label=body.label
    )
    return WebhookMade(id=number, secret=secret.reveal())


@_section.get("/webhooks/{webhook}", Ability.EDIT_KEYS, answers=WebhookShown, example=_HOOK)
def get_webhook(request: Request, webhook: RowId) -> WebhookShown:
    """Shows a webhook."""
    return _hook(queries.endpoint(workspace_of(request), webhook))


@_section.put("/webhooks/{webhook}", Ability.EDIT_KEYS, answers=WebhookShown, example=_HOOK, body=_TOLD)
def change_webhook(request: Request, webhook: RowId, body: WebhookTold) -> WebhookShown:
    """Changes address, events and label. What waits goes to the new address."""
    reach = settings.ENVIRONMENT.webhooks
    actions.change_endpoint(workspace_of(request), webhook, body.url, body.events, reach, label=body.label)
    return get_webhook(request, webhook)


@_section.delete("/webhooks/{webhook}", Ability.EDIT_KEYS, status=204)
def remove_webhook(request: Request, webhook: RowId) -> None:
    """Removes a webhook, with its secret and all that waits for it."""
    actions.remove_endpoint(workspace_of(request), webhook)


@_section.post("/webhooks/{webhook}/on", Ability.EDIT_KEYS, answers=WebhookShown, example=_HOOK)
def switch_webhook_on(request: Request, webhook: RowId) -> WebhookShown:
    """Switches a webhook on. It is told of what waits, and of what is received from now on."""
    actions.switch_on(workspace_of(request), webhook, system_clock())
    return get_webhook(request, webhook)


@_section.post("/webhooks/{webhook}/off", Ability.EDIT_KEYS, answers=WebhookShown, example={**_HOOK, "state": "off"})
def switch_webhook_off(request: Request, webhook: RowId) -> WebhookShown:
    """Switches a webhook off. What is received meanwhile is not its matter."""
    actions.switch_off(workspace_of(request), webhook)
    return get_webhook(request, webhook)


@_section.post("/webhooks/{webhook}/rotate", Ability.EDIT_KEYS, answers=WebhookMade, example=_MADE)
def rotate_webhook_secret(request: Request, webhook: RowId) -> WebhookMade:
    """Makes a new secret. For a day calls carry a signature by the former one as well."""
    secret = actions.rotate_secret(workspace_of(request), webhook, system_clock())
    return WebhookMade(id=webhook, secret=secret.reveal())


@_section.post("/webhooks/{webhook}/test", Ability.EDIT_KEYS, answers=Queued, status=202, example={"delivery": 31})
def test_webhook(request: Request, webhook: RowId) -> Queued:
    """Sends a test event. The log says what was answered."""
    return Queued(delivery=actions.send_test(workspace_of(request), webhook, system_clock()))


@_section.get(
    "/webhooks/{webhook}/deliveries",
    Ability.EDIT_KEYS,
    answers=Page[DeliveryShown],
    example={"items": [_DELIVERY], "next": None},
)
def list_deliveries(request: Request, webhook: RowId, paging: Query[Paging]) -> Page[DeliveryShown]:
    """Lists what a webhook was told in the last thirty days. The newest come first."""
    place, workspace = place_in(request, paging.cursor), workspace_of(request)
    queries.endpoint(workspace, webhook)
    rows = queries.deliveries(workspace, webhook, limit=paging.limit + 1, before=place[0] if place else None)
    return page_of(request, rows, paging.limit, lambda one: [one.id], _delivery)


@_section.get(
    "/webhooks/{webhook}/deliveries/{delivery}",
    Ability.EDIT_KEYS,
    answers=DeliveryWhole,
    example={**_DELIVERY, "calls": [_ATTEMPT]},
)
def get_delivery(request: Request, webhook: RowId, delivery: RowId) -> DeliveryWhole:
    """Shows a delivery with its newest calls."""
    line, attempts = queries.delivery(workspace_of(request), webhook, delivery)
    return DeliveryWhole(**_delivery(line).model_dump(), calls=[_attempt(one) for one in attempts])


@_section.post(
    "/webhooks/{webhook}/deliveries/{delivery}/resend",
    Ability.EDIT_KEYS,
    answers=Queued,
    status=202,
    example={"delivery": 31},
)
def resend_delivery(request: Request, webhook: RowId, delivery: RowId) -> Queued:
    """Sends a delivery once more, under the same id."""
    actions.resend(workspace_of(request), webhook, delivery, system_clock())
    return Queued(delivery=delivery)


def _hook(one: EndpointLine) -> WebhookShown:
    return WebhookShown.model_validate({**vars(one), "events": one.patterns, "former_secret_until": one.former_until})


def _delivery(one: DeliveryLine) -> DeliveryShown:
    return DeliveryShown.model_validate(vars(one))


def _attempt(one: AttemptLine) -> AttemptShown:
    return AttemptShown.model_validate(vars(one))
