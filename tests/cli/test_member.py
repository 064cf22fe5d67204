"""`lianyi member` where nothing runs."""

import json
from pathlib import Path
from typing import Any

from tests.program import lianyi


def said(home: Path, *arguments: str) -> Any:
    done = lianyi(home, "member", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_members_are_invited_listed_changed_and_removed(stopped_home: Path) -> None:
    [invited] = said(stopped_home, "invite", "New@Example.com", "--role", "editor")
    assert invited["invitation"].startswith("http://localhost:8620/invitation/lyi_")
    owner, other = said(stopped_home, "list")
    assert (owner["role"], owner["state"], owner["second_factor"]) == ("owner", "member", False)
    assert (other["email"], other["role"], other["state"]) == ("new@example.com", "editor", "invited")
    assert said(stopped_home, "sign-out", owner["email"]) == [{"email": owner["email"], "ended": 0}]
    assert said(stopped_home, "forget-factors", owner["email"]) == [{"email": owner["email"], "forgotten": 0}]
    for arguments, words in [
        (("role", owner["email"], "viewer"), "This is the last owner of the workspace."),
        (("remove", owner["email"]), "This is the last owner of the workspace."),
        (("remove", "new@example.com"), "There is no such member here."),
        (("invite", "no address"), "'no address' is no e-mail address."),
        (("invite", owner["email"]), f"{owner['email']} is a member already."),
    ]:
        refused = lianyi(stopped_home, "member", *arguments)
        assert (refused.returncode, refused.stdout) == (1, ""), arguments
        assert words in refused.stderr
