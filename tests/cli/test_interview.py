"""`lianyi interview` where nothing runs: a note is kept, found, taken out and deleted."""

import csv
import io
import json
from pathlib import Path

from tests.program import lianyi


def test_a_note_is_kept_found_taken_out_and_deleted(stopped_home: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("phone,name\n13912345678,王小明\n", encoding="utf-8")
    brought = lianyi(stopped_home, "import", "people", str(people))
    assert brought.returncode == 0, brought.stderr
    assert lianyi(stopped_home, "drain", "--timeout", "60").returncode in (0, 1)
    text = tmp_path / "note.txt"
    text.write_text("=HYPERLINK(1) 喜欢小包装", encoding="utf-8")
    found = lianyi(stopped_home, "people", "find", "phone", "13912345678", "--json")
    person = json.loads(found.stdout)["person"] if found.returncode == 0 else 1
    made = lianyi(
        stopped_home, "interview", "add", str(person), "--on", "2026-01-02", "--place", "Booth 3",
        "--said", "How do you choose?=By the smell", "--text", str(text), "--quote", "I would pay more",
        "--tag", "包装", "--json",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    note = json.loads(made.stdout)
    assert (note["held_on"], note["place"], note["tags"]) == ("2026-01-02", "Booth 3", ["包装"])
    assert note["said"] == [{"question": "How do you choose?", "answer": "By the smell"}]
    listed = lianyi(stopped_home, "interview", "list", "--tag", "包装", "--json").stdout.splitlines()
    assert [json.loads(one) for one in listed] == [note]
    assert "Booth 3" in lianyi(stopped_home, "interview", "list", "--words", "smell").stdout
    assert lianyi(stopped_home, "interview", "list", "--words", "nothing", "--json").stdout == ""
    assert json.loads(lianyi(stopped_home, "interview", "show", str(note["id"]), "--json").stdout) == note
    head, row = csv.reader(io.StringIO(lianyi(stopped_home, "interview", "export").stdout.lstrip("\ufeff")))
    assert row[head.index("text")] == "'=HYPERLINK(1) 喜欢小包装"
    assert row[head.index("question")] == "How do you choose?"
    assert lianyi(stopped_home, "interview", "delete", str(note["id"])).returncode == 0
    assert lianyi(stopped_home, "interview", "show", str(note["id"])).returncode == 1
    assert lianyi(stopped_home, "interview", "add", "999999", "--quote", "x").returncode == 1
    assert lianyi(stopped_home, "interview", "add", str(person), "--said", "no sign").returncode == 2
