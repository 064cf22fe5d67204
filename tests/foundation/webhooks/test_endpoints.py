"""Endpoints: made, changed, switched and removed, each in its own workspace only, by who may."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.foundation.webhooks.conftest import Standing

from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.vault.models import VaultSecret
from lianyi.foundation.webhooks import actions, queries
from lianyi.foundation.webhooks.enqueuing import forget_old
from lianyi.foundation.webhooks.models import Endpoint
from lianyi.foundation.webhooks.schemas import Listener
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.addresses import Reach
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db

URL = "https://shop.example.com/hooks"
REACH = Reach()


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.code


def test_an_endpoint_is_made_with_a_sealed_secret(workspace: int, clock: Standing) -> None:
    number, secret = actions.create_endpoint(workspace, URL, [" order.* ", "order.*", "*"], clock(), REACH, label="ERP")
    (line,) = queries.endpoints(workspace)
    assert (line.id, line.url, line.label, line.patterns) == (number, URL, "ERP", ["order.*", "*"])
    assert (line.state, line.why, line.waiting, line.former_until) == ("on", "", 0, None)
    assert secret.reveal().startswith("whsec_")
    row = VaultSecret.objects.get(workspace=workspace)
    assert row.name == f"webhook/{number}"
    assert secret.reveal().encode() not in bytes(row.sealed)
    said = [(one.action, one.detail) for one in AuditLine.objects.filter(workspace=workspace).order_by("pk")][-2:]
    assert said == [
        ("vault.stored", {"name": f"webhook/{number}"}),
        ("webhook.created", {"webhook": number, "events": ["order.*", "*"]}),
    ]


@pytest.mark.parametrize("patterns", [[], ["", " "], ["a" * 201], ["a\x00"], ["****"], [str(n) for n in range(51)]])
def test_events_are_named(workspace: int, clock: Standing, patterns: list[str]) -> None:
    assert code_of(lambda: actions.create_endpoint(workspace, URL, patterns, clock(), REACH)) == "webhook.events"
    assert not Endpoint.objects.filter(workspace=workspace).exists()


def test_a_workspace_has_twenty_at_most(workspace: int, clock: Standing) -> None:
    made = [actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)[0] for _ in range(actions.MOST_ENDPOINTS)]
    assert code_of(lambda: actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)) == "webhook.many"
    actions.remove_endpoint(workspace, made[3])
    actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)


def test_it_is_changed_switched_and_removed(workspace: int, clock: Standing) -> None:
    number, _ = actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)
    actions.change_endpoint(workspace, number, f"{URL}/2", ["order.placed"], REACH, label="x")
    line = queries.endpoint(workspace, number)
    assert (line.url, line.patterns, line.label) == (f"{URL}/2", ["order.placed"], "x")
    actions.switch_off(workspace, number)
    assert (queries.endpoint(workspace, number).state, queries.listeners().get(workspace)) == ("off", None)
    later = clock.on(hours=1)
    actions.switch_on(workspace, number, later)
    assert queries.listeners()[workspace] == [Listener(number, ("order.placed",), later)]
    actions.switch_on(workspace, number, clock.on(hours=1))
    assert queries.listeners()[workspace][0].since == later
    actions.remove_endpoint(workspace, number)
    assert queries.endpoints(workspace) == []
    assert not VaultSecret.objects.filter(workspace=workspace).exists()
    assert code_of(lambda: actions.remove_endpoint(workspace, number)) == "webhook.unknown"
    forget_old(clock())
    assert not Endpoint.objects.filter(pk=number).exists()


def test_a_secret_is_rotated_over_a_day(workspace: int, clock: Standing) -> None:
    number, first = actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)
    second = actions.rotate_secret(workspace, number, clock())
    assert first != second
    assert queries.endpoint(workspace, number).former_until == clock.now + timedelta(hours=24)
    assert set(VaultSecret.objects.filter(workspace=workspace).values_list("name", flat=True)) == {
        f"webhook/{number}",
        f"webhook/{number}/former",
    }


def every_action(workspace: int, number: int, clock: Standing) -> list[Callable[[], object]]:
    return [
        lambda: actions.change_endpoint(workspace, number, URL, ["a"], REACH),
        lambda: actions.switch_on(workspace, number, clock()),
        lambda: actions.switch_off(workspace, number),
        lambda: actions.remove_endpoint(workspace, number),
        lambda: actions.rotate_secret(workspace, number, clock()),
        lambda: actions.send_test(workspace, number, clock()),
        lambda: actions.resend(workspace, number, 1, clock()),
    ]


def test_another_workspaces_numbers_are_unknown(workspace: int, clock: Standing) -> None:
    number, _ = actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)
    delivery = actions.send_test(workspace, number, clock())
    other = create_workspace(f"other-{workspace}", "Other").pk
    before = Endpoint.objects.values().get(pk=number)
    assert {code_of(one) for one in every_action(other, number, clock)} == {"webhook.unknown"}
    assert code_of(lambda: queries.endpoint(other, number)) == "webhook.unknown"
    assert code_of(lambda: queries.delivery(other, number, delivery)) == "webhook.delivery_unknown"
    assert queries.deliveries(other, number, limit=10) == []
    assert Endpoint.objects.values().get(pk=number) == before
    mine, _ = actions.create_endpoint(other, URL, ["*"], clock(), REACH)
    assert code_of(lambda: actions.resend(other, mine, delivery, clock())) == "webhook.delivery_unknown"


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OWNER, Role.MANAGER)])
def test_only_owners_and_managers_may(workspace: int, clock: Standing, role: Role) -> None:
    number, _ = actions.create_endpoint(workspace, URL, ["*"], clock(), REACH)
    before = Endpoint.objects.values().get(pk=number)
    with acting_as(Actor("member:1", workspace, ABILITIES[role])):
        for one in [
            lambda: actions.create_endpoint(workspace, URL, ["*"], clock(), REACH),
            *every_action(workspace, number, clock),
        ]:
            with pytest.raises(Denied):
                one()
    assert Endpoint.objects.values().get(pk=number) == before


@pytest.mark.parametrize(
    ("patterns", "name", "wants"),
    [
        (["*"], "Order Completed", True),
        (["order.*"], "order.placed", True),
        (["order.*"], "orderXplaced", False),
        (["order.*"], "my order.placed", False),
        (["Order Completed"], "Order Completed", True),
        (["Order Completed"], "order completed", False),
        (["a", "*.placed"], "order.placed", True),
        (["(", "[a-z]+"], "abc", False),
        (["下单*"], "下单成功\n", True),
    ],
)
def test_a_pattern_means_names(patterns: list[str], name: str, *, wants: bool, clock: Standing) -> None:
    assert Listener(1, tuple(patterns), clock()).wants(name) is wants
