"""`lianyi funnel` from outside: a table for people, a line an object for programs, refusals by their codes."""

import json
from pathlib import Path

from tests.program import lianyi

STEPS = ["attention", "interest", "search", "action", "share"]


def test_the_funnel_of_an_empty_workspace(stopped_home: Path) -> None:
    nobody = lianyi(stopped_home, "funnel", "--json")
    assert nobody.returncode == 0
    [total] = [json.loads(line) for line in nobody.stdout.splitlines()]
    assert total == {"source": "total", **dict.fromkeys(STEPS, 0), **{f"{step}_rate": None for step in STEPS[1:]}}

    table = lianyi(stopped_home, "funnel", "--by", "last_source")
    assert table.stdout.split("\n")[0].split()[:3] == ["source", "attention", "interest"]
    assert table.stdout.split("\n")[1].split() == ["total", "0", "0", "0", "0", "0"]

    backwards = lianyi(stopped_home, "funnel", "--from", "2025-03-02", "--to", "2025-03-01")
    assert (backwards.returncode, backwards.stdout) == (1, "")
    assert backwards.stderr.startswith("The period ends before it starts.")
    assert lianyi(stopped_home, "funnel", "--from", "yesterday").returncode == 2
    assert lianyi(stopped_home, "funnel", "--by", "weather").returncode == 2


def test_an_ordered_funnel_of_an_empty_workspace(stopped_home: Path) -> None:
    asked = lianyi(stopped_home, "funnel", "--steps", "Product Viewed, Order Completed", "--within", "7", "--json")
    assert [json.loads(line) for line in asked.stdout.splitlines()] == [
        {"step": "Product Viewed", "people": 0, "rate": None},
        {"step": "Order Completed", "people": 0, "rate": None},
    ]
    for steps in ("one", "one,,two", ",".join("abcdefghijk")):
        refused = lianyi(stopped_home, "funnel", "--steps", steps)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith("steps")
    backwards = lianyi(stopped_home, "funnel", "--steps", "a,b", "--from", "2025-03-02", "--to", "2025-03-01")
    assert (backwards.returncode, backwards.stdout) == (1, "")
