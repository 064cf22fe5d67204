"""Drafts, what is published, and what was before."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.growth.pages.pages import cta, hero, option, page, words

from lianyi.audience.segments.actions import create_segment, delete_segment
from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.foundation.workspaces.schemas import Workspace
from lianyi.growth.pages import actions, queries
from lianyi.growth.pages.blocks import Text
from lianyi.growth.pages.listed import Page
from lianyi.growth.pages.models import PageRow, VersionRow
from lianyi.kernel.clock import system_clock
from lianyi.kernel.errors import Refused
from lianyi.rules.nodes import Tagged

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIRST, SECOND = page(hero(title=words("一"))), page(hero(title=words("二")))


@pytest.fixture
def workspace() -> Workspace:
    return create_workspace(f"w{random.randrange(10**9)}", "Brand")


def made(workspace: Workspace, slug: str = "fair", draft: Any = FIRST, **more: Any) -> Page:
    return actions.create_page(workspace.pk, slug, "Fair", draft, NOW, **more)


def refused(code: str, *asked: Any, **named: Any) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (PageRow, VersionRow, AuditLine)]
    act, *arguments = asked
    with pytest.raises(Refused) as found:
        act(*arguments, **named)
    assert found.value.code == code
    assert [list(model.objects.order_by("pk").values()) for model in (PageRow, VersionRow, AuditLine)] == before


def test_a_page_is_drafted_published_taken_back_and_restored(workspace: Workspace) -> None:
    one, at = made(workspace), workspace.pk
    assert (one.version, one.edition, one.changed) == (None, 1, True)
    assert actions.publish_page(at, one.id, NOW).version == 1
    saved = actions.save_draft(at, one.id, SECOND, 1, NOW)
    assert (saved.version, saved.edition, saved.changed) == (1, 2, True)
    published = actions.publish_page(at, one.id, NOW)
    assert (published.version, published.changed) == (2, False)
    assert actions.publish_page(at, one.id, NOW).version == 2  # nothing was changed since
    assert actions.unpublish_page(at, one.id).version is None
    restored = actions.restore_version(at, one.id, 1, NOW)
    assert (restored.draft, restored.edition, restored.version) == (FIRST, 3, None)
    assert actions.publish_page(at, one.id, NOW).version == 3
    found = queries.versions(at, one.id, 10)
    assert [(one.number, one.definition) for one in found] == [(3, FIRST), (2, SECOND), (1, FIRST)]
    assert [one.number for one in queries.versions(at, one.id, 1, before=3)] == [2]
    said = AuditLine.objects.filter(workspace=at, action__startswith="page.").order_by("pk")
    assert [line.action.removeprefix("page.") for line in said] == [
        *("created", "published", "saved", "published", "published", "unpublished", "restored", "published")
    ]


def test_of_two_editors_the_second_hears_of_the_first(workspace: Workspace) -> None:
    one = made(workspace)
    actions.save_draft(workspace.pk, one.id, SECOND, 1, NOW)
    refused("page.changed", actions.save_draft, workspace.pk, one.id, FIRST, 1, NOW)
    assert queries.page(workspace.pk, one.id).draft == SECOND


def test_what_nobody_could_use_is_not_published(workspace: Workspace) -> None:
    empty = made(workspace, draft=page(cta()))
    refused("page.title", actions.publish_page, workspace.pk, empty.id, NOW)
    heavy = tuple(Text(key=f"t{number}", text=words("<" * 3_900)) for number in range(15))
    large = made(workspace, "large", page(hero(), *heavy))
    refused("page.heavy", actions.publish_page, workspace.pk, large.id, NOW)


def test_an_address_is_one_pages(workspace: Workspace) -> None:
    first, other = made(workspace), create_workspace(f"w{random.randrange(10**9)}", "Other")
    refused("page.taken", actions.create_page, other.pk, "fair", "Fair", FIRST, NOW)
    Domain.objects.create(workspace_id=other.pk, host="go.example.com")
    Domain.objects.create(workspace_id=other.pk, host="l.example.com", purpose=Domain.Purpose.LINKS)
    assert actions.create_page(other.pk, "fair", "Fair", FIRST, NOW, host="go.example.com").host == "go.example.com"
    refused("page.taken", actions.create_page, other.pk, "fair", "Fair", FIRST, NOW, host="go.example.com")
    refused("page.domain", actions.create_page, other.pk, "x", "Fair", FIRST, NOW, host="l.example.com")
    refused("page.domain", actions.create_page, workspace.pk, "x", "Fair", FIRST, NOW, host="go.example.com")
    second = made(workspace, "second")
    refused("page.taken", actions.rename_page, workspace.pk, second.id, "Second", "fair", NOW)
    assert actions.rename_page(workspace.pk, first.id, "First", "first", NOW).slug == "first"


@pytest.mark.parametrize("slug", ["", "Fair", "a b", "-a", "a-", "a/b", "a" * 61, "活动", "../a"])
def test_an_address_is_small_letters(workspace: Workspace, slug: str) -> None:
    refused("page.slug", actions.create_page, workspace.pk, slug, "Fair", FIRST, NOW)


def test_a_copy_has_its_own_address_and_draft(workspace: Workspace) -> None:
    one = made(workspace)
    copy = actions.create_page(workspace.pk, "again", "Again", one.draft, NOW)
    actions.save_draft(workspace.pk, one.id, SECOND, 1, NOW)
    assert queries.page(workspace.pk, copy.id)[:5] == (copy.id, "again", "", "Again", FIRST)
    assert PageRow.objects.values("seed").distinct().count() == 2


def test_an_archived_page_is_in_no_list_and_seen_by_nobody(workspace: Workspace) -> None:
    one, other = made(workspace), made(workspace, "summer")
    actions.publish_page(workspace.pk, one.id, NOW)
    assert actions.archive_page(workspace.pk, one.id, NOW).version is None
    assert [found.id for found in queries.pages(workspace.pk, 10)] == [other.id]
    assert [found.id for found in queries.pages(workspace.pk, 10, archived=True)] == [one.id]
    refused("page.archived", actions.publish_page, workspace.pk, one.id, NOW)
    assert actions.bring_back(workspace.pk, one.id).archived_at is None
    assert [found.id for found in queries.pages(workspace.pk, 10, text="FAIR")] == [other.id, one.id]
    assert [found.id for found in queries.pages(workspace.pk, 10, text="summer")] == [other.id]
    assert [found.id for found in queries.pages(workspace.pk, 1, before=other.id)] == [one.id]


def test_a_segment_that_a_button_is_for_stays(workspace: Workspace) -> None:
    at, number = workspace.pk, create_segment(workspace.pk, "Regulars", Tagged(tag="vip"), system_clock())
    draft = page(hero(), cta(option("free", segment=number), option("rest")))
    one = made(workspace, draft=draft)
    with pytest.raises(Refused) as found:
        delete_segment(at, number)
    assert "the landing page 'Fair'" in str(found.value)
    actions.publish_page(at, one.id, NOW)
    actions.save_draft(at, one.id, FIRST, 1, NOW)  # visitors still see what was published
    with pytest.raises(Refused):
        delete_segment(at, number)
    actions.publish_page(at, one.id, NOW)
    delete_segment(at, number)
    refused("page.segment", actions.restore_version, at, one.id, 1, NOW)
    refused("page.segment", actions.save_draft, at, one.id, draft, 2, NOW)


def test_a_page_of_another_workspace_is_none(workspace: Workspace) -> None:
    one, other = made(workspace), create_workspace(f"w{random.randrange(10**9)}", "Other")
    for act in (actions.unpublish_page, actions.bring_back, queries.page):
        refused("page.unknown", act, other.pk, one.id)
    for act in (actions.publish_page, actions.archive_page):
        refused("page.unknown", act, other.pk, one.id, NOW)
    refused("page.unknown", actions.save_draft, other.pk, one.id, FIRST, 1, NOW)
    refused("page.unknown", actions.publish_page, workspace.pk, 2**63, NOW)
