"""The forms of data: JSON for programs, tables for people."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from lianyi.cli import show


def test_json_has_a_form_for_every_value_we_speak_of(capsys: pytest.CaptureFixture[str]) -> None:
    show.print_json(
        {
            "at": datetime(2026, 3, 1, 8, 0, 0, 5, tzinfo=timezone(timedelta(hours=8))),
            "on": date(2026, 3, 1),
            "amount": Decimal("12.50"),
            "id": b"\x00\xff",
            "uuid": UUID(int=1),
            "pair": (1, 2),
            "name": "涟漪",
            "none": None,
        }
    )
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.count("\n") == 1
    assert "涟漪" in captured.out
    assert json.loads(captured.out) == {
        "at": "2026-03-01T00:00:00.000005Z",
        "on": "2026-03-01",
        "amount": "12.50",
        "id": "00ff",
        "uuid": "00000000-0000-0000-0000-000000000001",
        "pair": [1, 2],
        "name": "涟漪",
        "none": None,
    }


def test_json_refuses_what_it_has_no_form_for() -> None:
    with pytest.raises(TypeError, match="object has no form in JSON"):
        show.print_json({"thing": object()})


def test_a_table_off_a_terminal_is_aligned_and_uncut(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"source": "微信", "people": 7}, {"source": "x" * 200, "people": 12345}]
    assert show.print_table(rows, ("source", "people")) == 2
    assert capsys.readouterr().out.splitlines() == [
        "source" + " " * 194 + "  people",
        "微信" + " " * 196 + "       7",
        "x" * 200 + "   12345",
    ]


def test_an_object_is_a_line_for_each_field(capsys: pytest.CaptureFixture[str]) -> None:
    show.print_lines({"id": 3, "name": "Ada\x1b[31m", "at": datetime(2026, 3, 1, tzinfo=UTC), "ok": True, "no": None})
    assert capsys.readouterr().out == "id    3\nname  Ada [31m\nat    2026-03-01T00:00:00Z\nok    yes\nno    \n"


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with show.progress("Importing", 10) as advance:
        advance(10)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("amount", "text"), [("69.500000", "69.5"), ("0E-6", "0"), ("1200.000000", "1200"), ("-0.10", "-0.1")]
)
def test_an_amount_for_people_has_no_zeros_behind_it(amount: str, text: str) -> None:
    assert show.text_of(Decimal(amount)) == text
