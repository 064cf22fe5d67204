"""`lianyi page` where nothing runs."""

import json
from pathlib import Path

from tests.program import lianyi


def test_a_page_is_made_changed_and_published(stopped_home: Path, tmp_path: Path) -> None:
    made = json.loads(lianyi(stopped_home, "page", "create", "fair", "--template", "shop", "--json").stdout)
    assert made == {
        "id": made["id"], "slug": "fair", "host": "", "name": "fair", "edition": 1, "version": None, "changed": True,
    }  # fmt: skip
    number = str(made["id"])
    draft = json.loads(lianyi(stopped_home, "page", "show", number).stdout)
    draft["blocks"][0]["title"] = {"zh": "换季上新"}
    file = tmp_path / "page.json"
    file.write_text(json.dumps(draft))
    assert json.loads(lianyi(stopped_home, "page", "save", number, str(file), "--json").stdout)["edition"] == 2
    assert json.loads(lianyi(stopped_home, "page", "show", number, "--json").stdout) == draft
    assert json.loads(lianyi(stopped_home, "page", "publish", number, "--json").stdout)["version"] == 1
    assert json.loads(lianyi(stopped_home, "page", "unpublish", number, "--json").stdout)["version"] is None
    assert json.loads(lianyi(stopped_home, "page", "restore", number, "1", "--json").stdout)["edition"] == 3
    listed = json.loads(lianyi(stopped_home, "page", "list", "--json").stdout)
    assert (listed["id"], listed["edition"], listed["version"]) == (made["id"], 3, None)
    refused = lianyi(stopped_home, "page", "create", "other", "--template", "none")
    assert (refused.returncode, "gathering, download, trial, shop" in refused.stderr) == (1, True)
