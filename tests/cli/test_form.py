"""`lianyi form` where nothing runs."""

import json
from pathlib import Path

from tests.program import lianyi


def test_a_form_is_made_changed_published_and_archived(stopped_home: Path, tmp_path: Path) -> None:
    made = json.loads(lianyi(stopped_home, "form", "create", "Trial", "--json").stdout)
    assert made == {
        "id": made["id"], "address": made["address"], "name": "Trial", "state": "draft", "published": None,
    }  # fmt: skip
    number = str(made["id"])
    draft = json.loads(lianyi(stopped_home, "form", "show", number).stdout)
    assert [one["key"] for one in draft["fields"]] == ["name", "phone", "city", "wish", "agree"]
    draft["title"] = {"zh": "换季试穿"}
    file = tmp_path / "form.json"
    file.write_text(json.dumps(draft))
    assert lianyi(stopped_home, "form", "save", number, str(file)).returncode == 0
    assert json.loads(lianyi(stopped_home, "form", "show", number, "--json").stdout) == draft
    assert json.loads(lianyi(stopped_home, "form", "publish", number, "--json").stdout)["published"] == 1
    assert json.loads(lianyi(stopped_home, "form", "unpublish", number, "--json").stdout)["state"] == "offline"
    assert json.loads(lianyi(stopped_home, "form", "archive", number, "--json").stdout)["state"] == "archived"
    assert lianyi(stopped_home, "form", "list", "--json").stdout == ""
    listed = json.loads(lianyi(stopped_home, "form", "list", "--archived", "--json").stdout)
    assert listed == {**made, "state": "archived", "published": 1, "submissions": 0}
    assert json.loads(lianyi(stopped_home, "form", "restore", number, "--json").stdout)["state"] == "offline"
    head = "at,person,version,language,answer:name,answer:phone,answer:city,answer:wish,answer:agree,"
    assert lianyi(stopped_home, "form", "export", number).stdout.splitlines() == [f"{head}channel,campaign,code,page"]


def test_what_is_wrong_is_said_and_changes_nothing(stopped_home: Path, tmp_path: Path) -> None:
    refused = lianyi(stopped_home, "form", "create", "Trial", "--template", "none")
    assert (refused.returncode, "trial, gathering, download, contact, empty" in refused.stderr) == (1, True)
    file = tmp_path / "form.json"
    file.write_text('{"fields": [{"kind": "text", "key": "A"}]}')
    refused = lianyi(stopped_home, "form", "create", "Trial", "--file", str(file))
    assert (refused.returncode, "fields[0].key" in refused.stderr) == (1, True)
    assert lianyi(stopped_home, "form", "list", "--json").stdout == ""
    number = json.loads(lianyi(stopped_home, "form", "create", "Empty", "--template", "empty", "--json").stdout)["id"]
    refused = lianyi(stopped_home, "form", "publish", str(number))
    assert (refused.returncode, "The form asks nothing." in refused.stderr) == (1, True)
    assert lianyi(stopped_home, "form", "restore", str(number), "3").returncode == 1
    for submission in ("0" * 32, "no-id"):
        refused = lianyi(stopped_home, "form", "file", str(number), submission, "card")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"There is no such submission of form {number}." in refused.stderr
