"""`lianyi score` where nothing runs: settings are shown and changed, and nobody is scored yet."""

import json
from pathlib import Path

from tests.program import lianyi


def test_settings_are_shown_and_changed(stopped_home: Path, tmp_path: Path) -> None:
    offered = lianyi(stopped_home, "score", "settings", "--json")
    assert "nobody took any yet" in offered.stderr
    settings = json.loads(offered.stdout)
    assert (settings["half_life"], len(settings["fit"])) == (14, 8)
    readable = lianyi(stopped_home, "score", "settings")
    assert json.loads(readable.stdout) == settings
    for arguments in (("show", "1"), ("matrix",)):
        refused = lianyi(stopped_home, "score", *arguments)
        assert (refused.returncode, refused.stdout) == (1, ""), arguments

    file = tmp_path / "settings.json"
    file.write_text(json.dumps({**settings, "half_life": 0}))
    refused = lianyi(stopped_home, "score", "change", str(file))
    assert refused.returncode == 1
    assert "half_life: This must be 1 or more." in refused.stderr
    file.write_text("[]")
    assert "no JSON object" in lianyi(stopped_home, "score", "change", str(file)).stderr
    assert lianyi(stopped_home, "score", "change").returncode == 2
    assert lianyi(stopped_home, "score", "change", str(tmp_path / "none")).returncode == 2

    file.write_text(json.dumps({**settings, "half_life": 7}))
    done = lianyi(stopped_home, "score", "change", str(file), "--json")
    assert json.loads(done.stdout) == {"workspace": "default", "edition": 1}
    again = lianyi(stopped_home, "score", "settings", "--json")
    assert (again.stderr, json.loads(again.stdout)["half_life"]) == ("", 7)
    assert json.loads(lianyi(stopped_home, "score", "change", "--ready", "--json").stdout)["edition"] == 2
    assert "还没有人被评分" in lianyi(stopped_home, "score", "matrix", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8").stderr
