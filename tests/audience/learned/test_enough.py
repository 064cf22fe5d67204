"""What is too rare to be learned is told at once, by counts of a few hundred rows; the rest is for the worker."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.events.catalogue.test_catalogue import AT, Sending

from lianyi.audience.learned.enough import refuse_too_rare
from lianyi.events.catalogue.queries import happened
from lianyi.kernel.errors import Refused
from lianyi.rules.nodes import AllOf, AnyOf, Did, Not, Rule

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def told(sending: Sending, outcome: Rule, days: int = 30) -> tuple[str, int, date, date] | None:
    try:
        refuse_too_rare(sending.workspace, outcome, days, AT)
    except Refused as refused:
        values = refused.sentence.values
        return refused.code, values["people"], values["from_on"], values["to_on"]
    return None


def sends(sending: Sending, event: str, times: int, ago: float) -> None:
    sending.send(*({"event": event} for _ in range(times)), at=AT - timedelta(days=ago))


@pytest.fixture
def sending() -> Sending:
    """Often 300 times in each window, seldom 199 times in the first, lately 100 times in the last."""
    made = Sending()
    for ago in (45, 15):
        sends(made, "Often", 300, ago)
    sends(made, "Seldom", 199, 45)
    sends(made, "Seldom", 500, 15)
    sends(made, "Lately", 99, 15)
    sends(made, "Lately", 200, 45)
    return made


def test_the_windows_are_counted_by_day(sending: Sending) -> None:
    early = (TODAY - timedelta(60), TODAY - timedelta(30))
    late = (TODAY - timedelta(30), TODAY)
    assert told(sending, Did(event="Often")) is None
    assert told(sending, Did(event="Often", at_least=2)) == ("learned.few", 150, *early)
    assert told(sending, Did(event="Seldom")) == ("learned.few", 199, *early)
    assert told(sending, Did(event="Lately")) == ("learned.few_tested", 99, *late)
    assert told(sending, Did(event="Never")) == ("learned.few", 0, *early)
    sends(sending, "Seldom", 1, 60)
    sends(sending, "Lately", 1, 0)
    assert told(sending, Did(event="Seldom")) is None
    assert told(sending, Did(event="Lately")) is None
    assert told(sending, Did(event="Seldom"), 0) is None  # what is no window is refused by its own sentence


def test_groups_are_bounded_and_what_may_be_anybody_is_let_pass(sending: Sending) -> None:
    often, seldom, never = Did(event="Often"), Did(event="Seldom"), Did(event="Never")
    assert told(sending, AnyOf(rules=(seldom, never))) is not None
    assert told(sending, AnyOf(rules=(seldom, often))) is None
    assert told(sending, AllOf(rules=(often, never)))[1] == 0  # type: ignore[index]
    assert told(sending, AllOf(rules=(Not(rule=often), often))) is None
    assert told(sending, Not(rule=never)) is None
    assert told(sending, Did(event="*", at_least=900)) is None
    assert told(sending, AnyOf(rules=(never, Not(rule=often)))) is None


def test_what_the_catalogue_cannot_say_is_left_to_the_worker(sending: Sending) -> None:
    assert told(sending, Did(event="Called 139 1234 5670")) is None
    window = (TODAY - timedelta(500), TODAY)
    assert happened(sending.workspace, ["Often", "Never"], *window) == {"Never": 0}
    assert happened(Sending().workspace, ["Often"], TODAY, TODAY) == {"Often": 0}
    # Events of names that had no room: nobody knows how many there were of a name that is not there.
    sends(sending, "Sent to 139 1234 5670", 1, 1)
    assert told(sending, Did(event="Never")) is None
    assert told(sending, Did(event="Seldom")) is not None


def test_it_reads_a_few_rows(sending: Sending) -> None:
    with CaptureQueriesContext(connection) as asked:
        refuse_too_rare(sending.workspace, Did(event="Often"), 30, AT)
    assert len(asked) <= 7
