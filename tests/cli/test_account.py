"""`lianyi account` where nothing runs: secrets are shown once, and never listed."""

import json
from pathlib import Path

from tests.program import lianyi

APPID = "wx0123456789abcdef"


def test_an_account_is_connected_changed_renewed_and_disconnected(stopped_home: Path, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("ourOwnToken1\n")
    settings = ("--set", "original=gh_0123456789ab", "--set", "mode=sealed")
    done = lianyi(
        stopped_home, "account", "connect", "wechat", APPID, "--name", "品牌", *settings, "--secret",
        f"token={token}", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "These secrets are not shown again" in done.stderr
    made = json.loads(done.stdout)
    assert set(made) == {"id", "workspace", "url", "key"}  # the token was given, so it is not said again
    assert len(made["key"]) == 43
    assert made["url"].startswith("http://localhost:8620/in/wechat/")
    number = str(made["id"])

    changed = lianyi(stopped_home, "account", "change", number, "--set", "mode=plain")
    assert (changed.returncode, changed.stdout) == (0, "Saved.\n")
    listed = lianyi(stopped_home, "account", "list", "--json").stdout
    (account,) = (json.loads(line) for line in listed.splitlines())
    assert (account["external"], account["name"], account["state"]) == (APPID, "品牌", "waiting")
    assert account["settings"] == {"original": "gh_0123456789ab", "mode": "plain"}
    assert sorted(account["secrets"]) == ["key", "token"]
    assert made["url"].endswith(account["path"])
    assert made["key"] not in listed
    assert "ourOwnToken1" not in listed

    renewed = json.loads(lianyi(stopped_home, "account", "renew", number, "--json").stdout)
    assert set(renewed) == {"id", "workspace", "token", "key"}
    assert renewed["key"] != made["key"]

    for arguments, code, words in (
        (("connect", "wechat", APPID), 1, "This account is connected already."),
        (("connect", "weibo", "x"), 1, "There is no platform 'weibo'."),
        (("connect", "wechat", "nonsense"), 1, "This is no AppID."),
        (("connect", "wechat", "wxfedcba9876543210", "--set", "nonsense"), 2, "NAME=VALUE"),
        (("change", number, "--set", "other=1"), 1, "There is no 'other' here."),
        (("renew", "987654321"), 1, "There is no such account here."),
    ):
        refused = lianyi(stopped_home, "account", *arguments)
        assert (refused.returncode, refused.stdout, words in refused.stderr) == (code, "", True), refused.stderr
    assert len(lianyi(stopped_home, "account", "list", "--json").stdout.splitlines()) == 1

    assert lianyi(stopped_home, "account", "disconnect", number).stdout == "Disconnected.\n"
    assert lianyi(stopped_home, "account", "list").stderr == "No accounts.\n"
    assert lianyi(stopped_home, "account", "disconnect", number).returncode == 1
