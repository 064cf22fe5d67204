"""A brand with a member, and real events that went the whole way to people."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.emptying import empty_log

from lianyi.assembly.pipeline import Pipeline
from lianyi.events.intake import segment
from lianyi.events.log.actions import append_row
from lianyi.events.log.appending import NewRow, day_of
from lianyi.foundation.access.schemas import Role
from lianyi.foundation.members.actions import ensure_member, issue_sign_in_link
from lianyi.foundation.members.models import Member
from lianyi.foundation.workspaces.actions import create_workspace, create_write_key
from lianyi.foundation.workspaces.schemas import KeyKind, Workspace
from lianyi.insight.kept.keeping import settle
from lianyi.kernel.clock import system_clock, to_micros


@dataclass
class Brand:
    """A workspace with an owner, and a server key to send by."""

    workspace: Workspace
    owner: Member
    key: segment.Key

    def send(self, *messages: dict[str, Any]) -> None:
        """Takes the messages in and projects them: afterwards they are people and events."""
        now = to_micros(datetime.now(UTC))
        base = {"type": "track", "event": "Product Viewed", "timestamp": datetime.now(UTC).isoformat()}
        body = json.dumps({"batch": [{**base, **message} for message in messages]}).encode()
        taken = segment.accept(body, "segment", self.key, now)
        append_row(
            NewRow(day_of(now), self.key.workspace, self.key.id, "segment", now, taken.taken, taken.ids, taken.body)
        )
        self.project()

    def project(self) -> None:
        """Runs the pipeline until nothing waits."""
        running = Pipeline(random.randrange(1, 2**31), system_clock)
        running.start()
        while running.step():
            pass

    def link(self) -> str:
        """The address of a fresh sign-in link."""
        return f"/sign-in/{issue_sign_in_link(self.owner, system_clock())}"

    def visitor(self, language: str = "en") -> Client:
        """Somebody who signed in, and who speaks this language."""
        client = Client(headers={"accept-language": language})
        assert client.post(self.link()).status_code == 302
        return client


@pytest.fixture
def new_brand(db: None) -> Iterator[Callable[[], Brand]]:
    """Makes brands, each with an owner of its own."""
    made: list[Brand] = []
    empty_log()

    def make() -> Brand:
        slug = f"w{random.randrange(10**9)}"
        workspace = create_workspace(slug, slug.upper())
        owner = ensure_member(workspace, f"{slug}@example.com", Role.OWNER)
        key, _ = create_write_key(workspace, KeyKind.SERVER, "test")
        made.append(Brand(workspace, owner, segment.Key(key.pk, workspace.pk, True, "default")))
        return made[-1]

    yield make
    settle()
    for brand in made:
        shutil.rmtree(f"{settings.ENVIRONMENT.lake}/{brand.workspace.pk}", ignore_errors=True)


@pytest.fixture
def brand(new_brand: Callable[[], Brand]) -> Brand:
    """One brand."""
    return new_brand()
