"""A host does not become an own domain while links lead to what would be links on it."""

from datetime import UTC, datetime

import pytest

from lianyi.foundation.domains.actions import add_domain
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.models import Workspace
from lianyi.kernel.errors import Refused
from lianyi.links.actions import archive_link, create_link
from lianyi.links.checking import Ours
from lianyi.links.drafts import Draft
from lianyi.links.owning import links_leading_to, own_domain
from lianyi.links.schemas import Route

pytestmark = pytest.mark.django_db
HOME = "https://lianyi.example"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PAGE = "https://shop.example/"


@pytest.fixture
def brand() -> int:
    return Workspace.objects.create(slug="brand", name="Brand").pk


def test_links_that_lead_there_are_named_whatever_way_they_lead(brand: int) -> None:
    drafts = [
        Draft(name="Target", target="https://go.brand.example/spring"),
        Draft(name="Route", target=PAGE, routes=(Route("http://GO.brand.example:8080/l/x"),)),
        Draft(name="Late", target=PAGE, expires_at=1, expired_target="https://go.brand.example./x"),
        Draft(name="App", target=PAGE, ios="https://go.brand.example/app"),
        Draft(slug="bare", target="https://go.brand.example/"),
    ]
    made = [create_link(brand, one, NOW, Ours(HOME)) for one in drafts]
    for away in (
        "https://go.brand.example/p/page",
        "https://www.go.brand.example/x",
        "https://shop.example/?to=https://go.brand.example/x",
        "https://go.brand.example/a/b",
    ):
        create_link(brand, Draft(target=away), NOW, Ours(HOME))
    archive_link(brand, made[0].id, NOW)
    named = [one.id for one in links_leading_to(brand, "go.brand.example")]
    assert named == [one.id for one in made]
    with pytest.raises(Refused) as refused:
        own_domain(brand, "Go.Brand.example", "all", HOME)
    assert refused.value.code == "domain.led_to"
    assert "Target, Route, Late, App, bare" in str(refused.value)
    assert not Domain.objects.exists()


def test_others_links_and_free_hosts_are_no_hindrance(brand: int) -> None:
    other = Workspace.objects.create(slug="other", name="Other").pk
    create_link(other, Draft(target="https://go.brand.example/x"), NOW, Ours(HOME))
    assert own_domain(brand, "go.brand.example", "links", HOME).host == "go.brand.example"
    with pytest.raises(Refused) as refused:
        own_domain(other, "go.brand.example", "links", HOME)
    assert refused.value.code == "domain.led_to"
    with pytest.raises(Refused) as refused:
        own_domain(brand, "127.0.0.1", "links", HOME)
    assert refused.value.code == "domain.host"


def test_no_link_stands_on_a_host_that_waits(brand: int) -> None:
    Workspace.objects.create(slug="other", name="Other")
    assert add_domain(brand, "go.brand.example", "links", HOME).waits is True
    with pytest.raises(Refused) as refused:
        create_link(brand, Draft(target=PAGE, domain="go.brand.example"), NOW, Ours(HOME))
    assert refused.value.code == "link.domain"
