"""Deliveries: signed as the specification says, repeated over days, and no longer than somebody wants them."""

import random
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from tests.foundation.webhooks.conftest import Standing
from tests.foundation.webhooks.receiving import LOOPBACK, Receiver, status

from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import ensure_member
from lianyi.foundation.outbox.actions import CLAIM_LIVES_FOR, claim, hold
from lianyi.foundation.outbox.models import OutboxRow, SpentKey
from lianyi.foundation.outbox.sending import move_on, send_due
from lianyi.foundation.vault.models import VaultSecret
from lianyi.foundation.webhooks import actions, queries
from lianyi.foundation.webhooks.calling import ANSWER_KEPT, Answer, Caller
from lianyi.foundation.webhooks.enqueuing import KEPT_FOR, enqueue_tellings, forget_old, forget_people
from lianyi.foundation.webhooks.health import rest_until
from lianyi.foundation.webhooks.models import Attempt, Delivery, Endpoint
from lianyi.foundation.webhooks.schemas import Happening, Telling, kind_of
from lianyi.foundation.webhooks.sender import WebhookSender
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)  # a claim commits for itself


def endpoint(workspace: int, there: Receiver, clock: Standing) -> tuple[int, str]:
    number, secret = actions.create_endpoint(workspace, there.url, ["*"], clock(), LOOPBACK)
    return number, secret.reveal()


def tell(workspace: int, number: int, clock: Standing, *keys: str, identity: int = 0, **data: Any) -> list[int]:
    some = [Happening(key, "order.placed", identity, clock(), {"id": key, **data}) for key in keys]
    return enqueue_tellings(workspace, [Telling(number, some)], clock())


def send(number: int, clock: Standing) -> int:
    sender = WebhookSender(Caller(LOOPBACK, within=2), random.Random(7))
    return send_due([sender], clock, lambda: not queries.may_be_called(number, clock()), kinds=[kind_of(number)])


def state(number: int) -> tuple[str, str]:
    row = Endpoint.objects.get(pk=number)
    return row.state, row.why


def test_a_call_verifies_by_the_library_of_the_specification(workspace: int, there: Receiver, clock: Standing) -> None:
    clock.now = clock.now.now(clock.now.tzinfo)  # the library compares with its own clock
    number, secret = endpoint(workspace, there, clock)
    (row,) = tell(workspace, number, clock, "abc", name="王小明", total=268.5)
    assert send(number, clock) == 1
    (body,) = there.verified(secret)
    assert body == {
        "type": "order.placed",
        "timestamp": clock.now.isoformat(),
        "data": {"id": "abc", "name": "王小明", "total": 268.5},
    }
    assert there.got[0].headers["webhook-id"] == "evt_abc"
    assert there.got[0].headers["webhook-timestamp"] == str(int(clock.now.timestamp()))
    assert there.got[0].headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(there.got[0].body + b" ", there.got[0].headers)
    line, calls = queries.delivery(workspace, number, row)
    assert (line.state, line.attempts, line.status, line.error) == ("sent", 1, 200, "")
    assert [(one.status, one.answer, one.at) for one in calls] == [(200, "ok", clock.now)]


def test_after_a_rotation_both_secrets_verify_for_a_day(workspace: int, there: Receiver, clock: Standing) -> None:
    clock.now = clock.now.now(clock.now.tzinfo)
    number, first = endpoint(workspace, there, clock)
    second = actions.rotate_secret(workspace, number, clock()).reveal()
    tell(workspace, number, clock, "a")
    send(number, clock)
    assert there.verified(first) == there.verified(second)
    assert len(there.got[0].headers["webhook-signature"].split(" ")) == 2
    clock.on(hours=24)
    tell(workspace, number, clock, "b")
    send(number, clock)
    assert len(there.got[1].headers["webhook-signature"].split(" ")) == 1


def test_the_same_event_is_enqueued_once(workspace: int, there: Receiver, clock: Standing) -> None:
    number, _ = endpoint(workspace, there, clock)
    other, _ = endpoint(workspace, there, clock)
    assert len(tell(workspace, number, clock, "a", "b", "a")) == 2
    assert tell(workspace, number, clock, "b") == []
    assert len(tell(workspace, other, clock, "a")) == 1
    assert (send(number, clock), send(other, clock)) == (2, 1)
    assert there.ids() == ["evt_a", "evt_b", "evt_a"]


def test_a_failure_is_repeated_over_three_days_with_the_same_id(
    workspace: int, there: Receiver, clock: Standing
) -> None:
    there.replies = [status(500, b"no")]
    number, _ = endpoint(workspace, there, clock)
    (row,) = tell(workspace, number, clock, "a")
    began, pauses = clock.now, []
    while send(number, clock):
        due_at = OutboxRow.objects.get(pk=row).due_at
        if due_at is None:
            break
        pauses.append((due_at - clock.now).total_seconds())
        clock.now = due_at
    wished = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert len(pauses) == len(wished)
    assert all(wish <= pause <= 1.1 * wish for wish, pause in zip(wished, pauses, strict=True))
    assert pauses != wished
    assert timedelta(hours=75) < clock.now - began < timedelta(hours=84)
    line, calls = queries.delivery(workspace, number, row)
    assert (line.state, line.attempts, line.status) == ("failed", 10, 500)
    assert [one.answer for one in calls] == ["no"] * 10
    assert set(there.ids()) == {"evt_a"}
    assert state(number) == ("on", "")


def test_410_disables_at_once_and_tells_the_owners(workspace: int, there: Receiver, clock: Standing) -> None:
    there.replies = [status(410)]
    ensure_member(Workspace.objects.get(pk=workspace), f"o{workspace}@example.com", Role.OWNER)
    number, _ = endpoint(workspace, there, clock)
    rows = tell(workspace, number, clock, "a", "b")
    assert send(number, clock) == 1
    assert state(number) == ("disabled", "gone")
    assert [one.state for one in queries.deliveries(workspace, number, limit=9)] == ["queued", "failed"]
    mail = OutboxRow.objects.get(workspace=workspace, kind="mail")
    assert mail.payload["notice"] == "webhook.disabled"
    assert mail.payload["values"] == {"host": "127.0.0.1", "webhook": number, "why": "gone"}
    with pytest.raises(Refused) as refused:
        actions.resend(workspace, number, rows[0], clock())
    assert refused.value.code == "webhook.not_on"
    there.replies = [status(200)]
    actions.switch_on(workspace, number, clock())
    assert send(number, clock) == 1
    actions.resend(workspace, number, rows[0], clock())
    assert send(number, clock) == 1
    assert there.ids() == ["evt_a", "evt_b", "evt_a"]


def test_five_days_without_success_disable(workspace: int, there: Receiver, clock: Standing) -> None:
    there.replies = [status(500)]
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a")
    send(number, clock)
    clock.on(days=4, hours=23)
    tell(workspace, number, clock, "b")
    send(number, clock)
    assert state(number) == ("on", "")
    clock.on(hours=2)
    send(number, clock)
    assert state(number) == ("disabled", "failing")
    there.replies = [status(204, b"")]
    actions.switch_on(workspace, number, clock())
    clock.on(days=1)
    assert send(number, clock) == 2
    assert Endpoint.objects.get(pk=number).failing_since is None


def test_who_does_not_answer_rests_and_loses_no_attempts(workspace: int, there: Receiver, clock: Standing) -> None:
    there.replies = [status(503, Retry_After="90"), status(200)]
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a", "b", "c")
    assert send(number, clock) == 1
    assert queries.due_endpoints(clock()) == []
    clock.on(seconds=89)
    assert send(number, clock) == 0
    clock.on(seconds=1)
    assert queries.due_endpoints(clock()) == [number]
    assert send(number, clock) == 3
    assert sorted(there.ids()) == ["evt_a", "evt_a", "evt_b", "evt_c"]
    assert list(OutboxRow.objects.filter(kind=kind_of(number)).order_by("pk").values_list("attempts", flat=True)) == [
        2,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("answer", "failures", "rest"),
    [
        (Answer(400, "", "", 1), 9, None),
        (Answer(500, "", "", 1), 9, None),
        (Answer(None, "timeout", "", 1), 1, 5),
        (Answer(None, "connect", "", 1), 4, 40),
        (Answer(502, "", "", 1), 50, 300),
        (Answer(429, "", "", 1, "7"), 3, 20),
        (Answer(429, "", "", 1, "99999999999999"), 1, 3600),
        (Answer(429, "", "", 1, "Fri, 27 Nov 2026 08:00:00 GMT"), 1, 5),
    ],
)
def test_how_long_an_endpoint_rests(answer: Answer, failures: int, rest: int | None, clock: Standing) -> None:
    expected = None if rest is None else clock.now + timedelta(seconds=rest)
    assert rest_until(answer, failures, clock.now) == expected


def test_a_huge_answer_is_kept_by_its_beginning(workspace: int, there: Receiver, clock: Standing) -> None:
    there.replies = [status(200, "好\x00".encode() * 9_000_000)]
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a")
    send(number, clock)
    answer = Attempt.objects.get(delivery__endpoint=number).answer
    assert answer.startswith("好好好")
    assert len(answer) <= ANSWER_KEPT
    assert "\x00" not in answer


def test_a_test_event_goes_to_one_endpoint_only(workspace: int, there: Receiver, clock: Standing) -> None:
    clock.now = clock.now.now(clock.now.tzinfo)
    number, secret = endpoint(workspace, there, clock)
    endpoint(workspace, there, clock)
    actions.send_test(workspace, number, clock())
    assert send(number, clock) == 1
    (body,) = there.verified(secret)
    assert (body["type"], body["data"]["webhook"]) == ("webhook.test", number)
    assert queries.due_endpoints(clock()) == []
    actions.switch_off(workspace, number)
    with pytest.raises(Refused):
        actions.send_test(workspace, number, clock())


def test_without_the_vaults_key_it_waits(workspace: int, there: Receiver, clock: Standing) -> None:
    number, _ = endpoint(workspace, there, clock)
    VaultSecret.objects.filter(workspace=workspace).update(key_id="other")
    (row,) = tell(workspace, number, clock, "a")
    send(number, clock)
    line, _ = queries.delivery(workspace, number, row)
    assert (line.state, line.error, there.got) == ("queued", "secret", [])


def test_what_is_held_or_removed_does_not_leave(workspace: int, there: Receiver, clock: Standing) -> None:
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a")
    hold(workspace, clock())
    assert (send(number, clock), queries.due_endpoints(clock())) == (0, [])
    actions.remove_endpoint(workspace, number)
    assert forget_old(clock()) == 1
    assert forget_old(clock()) == 0
    left = [model.objects.filter(workspace=workspace).count() for model in (OutboxRow, Delivery, Endpoint)]
    assert left == [0, 0, 0]


def test_deliveries_are_kept_for_thirty_days_whatever_became_of_them(
    workspace: int, there: Receiver, clock: Standing
) -> None:
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a", "b")
    send(number, clock)
    clock.on(days=1)
    tell(workspace, number, clock, "c")
    clock.now += KEPT_FOR - timedelta(days=1)
    assert forget_old(clock()) == 0
    clock.on(seconds=1)
    assert forget_old(clock(), limit=1) == 1
    assert forget_old(clock()) == 1
    assert [one.message for one in queries.deliveries(workspace, number, limit=9)] == ["evt_c"]
    assert OutboxRow.objects.filter(kind=kind_of(number)).count() == 1
    assert Attempt.objects.filter(delivery__endpoint=number).count() == 0
    assert SpentKey.objects.filter(workspace=workspace).count() == 0


def test_the_log_is_paged_by_the_last_number(workspace: int, there: Receiver, clock: Standing) -> None:
    number, _ = endpoint(workspace, there, clock)
    rows = tell(workspace, number, clock, *"abcde")
    first = queries.deliveries(workspace, number, limit=2)
    second = queries.deliveries(workspace, number, limit=9, before=first[-1].id)
    assert [one.id for one in first + second] == rows[::-1]


def test_what_tells_of_an_erased_person_goes(workspace: int, there: Receiver, clock: Standing) -> None:
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a", identity=5)
    send(number, clock)
    tell(workspace, number, clock, "b", identity=5)
    tell(workspace, number, clock, "c", identity=6, friend="lihua@shop.cn")
    tell(workspace, number, clock, "d", identity=6)
    gone = forget_people(workspace, [5], [6], lambda raw: b"lihua" in raw)
    assert gone == {"webhook_attempt": 1, "webhook_delivery": 3, "outbox": 3}
    assert [one.message for one in queries.deliveries(workspace, number, limit=9)] == ["evt_d"]
    assert send(number, clock) == 1
    assert forget_people(workspace, [5], [6], lambda raw: b"lihua" in raw) == {}


def test_a_claim_that_nobody_settled_is_delivered_again_under_its_id(
    workspace: int, there: Receiver, clock: Standing
) -> None:
    number, _ = endpoint(workspace, there, clock)
    tell(workspace, number, clock, "a")
    sender = WebhookSender(Caller(LOOPBACK), random.Random(7))
    (parcel,) = claim([kind_of(number)], clock(), 1)
    sender.send(parcel, clock())  # and here the process dies
    clock.now += CLAIM_LIVES_FOR + timedelta(seconds=1)
    assert send(number, clock) == 0
    assert move_on([sender], clock) == 1
    clock.on(seconds=10)
    assert send(number, clock) == 1
    assert there.ids() == ["evt_a", "evt_a"]
