"""New people by source and time, and what they bought since."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from lianyi.events.schemas import Source
from lianyi.foundation.workspaces.models import Workspace
from lianyi.insight.newcomers.queries import arrivals, came_by_source
from lianyi.kernel.clock import to_micros

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> int:
    """Days are Shanghai's. Person 1 has the identities 1 and 4; 2 came by search, 3 by nothing known, 5 is erased."""
    one = Workspace.objects.create(slug="w", name="W", zone="Asia/Shanghai")
    seen = {
        1: datetime(2026, 3, 5, tzinfo=UTC),
        4: datetime(2026, 2, 27, 16, 30, tzinfo=UTC),  # the 28th in Shanghai
        2: datetime(2026, 3, 1, 15, 59, tzinfo=UTC),
        3: datetime(2026, 3, 1, 16, 0, tzinfo=UTC),  # the 2nd
        5: datetime(2026, 3, 1, tzinfo=UTC),
    }
    with connection.cursor() as cursor:
        for number, person in {1: 1, 2: 2, 3: 3, 4: 1}.items():
            cursor.execute(
                "INSERT INTO identity (workspace, number, kind, scope, value, hash, strong, person, first_seen_at) "
                "VALUES (%s, %s, 'user_id', '', %s, decode(md5(%s), 'hex'), true, %s, 0)",
                [one.pk, number, str(number), str(number), person],
            )
        cursor.execute(
            "INSERT INTO erased_identity (workspace, mark, number, erased_at) VALUES (%s, 'x', 5, 0)",
            [one.pk],
        )
        for number, at in seen.items():
            cursor.execute("INSERT INTO presence VALUES (%s, %s, %s, 0)", [to_micros(at), one.pk, number])
        for number, channel in ((1, "wechat"), (2, "search")):
            cursor.execute(
                "INSERT INTO source VALUES (%s, %s, %s, '', '', '', %s)", [one.pk, number, channel, bytes([number])]
            )
            cursor.execute(
                "INSERT INTO person (workspace, number, first_source, orders, spent, name) "
                "VALUES (%s, %s, %s, %s, %s, '')",
                [one.pk, number, number, 3 - number, Decimal("10.25") * number],
            )
    return one.pk


def test_people_count_once_at_their_first_moment_on_the_workspace_s_days(workspace: int) -> None:
    found = arrivals(workspace, datetime(2026, 2, 27, 16, tzinfo=UTC), datetime(2026, 3, 2, 16, tzinfo=UTC))
    assert found.grain == "day"
    assert found.starts == [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)]
    assert found.counts == {"search": [0, 1, 0], "unknown": [0, 0, 1], "wechat": [1, 0, 0]}
    assert arrivals(workspace, None, None).total == 3
    assert arrivals(workspace, None, None).starts[0] == date(2026, 2, 28)


def test_long_periods_are_told_by_week_and_month(workspace: int) -> None:
    end = datetime(2026, 3, 8, 16, tzinfo=UTC)
    weeks = arrivals(workspace, datetime(2026, 1, 1, tzinfo=UTC), end)
    assert (weeks.grain, weeks.starts[0]) == ("week", date(2025, 12, 29))
    assert weeks.counts["wechat"][weeks.starts.index(date(2026, 2, 23))] == 1
    months = arrivals(workspace, datetime(2025, 3, 1, tzinfo=UTC), end)
    assert (months.grain, len(months.starts)) == ("month", 13)
    assert months.counts["search"][-2:] == [0, 1]
    assert months.counts["wechat"][-2:] == [1, 0]


def test_what_came_by_a_source_and_bought(workspace: int) -> None:
    came = came_by_source(workspace, datetime(2026, 2, 27, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    assert came == [
        (None, 1, 0, Decimal(0)),
        (Source("search", "", "", ""), 1, 1, Decimal("20.5")),
        (Source("wechat", "", "", ""), 1, 2, Decimal("10.25")),
    ]
    assert came_by_source(workspace + 1, None, None) == []
    assert arrivals(Workspace.objects.create(slug="x", name="X").pk, None, None).total == 0
