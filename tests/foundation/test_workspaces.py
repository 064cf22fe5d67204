"""Which workspace a verb speaks of."""

import random

import pytest

from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.foundation.workspaces.models import Workspace
from lianyi.foundation.workspaces.queries import workspace_by_slug
from lianyi.kernel.errors import Refused


def test_of_several_workspaces_none_is_guessed_and_each_is_named(db: None) -> None:
    first, second = (create_workspace(f"w{random.randrange(10**9)}", "W") for _ in range(2))
    with pytest.raises(Refused) as refused:
        workspace_by_slug(None)
    slugs = list(Workspace.objects.order_by("pk").values_list("slug", flat=True)[:20])
    assert str(refused.value.whole) == (
        f"There are several workspaces: {', '.join(slugs)}. Name one with --workspace SLUG."
    )
    assert workspace_by_slug(second.slug) == second
    assert workspace_by_slug(first.slug) == first
