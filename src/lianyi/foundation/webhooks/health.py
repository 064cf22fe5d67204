"""How an endpoint fares: it rests while it does not answer, and is disabled when it is gone or has failed for days."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import connection, transaction

from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.notices.actions import tell_owners_of
from lianyi.foundation.notices.schemas import Notice
from lianyi.foundation.webhooks.calling import Answer
from lianyi.foundation.webhooks.models import Endpoint

FAILS_FOR = timedelta(days=5)  # without one success, until it is disabled
GONE = 410
_BUSY = frozenset({429, 502, 503, 504})
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(minutes=5)
_LONGEST_WISH = timedelta(hours=1)


@transaction.atomic
def note(row: Endpoint, delivery: int, answer: Answer, now: datetime) -> None:
    """Writes the attempt down, unless the delivery is gone meanwhile, and what it means for the endpoint."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO webhook_attempt (delivery_id, at, took_ms, status, error, answer)
            SELECT row, %s, %s, %s, %s, %s FROM webhook_delivery WHERE row = %s FOR KEY SHARE
            """,
            [now, answer.took_ms, answer.status, answer.error, answer.text, delivery],
        )
    if succeeded(answer):
        healthy = Endpoint.objects.filter(pk=row.pk, failing_since=None, failures=0)
        if not healthy.exists():
            Endpoint.objects.filter(pk=row.pk).update(failing_since=None, failures=0, rests_until=None)
        return
    fresh = Endpoint.objects.select_for_update().filter(pk=row.pk, state=Endpoint.State.ON).first()
    if fresh is None:
        return
    fresh.failing_since = fresh.failing_since or now
    fresh.failures += 1
    fresh.rests_until = rest_until(answer, fresh.failures, now)
    why = Endpoint.Why.GONE if answer.status == GONE else None
    if now - fresh.failing_since >= FAILS_FOR:
        why = why or Endpoint.Why.FAILING
    if why is not None:
        _disable(fresh, why, now)
    fresh.save(update_fields=["failing_since", "failures", "rests_until", "state", "why"])


def succeeded(answer: Answer) -> bool:
    """Whether the receiver took it."""
    return answer.status is not None and 200 <= answer.status < 300


def rest_until(answer: Answer, failures: int, now: datetime) -> datetime | None:
    """Until when an endpoint is not called after so many failures in a row; None when it answers, and only this event
    displeased it. What it wishes for (Retry-After, in seconds) counts up to an hour.
    """
    if answer.status is not None and answer.status not in _BUSY:
        return None
    rest = min(_FIRST_REST * (1 << min(failures - 1, 10)), _LONGEST_REST)
    if answer.wait.isascii() and answer.wait.isdigit():
        rest = max(rest, min(timedelta(seconds=min(int(answer.wait[:9]), 10**6)), _LONGEST_WISH))
    return now + rest


def _disable(row: Endpoint, why: Endpoint.Why, now: datetime) -> None:
    row.state, row.why = Endpoint.State.DISABLED, why
    record_audit(row.workspace_id, "webhook.disabled", {"webhook": row.pk, "why": why.value})
    values: dict[str, int | str] = {"host": urlsplit(row.url).hostname or "", "webhook": row.pk, "why": why.value}
    key = f"{row.pk}:{now:%Y%m%dT%H%M%S}"
    tell_owners_of(row.workspace_id, Notice.WEBHOOK_DISABLED, values, key, now)
