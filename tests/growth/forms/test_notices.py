"""Members hear of submissions: once, of many together, and nothing of who sent them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.growth.forms.making import EMAIL, NAME
from tests.growth.forms.test_projector import Desk
from tests.people.erasing.told import brand

from lianyi.assembly.replay import replay
from lianyi.foundation.outbox.models import OutboxRow
from lianyi.growth.forms.letters import forget_old
from lianyi.growth.forms.models import FormLetter
from lianyi.growth.forms.ticking import tell_members
from lianyi.kernel.clock import system_clock, to_micros

ADDRESS = "https://marketing.example.com"


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    with brand() as made:
        yield Desk(made, NAME, EMAIL, notify=[7, 9, 7])


def tell(desk: Desk, after: timedelta = timedelta(0)) -> int:
    return tell_members(desk.workspace, ADDRESS, to_micros(system_clock() + after))


def mails(desk: Desk) -> list[tuple[int, int]]:
    """Whom, and of how many."""
    rows = OutboxRow.objects.filter(workspace=desk.workspace, kind="mail").order_by("pk")
    return [(row.payload["member"], row.payload["values"]["count"]) for row in rows]


def test_the_first_is_told_at_once_and_what_follows_together(desk: Desk) -> None:
    desk.fill(name="访客一", email="one@example.com", times=2)
    assert (tell(desk), tell(desk)) == (2, 0)
    for name in "abc":
        desk.fill(name=name)
    assert tell(desk, timedelta(minutes=9)) == 0
    assert tell(desk, timedelta(minutes=11)) == 2
    assert mails(desk) == [(7, 1), (9, 1), (7, 3), (9, 3)]
    payload = OutboxRow.objects.filter(workspace=desk.workspace).order_by("pk")[0].payload
    assert payload["values"] == {"count": 1, "form": "Trial", "link": f"{ADDRESS}/forms/{desk.form.id}"}


def test_a_rebuild_tells_nobody_again(desk: Desk) -> None:
    desk.fill(name="访客一")
    tell(desk)
    replay(desk.workspace, "forms", check=False)
    assert tell(desk, timedelta(hours=1)) == 0
    assert forget_old(to_micros(system_clock() + timedelta(days=39))) == 0
    assert forget_old(to_micros(system_clock() + timedelta(days=41))) == 1
    replay(desk.workspace, "forms", check=False)
    assert tell(desk, timedelta(days=41)) == 0
    assert [row.state for row in FormLetter.objects.filter(workspace=desk.workspace)] == ["late"]
    assert len(mails(desk)) == 2


def test_nothing_is_told_of_a_machine(desk: Desk) -> None:
    desk.fill(name="访客一", machine=True)
    assert (tell(desk), mails(desk)) == (0, [])
