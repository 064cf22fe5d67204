"""`lianyi model`, `worth` and `experiment` from outside: objects for programs, refusals by their codes."""

import json
from pathlib import Path
from typing import Any

from tests.program import lianyi


def lines(home: Path, *arguments: str) -> list[dict[str, Any]]:
    done = lianyi(home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_model_is_asked_for_shown_and_deleted(stopped_home: Path) -> None:
    assert lines(stopped_home, "model", "list") == []
    rare = lianyi(stopped_home, "model", "train", "Trial Started", "--days", "14", "--times", "2")
    assert (rare.returncode, rare.stdout) == (1, "")
    assert " 0 people at the most can have had the outcome; it takes 200. Wait for more" in rare.stderr
    assert lines(stopped_home, "model", "list") == []
    # Of a name that may be somebody's nobody has counted the events: the worker will.
    called = "Called 139 1234 5670"
    (made,) = lines(stopped_home, "model", "train", called, "--days", "14", "--times", "2")
    assert made == {
        "id": 1,
        "name": f"{called} 14d",
        "state": "running",
        "outcome": {"kind": "did", "event": called, "at_least": 2},
        "days": 14,
        "chosen": False,
        "auc": None,
        "problem": None,
    }
    assert lines(stopped_home, "model", "show", "1") == [made]
    again = lianyi(stopped_home, "model", "train", called, "--days", "14", "--times", "2")
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("The model is being learned already.")
    assert lianyi(stopped_home, "model", "choose", "1").stderr.startswith("The model gives no scores.")
    assert lines(stopped_home, "model", "people", "1") == []
    assert lianyi(stopped_home, "model", "show", "2").returncode == 1
    assert lianyi(stopped_home, "model", "train", "x", "--days", "0").returncode == 2
    assert lines(stopped_home, "model", "delete", "1")[0]["deleted"] is True


def test_a_fit_is_asked_for_once_and_without_one_there_is_nothing_to_be_said(stopped_home: Path) -> None:
    (asked,) = lines(stopped_home, "worth", "fit", "--as-of", "2026-01-31")
    assert asked == {"as_of": "2026-01-31", "state": "running"}
    for arguments, said in (
        (("fit",), "The models are being fitted already."),
        (("fit", "--as-of", "2999-01-01"), "2999-01-01 has not been yet."),
        (("show",), "Nothing was fitted to the orders yet."),
        (("people",), "Nothing was fitted to the orders yet."),
        (("person", "1"), "Nothing was fitted to the orders yet."),
    ):
        done = lianyi(stopped_home, "worth", *arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(said)
    assert lianyi(stopped_home, "worth", "show", "--days", "0").returncode == 2


def test_an_experiment_from_draft_to_end(stopped_home: Path) -> None:
    (made,) = lines(stopped_home, "experiment", "create", "Button", "plain", "red:3", "--seed", "spring")
    assert made == {"id": 1, "name": "Button", "state": "draft", "arms": "plain, red:3", "seed": "spring"}
    assert lianyi(stopped_home, "experiment", "create", "Other", "a", "b:many").returncode == 2
    assert lianyi(stopped_home, "experiment", "create", "Other", "a").stderr.startswith(
        "An experiment has 2 to 20 arms."
    )
    assert lines(stopped_home, "experiment", "start", "1")[0]["state"] == "running"
    (shown,) = lines(stopped_home, "experiment", "show", "1")
    assert shown["exposures"] == [
        {"arm": "plain", "weight": 1, "people": 0},
        {"arm": "red", "weight": 3, "people": 0},
    ]
    assert lianyi(stopped_home, "experiment", "arm", "1", "1").returncode == 1
    assert lianyi(stopped_home, "experiment", "delete", "1").stderr.startswith("Experiment 1 was shown to people")
    assert lines(stopped_home, "experiment", "end", "1")[0]["state"] == "ended"
    assert lines(stopped_home, "experiment", "list") == [{**made, "state": "ended"}]
