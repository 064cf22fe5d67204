"""The outbox's sender of webhooks: signs a row, calls its endpoint, and writes down what came of it.

A repeat is safe: it carries the same webhook-id, by which the receiver knows it. The pauses between attempts are those
of the Standard Webhooks specification, a little spread, over three days.
"""

import json
import random
from datetime import datetime, timedelta

from lianyi.foundation.outbox.schemas import Parcel
from lianyi.foundation.webhooks.calling import Answer, Caller
from lianyi.foundation.webhooks.health import GONE, note, succeeded
from lianyi.foundation.webhooks.models import Endpoint
from lianyi.foundation.webhooks.schemas import WEBHOOK
from lianyi.foundation.webhooks.secrets_of import signing_secrets
from lianyi.foundation.webhooks.signing import signature
from lianyi.kernel.errors import Broken, Refused
from lianyi.kernel.outcomes import Rejected, Unavailable

_PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)  # 5 s … 24 h: 75 hours in all
)
_SPREAD = 0.1


class WebhookSender:
    """Takes rows of every kind `webhook:N` out."""

    kind = WEBHOOK
    repeat_is_safe = True

    def __init__(self, caller: Caller, chance: random.Random) -> None:
        self._caller, self._chance = caller, chance

    def pause_after(self, attempt: int) -> timedelta | None:
        """How long to wait after the attempt of this number, counted from one; None after the last."""
        if attempt > len(_PAUSES):
            return None
        return _PAUSES[attempt - 1] * self._chance.uniform(1, 1 + _SPREAD)

    def send(self, parcel: Parcel, now: datetime) -> str:
        """The status that was answered. Anything but 2xx is tried again; 410 disables the endpoint."""
        number = int(parcel.kind.partition(":")[2])
        row = Endpoint.objects.filter(pk=number, workspace=parcel.workspace).first()
        if row is None or row.state == Endpoint.State.REMOVED:
            raise Rejected("webhook.removed")
        answer = self._call(row, parcel, now)
        note(row, parcel.id, answer, now)
        if succeeded(answer):
            return str(answer.status)
        if answer.status == GONE:
            raise Rejected("webhook.410")
        raise Unavailable(f"webhook.{answer.status or answer.error}")

    def _call(self, row: Endpoint, parcel: Parcel, now: datetime) -> Answer:
        try:
            secrets = signing_secrets(row, now)
        except (Refused, Broken):  # the vault's key is not here: it may come back
            return Answer(None, "secret", "", 0)
        message, timestamp = str(parcel.payload["message"]), int(now.timestamp())
        body = json.dumps(parcel.payload["said"], ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "Lianyi",
            "webhook-id": message,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secrets, message, timestamp, body),
        }
        return self._caller.post(row.url, headers, body)
