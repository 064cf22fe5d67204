"""`lianyi key` and `lianyi sign-in` where nothing runs: each brings the database up for itself, and leaves nothing."""

import json
from pathlib import Path

from tests.program import lianyi

from lianyi.events.intake.senders import identity_secret


def test_keys_and_links_without_up(stopped_home: Path) -> None:
    server = lianyi(stopped_home, "key", "create", "--kind", "server", "--label", "shop", "--json")
    assert server.returncode == 0
    assert server.stderr == "This secret is not stored: keep it now.\n"
    said = json.loads(server.stdout)
    assert set(said) == {"id", "workspace", "kind", "group", "write_key"}
    assert (said["workspace"], said["kind"], said["group"]) == ("default", "server", "default")
    assert said["write_key"].startswith("lyw_")

    plain = lianyi(stopped_home, "key", "create", "--kind", "browser")
    assert plain.stdout.startswith("lyb_")
    assert plain.stdout.count("\n") == 1

    for _ in range(2):  # again is no error
        revoked = lianyi(stopped_home, "key", "revoke", str(said["id"]), "--json")
        assert json.loads(revoked.stdout) == {"id": said["id"], "workspace": "default", "revoked": True}
    listed = [json.loads(line) for line in lianyi(stopped_home, "key", "list", "--json").stdout.splitlines()]
    assert [(key["hint"], key["revoked_at"] is None) for key in listed[:2]] == [
        (plain.stdout[:8], True),
        (said["write_key"][:8], False),
    ]
    assert said["write_key"] not in str(listed)

    secret = lianyi(stopped_home, "key", "identity-secret", "--json")
    assert secret.returncode == 0
    key = (stopped_home / "secret.key").read_bytes()
    assert json.loads(secret.stdout) == {
        "workspace": "default",
        "group": "default",
        "identity_secret": identity_secret(key, 1, "default"),
    }

    letters = lianyi(stopped_home, "dead-letters")
    assert (letters.returncode, letters.stdout.count("\n"), letters.stderr) == (0, 1, "No dead letters.\n")

    link = lianyi(stopped_home, "sign-in")
    assert link.stdout.startswith("Sign in http://localhost:8620/sign-in/lys_")
    named = lianyi(stopped_home, "sign-in", LIANYI_URL="https://people.example.com/")
    assert named.stdout.startswith("Sign in https://people.example.com/sign-in/lys_")

    for arguments, words in [
        (("key", "create", "--kind", "server", "--workspace", "other"), "There is no workspace 'other'."),
        (("key", "create", "--kind", "server", "--group", "Not A Group"), "'Not A Group' is no key group."),
        (("key", "identity-secret", "--group", "shop"), "No write key of default is in the group 'shop'."),
        (("key", "revoke", "77"), "There is no such write key here."),
        (("dead-letters", "--drop", "7"), "There is no dead letter 7."),
        (("sign-in", "--email", "who@example.com"), "No member of default has the address who@example.com."),
    ]:
        refused = lianyi(stopped_home, *arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.startswith(words)
    assert lianyi(stopped_home, "key", "create", "--kind", "nobody").returncode == 2
    assert not (stopped_home / "pg" / "data" / "postmaster.pid").exists()
