"""`lianyi gathering` where nothing runs."""

import json
from pathlib import Path

from tests.growth.gatherings.making import object_of
from tests.program import lianyi


def test_a_gathering_is_made_changed_resized_and_exported(stopped_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "gathering.json"
    file.write_text(json.dumps(object_of()))
    made = json.loads(lianyi(stopped_home, "gathering", "create", "fair", str(file), "--seats", "2", "--json").stdout)
    number = str(made["id"])
    assert (made["slug"], made["state"], made["seats"], made["published"]) == ("fair", "draft", 2, None)
    draft = json.loads(lianyi(stopped_home, "gathering", "show", number).stdout)
    draft["place"] = {"zh": "二号展厅"}
    file.write_text(json.dumps(draft))
    assert json.loads(lianyi(stopped_home, "gathering", "save", number, str(file), "--json").stdout)["name"] == "fair"
    assert json.loads(lianyi(stopped_home, "gathering", "show", number, "--json").stdout) == draft
    assert json.loads(lianyi(stopped_home, "gathering", "publish", number, "--json").stdout)["state"] == "published"
    assert json.loads(lianyi(stopped_home, "gathering", "resize", number, "--json").stdout)["seats"] is None
    listed = json.loads(lianyi(stopped_home, "gathering", "list", "--json").stdout)
    assert (listed["id"], listed["seated"], listed["came"]) == (made["id"], 0, 0)
    out = tmp_path / "people.csv"
    assert lianyi(stopped_home, "gathering", "export", number, str(out)).returncode == 0
    assert out.read_text().startswith("at,person,seat,promoted,came_at,version,language,answer:name,")
    refused = lianyi(stopped_home, "gathering", "create", "fair", str(file))
    assert (refused.returncode, "/g/fair" in refused.stderr) == (1, True)
    nobody = lianyi(stopped_home, "gathering", "undo-check-in", number, "AAAAA AAAAA")
    assert (nobody.returncode, "no such registration" in nobody.stderr) == (1, True)
    assert json.loads(lianyi(stopped_home, "gathering", "call-off", number, "--json").stdout)["state"] == "called_off"
    assert lianyi(stopped_home, "gathering", "publish", number, "--tell").returncode == 1
