"""`lianyi people duplicates` from outside: found, listed with reasons, and answered."""

import json
from pathlib import Path

from tests.program import lianyi

FILE = """\
crm_id,first_name,last_name,birthday,city,email
ann-1,Annika,Lindqvist,1984-03-12,Bath,
ann-2,Annika,Lindqvst,1984-03-12,Bath,
bruno-1,Bruno,Abbott,1971-07-02,Leeds,bruno.abbott@example.com
bruno-2,Bruno,Abbot,1971-07-02,Leeds,b.abbott@example.com
carla,Carla,Dawson,1990-10-10,York,
"""


def test_duplicates_are_found_listed_and_answered(home: Path, tmp_path: Path) -> None:
    first = lianyi(home, "people", "duplicates")
    assert (first.returncode, first.stderr) == (0, "Nobody was compared yet: add --find.\n")

    (tmp_path / "people.csv").write_text(FILE)
    made = lianyi(home, "import", "people", str(tmp_path / "people.csv"), "--json")
    assert (made.returncode, json.loads(made.stdout)["new"]) == (0, 5), made.stderr
    assert lianyi(home, "drain").returncode == 0

    found = lianyi(home, "people", "duplicates", "--find", "--json")
    assert found.returncode == 0
    pairs = [json.loads(line) for line in found.stdout.splitlines()]
    assert [set(pair) for pair in pairs] == [{"a", "b", "probability", "reasons"}] * 2
    assert sorted((pair["a"], pair["b"]) for pair in pairs) == [(1, 2), (3, 5)]
    assert found.stderr.splitlines()[0].startswith("5 people, ")
    assert found.stderr.splitlines()[0].endswith(" pairs compared, 2 suggested.")
    reasons = next(pair["reasons"] for pair in pairs if pair["a"] == 1)
    assert {(one["field"], one["level"]) for one in reasons} >= {("surname", "typo"), ("birth_date", "same")}
    assert [pair["probability"] for pair in pairs] == sorted((pair["probability"] for pair in pairs), reverse=True)
    one = lianyi(home, "people", "duplicates", "--limit", "1", "--json")
    assert [json.loads(line) for line in one.stdout.splitlines()] == pairs[:1]

    shown = lianyi(home, "people", "duplicates", LANGUAGE="zh_CN").stdout.splitlines()
    assert shown[0].split() == ["a", "b", "probability", "reasons"]
    assert len(shown) == 3
    assert all("出生日期：相同" in line for line in shown[1:])

    refused = lianyi(home, "people", "duplicates", "--same", "1", "3")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Nothing suggests that 1 and 3 are one person")
    both = lianyi(home, "people", "duplicates", "--same", "1", "2", "--not-same", "3", "5")
    assert (both.returncode, both.stderr) == (1, "--same and --not-same are two answers. Give one.\n")
    assert lianyi(home, "people", "duplicates", "--same", "1").returncode == 2

    apart = lianyi(home, "people", "duplicates", "--not-same", "5", "3", "--json")
    assert (apart.returncode, list(json.loads(apart.stdout))) == (0, ["kept_apart"])
    merged = lianyi(home, "people", "duplicates", "--same", "1", "2")
    assert merged.stdout.startswith("Merged; `lianyi people unmerge --merge ")
    assert lianyi(home, "drain").returncode == 0
    assert len(lianyi(home, "people", "find", "--json").stdout.splitlines()) == 4
    none = lianyi(home, "people", "duplicates", "--find")
    assert (none.stdout.count("\n"), none.stderr.splitlines()[-1]) == (1, "No suggestions.")
