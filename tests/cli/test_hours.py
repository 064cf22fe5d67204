"""`lianyi hours` where nothing runs."""

import json
from pathlib import Path

from tests.program import lianyi


def test_hours_are_shown_and_set(stopped_home: Path) -> None:
    assert lianyi(stopped_home, "hours", "week").returncode == 2
    assert "no span of a day" in lianyi(stopped_home, "hours", "week", "--sat", "10-9").stderr
    assert lianyi(stopped_home, "hours", "week", "--sat", "10-16", "--fri", "", "--country", "").returncode == 0
    shown = json.loads(lianyi(stopped_home, "hours", "show", "--json").stdout)
    assert shown == {
        **dict.fromkeys(("mon", "tue", "wed", "thu"), "09:00-18:00"),
        "fri": "", "sat": "10:00-16:00", "sun": "", "country": "", "zone": "Asia/Shanghai",
    }  # fmt: skip
    day = lianyi(stopped_home, "hours", "day", "2026-12-24", "--note", "Party", "--json")
    assert json.loads(day.stdout) == {"workspace": "default", "day": "2026-12-24", "hours": ""}
    listed = lianyi(stopped_home, "hours", "days", "--year", "2026", "--json")
    assert json.loads(listed.stdout) == {"day": "2026-12-24", "hours": "", "why": "own", "note": "Party"}
    assert lianyi(stopped_home, "hours", "clear", "2026-12-24").returncode == 0
    assert "no hours of its own" in lianyi(stopped_home, "hours", "clear", "2026-12-24").stderr
