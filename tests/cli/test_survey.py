"""`lianyi survey` where nothing runs."""

import json
from pathlib import Path

from tests.program import lianyi


def test_a_survey_is_made_changed_published_and_archived(stopped_home: Path, tmp_path: Path) -> None:
    made = json.loads(lianyi(stopped_home, "survey", "create", "Shops", "--json").stdout)
    assert made == {
        "id": made["id"], "address": made["address"], "name": "Shops", "state": "draft", "published": None,
    }  # fmt: skip
    number = str(made["id"])
    draft = json.loads(lianyi(stopped_home, "survey", "show", number).stdout)
    assert [one["key"] for page in draft["pages"] for one in page["questions"]] == ["nps", "reason", "parts", "wish"]
    draft["title"] = {"zh": "门店调查"}
    file = tmp_path / "survey.json"
    file.write_text(json.dumps(draft))
    assert lianyi(stopped_home, "survey", "save", number, str(file)).returncode == 0
    assert json.loads(lianyi(stopped_home, "survey", "show", number, "--json").stdout) == draft
    assert json.loads(lianyi(stopped_home, "survey", "publish", number, "--json").stdout)["published"] == 1
    figures = [
        json.loads(line) for line in lianyi(stopped_home, "survey", "results", number, "--json").stdout.splitlines()
    ]
    assert {(one["question"], one["often"]) for one in figures} == {("nps", 0), ("parts", 0)}
    head = "response,at,seconds,stage,person,version,language,nps,reason,parts_1,parts_2,parts_3,wish,"
    assert lianyi(stopped_home, "survey", "export", number).stdout.splitlines() == [f"{head}channel,campaign,code"]
    book = lianyi(stopped_home, "survey", "export", number, "--codebook").stdout.splitlines()
    assert (book[0], book[1]) == (
        "variable,kind,label,code,value,value_label",
        "nps,nps,您有多大可能把我们推荐给朋友？,0,0,0",
    )
    assert json.loads(lianyi(stopped_home, "survey", "unpublish", number, "--json").stdout)["state"] == "offline"
    assert json.loads(lianyi(stopped_home, "survey", "archive", number, "--json").stdout)["state"] == "archived"
    assert lianyi(stopped_home, "survey", "list", "--json").stdout == ""
    listed = json.loads(lianyi(stopped_home, "survey", "list", "--archived", "--json").stdout)
    assert listed == {**made, "state": "archived", "published": 1, "completed": 0, "begun": 0}
    assert json.loads(lianyi(stopped_home, "survey", "restore", number, "--json").stdout)["state"] == "offline"
    draft["title"] = {"zh": "另一份"}
    file.write_text(json.dumps(draft))
    assert lianyi(stopped_home, "survey", "save", number, str(file)).returncode == 0
    versions = [
        json.loads(line) for line in lianyi(stopped_home, "survey", "versions", number, "--json").stdout.splitlines()
    ]
    assert [(one["number"], one["newest"]) for one in versions] == [(1, True)]
    assert lianyi(stopped_home, "survey", "restore", number, "1").returncode == 0
    assert json.loads(lianyi(stopped_home, "survey", "show", number, "--json").stdout)["title"] == {"zh": "门店调查"}
    assert lianyi(stopped_home, "survey", "restore", number, "9").returncode == 1
    refused = lianyi(stopped_home, "survey", "create", "Shops", "--template", "none")
    assert (refused.returncode, "satisfaction, needs, empty" in refused.stderr) == (1, True)
