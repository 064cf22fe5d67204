"""A database made ready: once, by whoever comes first."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from tests.conftest import Installation

from lianyi.assembly.processes.prepare import bring_up_to_date, installation_key, prepare, unapplied
from lianyi.foundation.members.actions import redeem_sign_in_link
from lianyi.foundation.workspaces.actions import revoke_write_key
from lianyi.foundation.workspaces.models import Workspace, WriteKey
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.kernel.ids import secret_hash


@pytest.mark.django_db
def test_the_first_workspace_its_owner_and_its_key() -> None:
    prepared = prepare(None)
    workspace = Workspace.objects.get()
    assert (prepared.workspace, workspace.slug) == ("default", "default")
    assert redeem_sign_in_link(prepared.sign_in, system_clock()).email == "owner@localhost"
    key = WriteKey.objects.get()
    assert (key.workspace, key.kind, key.label) == (workspace, "server", "lianyi up")
    assert bytes(key.hash) == secret_hash(prepared.write_key)
    assert unapplied() == []


@pytest.mark.django_db
def test_again_it_changes_nothing_but_the_link() -> None:
    first, second = prepare(None), prepare("default")
    assert (second.workspace, second.write_key) == (first.workspace, first.write_key)
    assert second.sign_in != first.sign_in
    assert (Workspace.objects.count(), WriteKey.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_key_that_was_revoked_is_followed_by_another_for_good() -> None:
    first = prepare(None)
    workspace = Workspace.objects.get()
    revoke_write_key(workspace, WriteKey.objects.get().pk, system_clock())
    second = prepare(None)
    assert second.write_key != first.write_key
    assert prepare(None).write_key == second.write_key
    assert WriteKey.objects.count() == 2


@pytest.mark.django_db
def test_keys_of_two_installations_differ() -> None:
    prepare(None)
    workspace = Workspace.objects.get()
    ours = installation_key(workspace)
    before = settings.SECRET_KEY
    try:
        settings.SECRET_KEY = "x" * 50
        assert installation_key(workspace) != ours
    finally:
        settings.SECRET_KEY = before


@pytest.mark.django_db
def test_an_unknown_workspace_is_refused_and_nothing_is_made() -> None:
    prepare(None)
    with pytest.raises(Refused) as refusal:
        bring_up_to_date("other")
    assert refusal.value.code == "workspace.unknown"
    assert Workspace.objects.count() == 1


def test_two_that_start_at_once_make_one_workspace(installation: Installation) -> None:
    variables = {**installation.variables, "LIANYI_HOME": str(installation.home)}
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "lianyi.assembly.processes.prepare"], env=variables, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [json.loads(process.communicate()[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0]["workspace"] == said[1]["workspace"] == "default"
    assert said[0]["write_key"] == said[1]["write_key"]
    assert said[0]["sign_in"] != said[1]["sign_in"]


def test_a_verb_joins_the_server_that_runs_and_leaves_it_running(installation: Installation, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lianyi.assembly.main", "sign-in", "--json"],
        env=installation.variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert installation.server.is_running()
