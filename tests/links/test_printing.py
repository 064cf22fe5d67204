"""Which codes are printed."""

import pytest

from lianyi.campaigns.campaigns.models import Campaign
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.models import Workspace
from lianyi.links.codes.sheets import Item
from lianyi.links.models import ShortLink
from lianyi.links.printing import Chosen, codes_to_print

pytestmark = pytest.mark.django_db


def test_codes_of_the_workspace_are_chosen_by_campaign_and_holder() -> None:
    brand, other = (Workspace.objects.create(slug=slug, name=slug) for slug in ("brand", "other"))
    domain = Domain.objects.create(workspace=brand, host="go.brand.example")
    spring = Campaign.objects.create(workspace=brand.pk, key="spring", name="Spring", created_at=1)
    said = {"workspace": brand.pk, "kind": "code", "target": "https://a.example/", "created_at": 1}
    booth = {"name": "Booth 3", "holder_kind": "stand", "holder": "Booth 3"}
    ShortLink.objects.create(**said, slug="a1", code="one", domain=domain, campaign=spring, **booth)
    ShortLink.objects.create(**said, slug="a2", code="two", name="", holder_kind="staff", holder="店员一")
    ShortLink.objects.create(**said, slug="a3", code="three", name="", archived_at=5)
    ShortLink.objects.create(**{**said, "kind": "link"}, slug="a4", code="four", name="")
    ShortLink.objects.create(**{**said, "workspace": other.pk}, slug="a5", code="five", name="")
    first = Item("https://go.brand.example/a1", "Booth 3", "Booth 3", "go.brand.example/a1")
    second = Item("http://localhost:8620/l/a2", "two", "店员一", "localhost:8620/l/a2")

    def chosen(**asked: str) -> list[Item]:
        return codes_to_print(brand.pk, "http://localhost:8620/", Chosen(**asked))

    assert chosen() == [first, second]
    assert chosen(campaign="spring") == [first]
    assert chosen(holder_kind="staff") == [second]
    assert chosen(holder="店员一") == [second]
    assert chosen(holder="nobody") == []
