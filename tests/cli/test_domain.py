"""`lianyi domain` where nothing runs: claims of all workspaces, and the administrator's word."""

import json
from pathlib import Path

from tests.program import lianyi


def test_a_host_is_claimed_approved_and_taken_away(stopped_home: Path) -> None:
    def said(*words: str) -> dict[str, object]:
        done = lianyi(stopped_home, "domain", *words, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[0]))

    assert lianyi(stopped_home, "domain", "list").stderr.strip() == "No own domains."
    made = said("add", "Go.Brand.example", "--purpose", "links")
    assert (made["host"], made["purpose"], made["waits"]) == ("go.brand.example", "links", False)
    listed = said("list")
    assert (listed["host"], listed["waits"]) == ("go.brand.example", False)
    assert said("approve", "go.brand.example")["waits"] is False
    unknown = lianyi(stopped_home, "domain", "approve", "other.example")
    assert (unknown.returncode, "has not asked for other.example" in unknown.stderr) == (1, True)
    assert said("remove", "go.brand.example") == {"removed": "go.brand.example"}
    assert lianyi(stopped_home, "domain", "remove", "go.brand.example").returncode == 1
    led = lianyi(stopped_home, "link", "create", "https://later.example/x", "--name", "Poster")
    assert led.returncode == 0, led.stderr
    refused = lianyi(stopped_home, "domain", "add", "later.example")
    assert (refused.returncode, "Links lead to later.example: Poster." in refused.stderr) == (1, True)
