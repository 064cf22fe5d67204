"""Spend: kept once, spread over its days, changed with an audit line, read from files."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from lianyi.campaigns.spend.actions import change_spend, delete_spend, record_spend
from lianyi.campaigns.spend.queries import cost_by_source, every_line, spend_line, spend_lines
from lianyi.campaigns.spend.reading import read_spend
from lianyi.campaigns.spend.schemas import Cost, Recorded, Spend
from lianyi.events.schemas import Source
from lianyi.foundation.access.acting import acting_as
from lianyi.foundation.access.schemas import ABILITIES, Actor, Denied, Role
from lianyi.foundation.audit.models import AuditLine
from lianyi.kernel.errors import Refused

pytestmark = pytest.mark.django_db
WECHAT = Source("wechat", "", "spring", "")


def line(amount: str = "100", first: str = "2026-03-01", last: str = "2026-03-04", currency: str = "CNY") -> Spend:
    return Spend(WECHAT, date.fromisoformat(first), date.fromisoformat(last), Decimal(amount), currency)


def test_the_same_line_is_kept_once() -> None:
    assert record_spend(1, [line("100"), line("100.00"), line("7")]) == Recorded(2, 1)
    assert record_spend(1, [line("100")]) == Recorded(0, 1)
    assert record_spend(2, [line("100")]) == Recorded(1, 0)
    assert [one.spend.amount for one in every_line(1)] == [7, 100]
    assert list(AuditLine.objects.filter(workspace=1).order_by("pk").values_list("action", "detail")) == [
        ("spend.recorded", {"lines": 2})
    ]


def test_costs_are_spread_over_days_and_currencies_stay_apart() -> None:
    record_spend(1, [line("100"), line("10", "2026-03-04", "2026-03-04"), line("9", currency="USD")])
    assert cost_by_source(1, date(2026, 3, 4), date(2026, 3, 31)) == [
        Cost(WECHAT, "CNY", Decimal("35.000000")),
        Cost(WECHAT, "USD", Decimal("2.250000")),
    ]
    assert cost_by_source(1, date(2026, 3, 5), date(2026, 3, 31)) == []
    assert cost_by_source(2, date(2026, 3, 1), date(2026, 3, 31)) == []


def test_lines_are_changed_and_deleted_in_their_workspace_only() -> None:
    record_spend(1, [line("1"), line("2")])
    second, first = (one.id for one in spend_lines(1, 10))
    for action in (lambda: change_spend(2, first, line("3")), lambda: delete_spend(2, first)):
        with pytest.raises(Refused, match="There is no line"):
            action()
    with pytest.raises(Refused, match="already"):
        change_spend(1, first, line("2"))
    change_spend(1, first, line("5"))
    assert spend_line(1, first) is not None
    assert spend_line(2, first) is None
    delete_spend(1, second)
    assert [one.spend.amount for one in spend_lines(1, 10)] == [5]
    assert spend_lines(1, 10, before=first) == []
    assert [one.action for one in AuditLine.objects.order_by("pk")] == [
        "spend.recorded", "spend.changed", "spend.deleted"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (line("-1"), "spend.negative"),
        (line(last="2026-02-01"), "spend.period"),
        (line(last="2036-03-09"), "spend.days"),
        (line(currency="cny"), "money.currency"),
        (line("0.0000001"), "money.precision"),
        (line()._replace(source=Source("", "", "x", "")), "spend.channel"),
        (line()._replace(note="x" * 501), "spend.text"),
    ],
)
def test_what_means_nothing_is_refused_and_nothing_is_kept(wrong: Spend, code: str) -> None:
    with pytest.raises(Refused) as refused:
        record_spend(1, [line(), wrong])
    assert refused.value.code == code
    assert spend_lines(1, 10) == []


def test_who_may_not_edit_spend_is_denied() -> None:
    with acting_as(Actor("member:1", 1, ABILITIES[Role.VIEWER])), pytest.raises(Denied):
        record_spend(1, [line()])
    assert spend_lines(1, 10) == []


def test_files_are_read_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "spend.csv"
    file.write_text(
        '渠道,营销活动,开始日期,结束日期,金额,币种,备注\nwechat,spring,2026/3/1,2026-03-04,"1,234.50",,试投\n'
    )
    (read,) = read_spend(file, "CNY")
    assert read == Spend(WECHAT, date(2026, 3, 1), date(2026, 3, 4), Decimal("1234.50"), "CNY", "试投")
    file.write_text("channel,date,amount,currency\nweibo,2026-03-01,5,usd\nweibo,yesterday,5,USD\n")
    with pytest.raises(Refused, match=r"Row 3: 'yesterday' is no day\."):
        read_spend(file, "CNY")
    file.write_text("channel,amount\nweibo,5\n")
    with pytest.raises(Refused, match="no column for from"):
        read_spend(file, "CNY")
    file.write_text("channel,date,amount\nweibo,2026-03-01,5\n")
    assert read_spend(file, "EUR")[0].last_on == date(2026, 3, 1)
