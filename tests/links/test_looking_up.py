"""The statement by which a redirect finds a link."""

import pytest
from django.db import connection

from lianyi.campaigns.campaigns.models import Campaign
from lianyi.foundation.domains.looking_up import FIND as FIND_DOMAIN
from lianyi.foundation.domains.models import Domain
from lianyi.foundation.workspaces.models import Workspace
from lianyi.links.looking_up import FIND, link_in
from lianyi.links.models import ShortLink
from lianyi.links.schemas import Link, Route

pytestmark = pytest.mark.django_db


def found(slug: str, host: str | None = None) -> Link | None:
    return found_all((host, slug))[0]


def found_all(*asked: tuple[str | None, str]) -> list[Link | None]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"hosts": [host for host, _ in asked], "slugs": [slug for _, slug in asked]})
        rows = {row[0]: link_in(row[1:]) for row in cursor.fetchall()}
    return [rows.get(place) for place in range(1, len(asked) + 1)]


def test_a_link_is_found_by_host_and_slug() -> None:
    brand = Workspace.objects.create(slug="brand", name="Brand")
    domain = Domain.objects.create(workspace=brand, host="go.brand.example")
    campaign = Campaign.objects.create(workspace=brand.pk, key="spring", name="Spring", created_at=1)
    said = {"workspace": brand.pk, "name": "", "target": "https://a.example/", "created_at": 1}
    ShortLink.objects.create(slug="fair", kind="link", code="one", **said)
    there = ShortLink.objects.create(
        slug="fair",
        kind="code",
        code="two",
        domain=domain,
        campaign=campaign,
        channel="offline",
        expires_at=5,
        routes=[{"target": "https://b.example/"}],
        **said,
    )
    assert found("fair", "go.brand.example") == Link(
        there.pk, brand.pk, "go.brand.example", "fair", "code", "https://a.example/", "two", "offline", "", "spring",
        "", "", (Route("https://b.example/"),), "", "", 5, "", "", "", "", None,
    )  # fmt: skip
    own = found("fair")
    assert own is not None
    assert (own.code, own.domain, own.campaign, own.kind) == ("one", None, "", "link")
    assert found("fair", "other.example") is None
    assert found("far") is None
    assert found_all((None, "far"), ("go.brand.example", "fair"), (None, "fair"))[1:] == [
        found("fair", "go.brand.example"),
        own,
    ]


def test_a_domain_says_whose_it_is() -> None:
    brand = Workspace.objects.create(slug="brand", name="Brand")
    Domain.objects.create(workspace=brand, host="go.brand.example", purpose="links")
    with connection.cursor() as cursor:
        cursor.execute(FIND_DOMAIN, {"host": "GO.brand.example"})
        assert cursor.fetchall() == [(brand.pk, "brand", "links")]
