"""Writes of members to webhooks."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from lianyi.foundation.access.acting import needs
from lianyi.foundation.access.schemas import Ability
from lianyi.foundation.audit.actions import record_audit
from lianyi.foundation.outbox.actions import send_again
from lianyi.foundation.vault.actions import forget_secret, installation_keys, store_secret
from lianyi.foundation.vault.queries import secret as secret_in_vault
from lianyi.foundation.webhooks.addresses import checked_url
from lianyi.foundation.webhooks.enqueuing import enqueue_tellings
from lianyi.foundation.webhooks.models import Delivery, Endpoint
from lianyi.foundation.webhooks.schemas import TEST, Happening, Telling
from lianyi.foundation.webhooks.secrets_of import former, present
from lianyi.foundation.webhooks.signing import fresh_secret
from lianyi.kernel.addresses import Reach
from lianyi.kernel.errors import Refused
from lianyi.kernel.secret import Secret

ROTATES_FOR = timedelta(hours=24)
MOST_ENDPOINTS = 20
_MOST_PATTERNS = 50
_PATTERN_CHARACTERS = 200
_LABEL_CHARACTERS = 100


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def create_endpoint(
    workspace: int, url: str, patterns: Sequence[str], now: datetime, reach: Reach, *, label: str = ""
) -> tuple[int, Secret]:
    """A new endpoint, told of what is received from now on, and the secret that its calls are signed with."""
    if Endpoint.objects.filter(workspace=workspace).exclude(state=Endpoint.State.REMOVED).count() >= MOST_ENDPOINTS:
        raise Refused("webhook.many", "There are {most} webhooks already.", "Remove one first.", most=MOST_ENDPOINTS)
    row = Endpoint.objects.create(
        workspace_id=workspace,
        url=checked_url(url, reach),
        label=_label(label),
        patterns=_patterns(patterns),
        since=now,
    )
    fresh = fresh_secret()
    store_secret(workspace, present(row.pk), fresh, installation_keys(), now)
    record_audit(workspace, "webhook.created", {"webhook": row.pk, "events": row.patterns})
    return row.pk, fresh


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def change_endpoint(
    workspace: int, endpoint: int, url: str, patterns: Sequence[str], reach: Reach, *, label: str = ""
) -> None:
    """Another address, other events, another label. What waits goes to the new address."""
    row = _mine(workspace, endpoint)
    row.url, row.patterns, row.label = checked_url(url, reach), _patterns(patterns), _label(label)
    row.rests_until = None
    row.save(update_fields=["url", "patterns", "label", "rests_until"])
    record_audit(workspace, "webhook.changed", {"webhook": endpoint, "events": row.patterns})


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def switch_on(workspace: int, endpoint: int, now: datetime) -> None:
    """It is told again: of what waits, and of what is received from now on. On already: it is called without a rest."""
    row = _mine(workspace, endpoint)
    row.rests_until, row.failures, row.failing_since = None, 0, None
    if row.state != Endpoint.State.ON:
        row.state, row.why, row.since = Endpoint.State.ON, Endpoint.Why.NOTHING, now
        record_audit(workspace, "webhook.on", {"webhook": endpoint})
    row.save()


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def switch_off(workspace: int, endpoint: int) -> None:
    """It is told nothing until it is switched on. What is received meanwhile is not its matter."""
    row = _mine(workspace, endpoint)
    if row.state != Endpoint.State.OFF:
        row.state, row.why = Endpoint.State.OFF, Endpoint.Why.NOTHING
        row.save(update_fields=["state", "why"])
        record_audit(workspace, "webhook.off", {"webhook": endpoint})


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def remove_endpoint(workspace: int, endpoint: int) -> None:
    """It is gone, with its secret; what was enqueued and logged for it goes shortly."""
    row = _mine(workspace, endpoint)
    row.state = Endpoint.State.REMOVED
    row.save(update_fields=["state"])
    forget_secret(workspace, present(endpoint))
    forget_secret(workspace, former(endpoint))
    record_audit(workspace, "webhook.removed", {"webhook": endpoint})


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def rotate_secret(workspace: int, endpoint: int, now: datetime) -> Secret:
    """A new secret. For a day calls carry a signature of the former one too."""
    row = _mine(workspace, endpoint)
    keys = installation_keys()
    store_secret(workspace, former(endpoint), secret_in_vault(workspace, present(endpoint), keys), keys, now)
    fresh = fresh_secret()
    store_secret(workspace, present(endpoint), fresh, keys, now)
    row.former_until = now + ROTATES_FOR
    row.save(update_fields=["former_until"])
    record_audit(workspace, "webhook.rotated", {"webhook": endpoint})
    return fresh


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def send_test(workspace: int, endpoint: int, now: datetime) -> int:
    """Enqueues a test event for this endpoint alone, whatever it listens to; the delivery's number."""
    row = _mine(workspace, endpoint)
    if row.state != Endpoint.State.ON:
        raise Refused("webhook.not_on", "This webhook is switched off.", "Switch it on first.")
    key = f"test_{secrets.token_hex(12)}"
    happening = Happening(key, TEST, 0, now, {"message": "Lianyi says hello.", "webhook": endpoint})
    (made,) = enqueue_tellings(workspace, [Telling(endpoint, [happening])], now)
    Endpoint.objects.filter(pk=endpoint).update(rests_until=None)
    record_audit(workspace, "webhook.tested", {"webhook": endpoint})
    return made


@needs(Ability.EDIT_KEYS)
@transaction.atomic
def resend(workspace: int, endpoint: int, delivery: int, now: datetime) -> None:
    """Sends a delivery once more, under the same webhook-id: a receiver that keeps the ids knows it as the same."""
    row = _mine(workspace, endpoint)
    if row.state != Endpoint.State.ON:
        raise Refused("webhook.not_on", "This webhook is switched off.", "Switch it on first.")
    if not Delivery.objects.filter(pk=delivery, workspace=workspace, endpoint=endpoint).exists():
        raise Refused("webhook.delivery_unknown", "There is no such delivery here.")
    send_again(workspace, delivery, now)
    Endpoint.objects.filter(pk=endpoint).update(rests_until=None)
    record_audit(workspace, "webhook.resent", {"webhook": endpoint, "delivery": delivery})


def _patterns(patterns: Sequence[str]) -> list[str]:
    """The names of events, `*` standing for any characters. Refuses none, and too many."""
    found = list(dict.fromkeys(one.strip() for one in patterns if one.strip()))
    if not 0 < len(found) <= _MOST_PATTERNS or any(
        len(one) > _PATTERN_CHARACTERS or "\x00" in one or one.count("*") > 3 for one in found
    ):
        raise Refused(
            "webhook.events",
            "A webhook listens to 1 to {most} names of events.",
            "Write a name such as Order Completed, a pattern such as order.*, or * for all.",
            most=_MOST_PATTERNS,
        )
    return found


def _label(label: str) -> str:
    return label.strip().replace("\x00", "")[:_LABEL_CHARACTERS]


def _mine(workspace: int, endpoint: int) -> Endpoint:
    here = Endpoint.objects.select_for_update().filter(workspace=workspace, pk=endpoint)
    row = here.exclude(state=Endpoint.State.REMOVED).first()
    if row is None:
        raise Refused("webhook.unknown", "There is no such webhook here.", "List them: lianyi webhook list")
    return row
