"""Segments in a running installation, by the command line: made, followed by events, and not shaken by `kill -9`."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browser.test_pages import send
from tests.program import Up, eventually, lianyi

RULE = {
    "kind": "all_of",
    "rules": [
        {"kind": "trait", "trait": "city", "is": {"test": "equals", "value": "上海"}},
        {"kind": "did", "event": "Product Viewed", "at_least": 2, "during": {"test": "within", "days": 30}},
    ],
}


def lines(up: Up, *arguments: str) -> list[dict[str, Any]]:
    done = lianyi(up.home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.crash
def test_a_segment_follows_what_happens_and_tells_of_it_once(up: Callable[..., Up], tmp_path: Path) -> None:
    running = up("--json").wait_until_ready()
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(RULE))
    for user in ("a", "b"):
        send(running, {"type": "identify", "userId": user, "traits": {"name": f"N{user}", "city": "上海"}})
        send(running, {"userId": user, "event": "Product Viewed"})
    send(running, {"userId": "a", "event": "Product Viewed"})
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    (told,) = lines(running, "segment", "preview", str(file))
    (a,) = [one["person"] for one in told["sample"]]
    assert (told["count"], told["sample"]) == (1, [{"person": a, "name": "Na", "stage": "prospect"}])
    assert told["sentence"] == "City is '上海' and did 'Product Viewed' at least 2 times in the last 30 days"
    (made,) = lines(running, "segment", "create", "Regulars", str(file))
    segment = str(made["id"])
    eventually(lambda: lines(running, "segment", "members", segment) == [{"person": a}], "it is built")
    os.kill(running.children()["worker"], signal.SIGKILL)
    send(running, {"userId": "b", "event": "Product Viewed"})
    eventually(lambda: len(lines(running, "segment", "members", segment)) == 2, "b enters")
    (b,) = {one["person"] for one in lines(running, "segment", "members", segment)} - {a}

    def entered() -> list[dict[str, Any]]:
        return [one for one in lines(running, "events", "--person", str(b)) if one["name"] == "segment.entered"]

    eventually(lambda: bool(entered()), "an event says so")
    os.kill(running.children()["worker"], signal.SIGKILL)
    assert lianyi(running.home, "drain", "--timeout", "200").returncode == 0
    assert [one["said"] for one in entered()] == [{"segment": made["id"], "name": "Regulars", "cause": "facts"}]
    assert lianyi(running.home, "replay", "segments", "--check").returncode == 0
    why = lianyi(running.home, "segment", "why", segment, str(b))
    assert [line.strip()[0] for line in why.stdout.splitlines()] == ["✓", "✓", "✓"]
    (listed,) = lines(running, "segment", "list")
    assert (listed["name"], listed["state"], listed["size"]) == ("Regulars", "current", 2)
    (shown,) = lines(running, "segment", "show", segment)
    assert (shown["rule"], shown["used_by"]) == (RULE, [])
    assert lines(running, "segment", "delete", segment)[0]["deleted"] is True
    assert lines(running, "segment", "list") == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"kind": "all_of", "rules": []}, "rules: This must not be empty."),
        ({"kind": "trait", "trait": "nothing", "is": {"test": "known"}}, "trait: There is no trait 'nothing'."),
        ("{", "This is no JSON."),
        ({"kind": "taged", "tag": "a"}, "There is no 'taged'; there are"),
        ({"kind": "tagged", "tag": "a", "colour": "red"}, "colour: There is no such field."),
        ({"kind": "in_segment", "segment": 9}, "segment: There is no segment 9."),
        ({"kind": "trait", "trait": "city", "is": {"test": "one_of", "values": ["a"] * 10_000}}, "10,000 is too long"),
        ('{"kind": "not", "rule": ' * 200 + '{"kind": "tagged", "tag": "a"}' + "}" * 200, "201 deep in one another"),
    ],
)
def test_bad_rules_are_refused(stopped_home: Path, tmp_path: Path, rule: object, words: str) -> None:
    file = tmp_path / "rule.json"
    file.write_text(rule if isinstance(rule, str) else json.dumps(rule))
    refused = lianyi(stopped_home, "segment", "preview", str(file))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert words in refused.stderr
    assert lianyi(stopped_home, "segment", "preview", str(tmp_path / "none.json")).returncode == 2


def test_a_sentence_names_events_in_the_language_of_the_terminal(stopped_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps({"kind": "did", "event": "Product Viewed"}))
    told = lianyi(stopped_home, "segment", "preview", str(file), LANG="zh_CN.UTF-8")
    assert told.stdout.splitlines()[0] == "做过“浏览商品”", told.stderr


@pytest.mark.crash
def test_a_list_from_a_file_and_overlaps(up: Callable[..., Up], tmp_path: Path) -> None:
    running = up("--json").wait_until_ready()
    for user in ("a", "b"):
        send(running, {"type": "identify", "userId": user, "traits": {"name": f"N{user}"}})
    assert lianyi(running.home, "drain", "--timeout", "60").returncode == 0
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"kind": "trait", "trait": "name", "is": {"test": "range", "at_least": 1}}')
    refused = lianyi(running.home, "segment", "preview", str(wrong))
    assert "is: 'name' is of the type text; this test is for number." in refused.stderr
    file = tmp_path / "vips.csv"
    file.write_text("a\nnobody\n")
    refused = lianyi(running.home, "segment", "upload", str(file))
    assert (refused.returncode, "No column of the file says what it holds." in refused.stderr) == (1, True)
    made = lianyi(running.home, "segment", "upload", str(file), "--holds", "user_id", "--json")
    assert "Row 2 means nobody: nobody" in made.stderr
    told = json.loads(made.stdout)
    assert (told["name"], told["people"], told["rows"], told["missing"], told["missed"]) == ("vips", 1, 2, 1, [[2, 2]])
    assert file.is_file()
    (tmp_path / "all.csv").write_text("user_id\na\nb\n")
    done = lianyi(running.home, "segment", "upload", str(tmp_path / "all.csv"), "--name", "All")
    assert "2 people by 2 rows, of which 0 mean nobody" in done.stdout
    assert lines(running, "segment", "overlap", "1", "2") == [
        {"segments": [1, 2], "people": 1},
        {"segments": [1], "people": 0},
        {"segments": [2], "people": 1},
    ]
    assert lianyi(running.home, "segment", "overlap", "1").returncode == 2
