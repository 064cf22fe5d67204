"""`lianyi link` and `lianyi campaign` where nothing runs."""

import json
from pathlib import Path
from typing import Any

from tests.program import lianyi

PAGE = "https://shop.example/spring"


def told(home: Path, *arguments: str) -> list[dict[str, Any]]:
    """What a verb says as JSON."""
    done = lianyi(home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_links_are_made_listed_archived_and_travel_by_file(stopped_home: Path, tmp_path: Path) -> None:
    home = stopped_home
    (campaign,) = told(home, "campaign", "create", "spring", "--name", "春季", "--begins", "2026-03-01")
    assert (campaign["key"], campaign["name"], campaign["begins_on"]) == ("spring", "春季", "2026-03-01")
    source = ("--channel", "offline", "--medium", "poster", "--campaign", "spring")
    holder = ("--holder-kind", "stand", "--holder", "Booth 3")
    (made,) = told(home, "link", "create", PAGE, "--kind", "code", "--slug", "fair", "--name", "海报", *source, *holder)
    assert made == {
        "id": made["id"], "kind": "code", "name": "海报", "address": "http://localhost:8620/l/fair", "target": PAGE,
        "code": "fair", "channel": "offline", "medium": "poster", "campaign": "spring", "holder_kind": "stand",
        "holder": "Booth 3", "account": "", "scene": "", "created_at": made["created_at"], "archived_at": None,
    }  # fmt: skip
    (shown,) = told(home, "link", "show", str(made["id"]))
    assert (shown["slug"], shown["routes"], shown["password"], shown["address"]) == (
        "fair", [], False, "http://localhost:8620/l/fair"
    )  # fmt: skip
    file = tmp_path / "codes.csv"
    file.write_text(f"名称,目标,渠道码\n一号,{PAGE},one\n二号,{PAGE},two\n")
    assert told(home, "link", "import", str(file)) == [{"made": 2, "workspace": "default"}]
    file.write_text(f"target\n{PAGE}\nhttp://10.0.0.1/\n")
    refused = lianyi(home, "link", "import", str(file))
    assert (refused.returncode, "Row 3: 10.0.0.1 is a machine inside a network" in refused.stderr) == (1, True)
    assert [one["code"] for one in told(home, "link", "list")] == ["two", "one", "fair"]
    assert [one["code"] for one in told(home, "link", "list", "--campaign", "spring")] == ["fair"]
    assert [one["code"] for one in told(home, "link", "list", "--words", "二", "--kind", "code")] == ["two"]
    assert told(home, "link", "archive", str(made["id"]))[0]["archived_at"] is not None
    assert [one["code"] for one in told(home, "link", "list", "--limit", "1")] == ["two"]
    assert [one["code"] for one in told(home, "link", "list", "--archived", "yes")] == ["fair"]
    appid = "wx0123456789abcdef"
    wechat = ("link", "create", "--kind", "wechat", "--account", appid, "--scene", "hall-3")
    assert "no connected WeChat official account" in lianyi(home, *wechat).stderr
    assert lianyi(home, "account", "connect", "wechat", appid).returncode == 0
    assert lianyi(home, *wechat).stdout == "hall-3\n"
    (scene,) = told(home, "link", "list", "--kind", "wechat")
    assert (scene["account"], scene["scene"], scene["address"]) == (appid, "hall-3", "")
    exported = lianyi(home, "link", "export").stdout.splitlines()
    assert len(exported) == 5
    assert exported[-1].startswith(f"海报,{PAGE},code,,fair,fair,offline,poster,spring,")
    assert told(home, "link", "restore", str(made["id"]))[0]["archived_at"] is None
    assert told(home, "link", "clicks", str(made["id"]), "--by", "total") == [
        {"clicks": 0, "people": 0, "machines": 0}
    ]  # fmt: skip
    assert told(home, "link", "clicks", str(made["id"]), "--by", "place") == []
    for arguments, code, words in (
        (("link", "create", "javascript:alert(1)"), 1, "A link leads to a web address, not to javascript:."),
        (("link", "create", PAGE, "--slug", "fair"), 1, "fair"),
        (("link", "show", "987654321"), 1, "There is no link 987654321 here."),
        (("link", "list", "--campaign", "none"), 1, "There is no campaign with the key 'none' here."),
        (("link", "import", str(tmp_path / "none.csv")), 2, "cannot be read"),
        (("campaign", "create", "spring"), 1, "There is a campaign with the key 'spring' already."),
    ):
        refused = lianyi(home, *arguments)
        assert (refused.returncode, refused.stdout, words in refused.stderr) == (code, "", True), refused.stderr
    assert len(told(home, "link", "list", "--archived", "all")) == 4


def test_campaigns_are_archived_and_say_what_they_brought(stopped_home: Path) -> None:
    told(stopped_home, "campaign", "create", "spring")
    told(stopped_home, "campaign", "create", "autumn", "--note", "展会")
    assert [one["key"] for one in told(stopped_home, "campaign", "list")] == ["autumn", "spring"]
    assert told(stopped_home, "campaign", "show", "autumn")[0]["note"] == "展会"
    assert told(stopped_home, "campaign", "archive", "spring")[0]["archived_at"] is not None
    assert [one["key"] for one in told(stopped_home, "campaign", "list", "--words", "r", "--archived", "yes")] == [
        "spring"
    ]
    assert told(stopped_home, "campaign", "restore", "spring")[0]["archived_at"] is None
    rows = told(stopped_home, "campaign", "results", "spring")
    assert [one["step"] for one in rows] == [
        "exposure", "click", "visit", "registration", "check_in", "lead", "order"
    ]  # fmt: skip
    assert {(one["people"], one["times"]) for one in rows} == {(0, 0)}
    assert told(stopped_home, "campaign", "results", "spring", "--by", "source") == []
    assert len(told(stopped_home, "campaign", "results", "spring", "--by", "hour")) == 24
    assert told(stopped_home, "campaign", "results", "spring", "--by", "place") == []
    holder = ("--holder-kind", "staff", "--holder", "店员一")
    told(stopped_home, "link", "create", PAGE, "--kind", "code", "--campaign", "spring", *holder)
    (row,) = told(stopped_home, "campaign", "holders", "spring")
    assert (row["rank"], row["kind"], row["holder"], row["clicks"], row["page"]) == (1, "staff", "店员一", 0, "")
    (pack,) = told(stopped_home, "campaign", "share", "spring", "--text", "看这里 {link}", "--no-ranking")
    assert pack == {"campaign": "spring", "texts": ["看这里 {link}"], "ranking": False}
    (row,) = told(stopped_home, "campaign", "holders", "spring")
    assert row["page"].startswith("http://localhost:8620/share/")
    unknown = lianyi(stopped_home, "campaign", "results", "none")
    assert (unknown.returncode, unknown.stdout) == (1, "")
