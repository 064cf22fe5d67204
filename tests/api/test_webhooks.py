"""Webhooks by the API: made with a secret that is shown once, changed, paused, rotated, tested, and sent again."""

import pytest
from tests.api.conftest import Program
from tests.api.test_door import told
from tests.web.conftest import Brand

from lianyi.foundation.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db(transaction=True)
HOOK = {"url": "https://shop.example.com/hooks", "events": ["Order Completed", "person.*"], "label": "ERP"}


def test_a_webhook_from_its_making_to_its_end(call: Program) -> None:
    made = call("POST", "/webhooks", HOOK, idempotency_key="a")
    assert made.status_code == 201
    assert call("POST", "/webhooks", HOOK, idempotency_key="a").json() == made.json()
    secret, place = made.json()["secret"], f"/webhooks/{made.json()['id']}"
    assert secret.startswith("whsec_")
    shown = call.get(place)
    assert {name: shown.json()[name] for name in HOOK} == HOOK
    assert secret not in call.get("/webhooks").text + shown.text + call.get("/audit").text
    tag = shown["ETag"]
    assert call("PUT", place, {**HOOK, "label": "shop"}, if_match=tag).json()["label"] == "shop"
    told(call("PUT", place, HOOK, if_match=tag), 412, "state.changed")
    told(call("PUT", place, {**HOOK, "url": "https://127.0.0.1/"}), 422, "webhook.private")
    assert call("POST", f"{place}/off").json()["state"] == "off"
    told(call("POST", f"{place}/test"), 409, "webhook.not_on")
    assert call("POST", f"{place}/on").json()["state"] == "on"
    fresh = call("POST", f"{place}/rotate").json()["secret"]
    assert fresh.startswith("whsec_")
    assert fresh != secret
    assert call.get(place).json()["former_secret_until"] is not None
    assert call("DELETE", place).status_code == 204
    told(call.get(place), 404, "webhook.unknown")


def test_a_test_event_is_logged_and_sent_again(brand: Brand, call: Program) -> None:
    place = f"/webhooks/{call('POST', '/webhooks', HOOK).json()['id']}"
    assert call.get(f"{place}/deliveries").json() == {"items": [], "next": None}
    numbers = [call("POST", f"{place}/test").json()["delivery"] for _ in range(3)]
    page = call.get(f"{place}/deliveries?limit=2").json()
    further = call.get(f"{place}/deliveries?limit=2&cursor={page['next']}").json()
    assert [one["id"] for one in [*page["items"], *further["items"]]] == numbers[::-1]
    whole = call.get(f"{place}/deliveries/{numbers[0]}").json()
    assert (whole["event"], whole["state"], whole["calls"]) == ("webhook.test", "queued", [])
    OutboxRow.objects.filter(pk=numbers[0]).update(state="sent", due_at=None)
    assert call("POST", f"{place}/deliveries/{numbers[0]}/resend").json() == {"delivery": numbers[0]}
    assert call.get(f"{place}/deliveries/{numbers[0]}").json()["state"] == "queued"
    told(call.get(f"{place}/deliveries/2000000"), 404, "webhook.delivery_unknown")
    other = f"/webhooks/{call('POST', '/webhooks', {**HOOK, 'label': 'other'}).json()['id']}"
    told(call("POST", f"{other}/deliveries/{numbers[0]}/resend"), 404, "webhook.delivery_unknown")
